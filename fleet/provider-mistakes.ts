// Settings that are right by themselves and wrong with the chosen host.provider.
import type { Draft } from "./draft.ts";
import { NAME } from "./formats.ts";
import { dotted, type Mistake, quote } from "./mistake.ts";
import type { YamlSource } from "./yaml-source.ts";

/** The droplet is called bednet-<name>, and a host name's label ends at 63. */
const HOST_NAME_PART = /^(?=.{1,56}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

export function providerMistakes(draft: Draft, source: YamlSource): Mistake[] {
  const mistakes: Mistake[] = [];
  const blame = (path: readonly string[], says: string): void => {
    mistakes.push({ ...source.at(path), path: dotted(path), says });
  };
  const { provider, zone, alertsGoTo, name } = draft;
  if (provider === "existing" && zone !== undefined)
    blame(["dns", "zone"], "nobody sets records for a host that is there already; write dns: manual");
  if (provider === "existing" && alertsGoTo !== undefined)
    blame(["monitoring", "email"], "nothing sends mail from a host that is there already; remove it");
  if (provider === "digitalocean" && name !== undefined && NAME.test(name) && !HOST_NAME_PART.test(name)) {
    const says = `${quote(name)} becomes part of the droplet's host name; use lower-case letters, digits and -, 56 at most`;
    blame(["name"], says);
  }
  return mistakes;
}
