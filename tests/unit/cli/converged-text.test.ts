// What converge says before and after, whole.
import { expect, test } from "vitest";
import { convergedText, previewText, rolledBackText } from "../../../cli/converged-text.ts";
import type { Preview } from "../../../provisioning/preview.ts";

test("nothing to do is one line", () => {
  const nothing = { steps: 6, changed: [], effect: "none", dropped: 0, trips: 1 } as const;
  expect(convergedText(nothing, 0.31)).toBe("6 steps, nothing to change, 1 round trip, 0.3 s");
});

test("a restart says whom it dropped", () => {
  const restarted = { steps: 6, changed: ["broker"], effect: "restart", dropped: 1, trips: 3 } as const;
  expect(convergedText(restarted, 4)).toBe(
    "6 steps, 1 changed (broker), 3 round trips, 4.0 s\nThe broker was restarted; 1 connected client dropped.",
  );
});

test("a preview says what it would make true, and what that costs", () => {
  const changes = [{ step: "broker", says: "/etc/mosquitto/bednet/passwd is up to date" }];
  const seen = { changes, effect: "reload", clients: 200 } as unknown as Preview;
  expect(
    previewText("192.0.2.1", seen),
  ).toBe(`Effect of converge on 192.0.2.1: reload: 0 of 200 connected clients dropped
It would make true:
  broker: /etc/mosquitto/bednet/passwd is up to date`);
});

test.each([
  ["restart", 1, "restarted, 1 connected client dropped"],
  ["restart", 1200, "restarted, 1,200 connected clients dropped"],
  ["reload", 0, "reloaded, nobody dropped"],
] as const)("a rollback with a %s of %d", (effect, dropped, cost) => {
  expect(rolledBackText({ effect, dropped, trips: 2 })).toBe(
    `The previous configuration is in force again (${cost}).\nfleet.yaml is unchanged: the next \`bednet converge\` applies it again.`,
  );
});
