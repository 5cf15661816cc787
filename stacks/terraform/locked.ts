// A state that another run holds, out of what Terraform says about it.
import { Problem } from "../../fleet/problem.ts";

/** `unlock`: the words before the lock's id. Undefined: it is about something else. */
export function lockedState(said: string, unlock: string): Problem | undefined {
  const info = /Lock Info:([\s\S]*)/.exec(said)?.[1];
  if (info === undefined) return undefined;
  const value = (name: string): string | undefined =>
    new RegExp(`\\b${name}:[ \\t]+(\\S.*?)\\s*$`, "m").exec(info)?.[1];
  const [id, who = "somebody", created = "an unknown time"] = [value("ID"), value("Who"), value("Created")];
  if (id === undefined) return undefined;
  return new Problem(
    `another run holds the state: ${who}, since ${created}`,
    `Wait until it has ended, then run the command again. If it is gone for good, free the state: ${unlock} ${id}. Nothing was changed.`,
    { exitCode: 2 },
  );
}
