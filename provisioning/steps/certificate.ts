// A certificate that renews itself into the running broker.
import { certificate } from "../resources/certificate.ts";
import { file } from "../resources/file.ts";
import { folder } from "../resources/folder.ts";
import { unit } from "../resources/unit.ts";
import { entry, type Step } from "../step.ts";

export default {
  id: "certificate",
  title: "A certificate is installed, and renewal reaches the running broker",
  entries: [
    ...entry(folder, "/etc/mosquitto/bednet", "/etc/mosquitto/bednet/tls"),
    ...entry(
      file,
      "/usr/local/lib/bednet/reload",
      "/usr/local/lib/bednet/deploy-hook",
      "/etc/bednet/acme-ca.pem",
      "/etc/systemd/system/certbot.service.d/bednet.conf",
    ),
    ...entry(certificate, "bednet"),
    ...entry(unit, "certbot.timer"),
  ],
} satisfies Step;
