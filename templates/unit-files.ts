// How systemd runs the broker: hardened, capped, and reloaded by a script that works at the connection cap too.
import { dialectOf } from "../fleet/mosquitto-versions.ts";
import type { Wanted } from "./bundle.ts";
import { type HostFile, printFile, rootFile } from "./host-file.ts";
import { systemdValue } from "./quote.ts";

/** Of the machine's memory; the rest is for the system and for logging in when the broker has gone wild. */
const brokerShareOfMemory = 0.85;
/** Where max_connections is the cap, descriptors must never be it. */
const generousDescriptors = 1024;
/** The reload script and nft run in the broker's own control group. */
const reloadScriptBytes = 32 * 1024 * 1024;
/** After a killed reload the limit is back before the door opens, or whoever waits there keeps what was lent. */
const undoSeconds = 4;
const doorSeconds = 6;

export function unitFiles({ plan, facts }: Wanted): HostFile[] {
  const capByDescriptors = !dialectOf(facts.mosquittoVersion).maxConnectionsSurvivesReload;
  const soft = plan.fileDescriptors.value;
  const hard = plan.fileDescriptorsHard.value;
  const unit = printFile("mosquitto.service.hbs", {
    user: systemdValue(facts.user),
    group: systemdValue(facts.group),
    fileDescriptors: capByDescriptors ? soft : hard + generousDescriptors,
    fileDescriptorsHard: capByDescriptors ? hard : hard + generousDescriptors,
    memoryMaxBytes: Math.min(
      plan.memoryMaxBytes.value + reloadScriptBytes,
      Math.floor(facts.memoryBytes * brokerShareOfMemory),
    ),
  });
  const reload = capByDescriptors
    ? printFile("reload-at-cap.hbs", { spare: hard - soft, tlsPort: facts.ports.tls, doorSeconds, undoSeconds })
    : printFile("reload.hbs", {});
  return [
    rootFile({ path: "/etc/systemd/system/mosquitto.service.d/bednet.conf", content: unit, effect: "restart" }),
    rootFile({ path: "/usr/local/lib/bednet/reload", content: reload, mode: "0755" }),
  ];
}
