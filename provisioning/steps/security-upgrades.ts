// Security updates install themselves.
import { file } from "../resources/file.ts";
import { unit } from "../resources/unit.ts";
import { entry, type Step } from "../step.ts";

export default {
  id: "security-upgrades",
  title: "Security updates install themselves",
  entries: [
    ...entry(file, "/etc/apt/apt.conf.d/52bednet-unattended-upgrades", "/etc/apt/apt.conf.d/20auto-upgrades"),
    ...entry(unit, "apt-daily-upgrade.timer"),
  ],
} satisfies Step;
