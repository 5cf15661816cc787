// Mosquitto with TLS, passwords, grants and limits, tried as a candidate first and proved afterwards.
import { broker } from "../resources/broker.ts";
import { file } from "../resources/file.ts";
import { unit } from "../resources/unit.ts";
import { entry, type Step } from "../step.ts";

export default {
  id: "broker",
  title: "Mosquitto runs with TLS, passwords, grants and limits in force",
  entries: [
    ...entry(
      file,
      "/etc/systemd/system/mosquitto.service.d/bednet.conf",
      "/etc/mosquitto/conf.d/bednet-globals.conf",
      "/etc/mosquitto/conf.d/bednet-listeners.conf",
      "/etc/mosquitto/bednet/passwd",
      "/etc/mosquitto/bednet/acl",
    ),
    ...entry(broker, "mosquitto.service"),
    ...entry(unit, "mosquitto.service"),
  ],
} satisfies Step;
