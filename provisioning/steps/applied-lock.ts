// The lock that was applied stays on the host, so that no older one can be applied over it.
// Written before the broker takes it: a run that is killed in between must not leave the way back open.
import { file } from "../resources/file.ts";
import { entry, type Step } from "../step.ts";

export default {
  id: "applied-lock",
  title: "The host remembers which lock was applied",
  entries: entry(file, "/etc/bednet/fleet.lock"),
} satisfies Step;
