// Mosquitto, certbot and what they need, from the distribution.
import { packages } from "../../templates/packages.ts";
import { packageInstalled } from "../resources/package.ts";
import { entry, type Step } from "../step.ts";

export default {
  id: "packages",
  title: "Mosquitto, certbot and what they need are installed",
  entries: entry(packageInstalled, ...packages),
} satisfies Step;
