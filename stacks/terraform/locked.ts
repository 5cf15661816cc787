// A state that another run holds, out of what Terraform says about it.
import { Problem } from "../../fleet/problem.ts";

/** `unlock`: the words before the lock's id. Undefined: it is about something else. */
export function lockedState(said: string, unlock: string): Problem | undefined {
  const info = /Lock Info:([\s\S]*)/.exec(said)?.[1];
  if (info === undefined) return undefined;
  const value = (name: string): string | undefined =>
    new RegExp(`\\b${name}:[ \\t]+(\\S.*?)\\s*$`, "m").exec(info)?.[1];
  // The http backend shows the lock that it wanted, and of the one that is there the id alone.
  const theirs = /already locked:[\s│]+ID=(\S+)/.exec(said)?.[1];
  const id = theirs ?? value("ID");
  if (id === undefined) return undefined;
  const by = theirs === undefined ? `${value("Who")}, since ${value("Created")}` : `its lock is ${theirs}`;
  return new Problem(
    `another run holds the state: ${by}`,
    `Wait until it has ended, then run the command again. If it is gone for good, free the state: ${unlock} ${id}. Nothing was changed.`,
    { exitCode: 2 },
  );
}
