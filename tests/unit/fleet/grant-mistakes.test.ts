import { describe, expect, it } from "vitest";
import { grantProblem } from "../../../fleet/grant-mistakes.ts";

const blank = "a blank at an end would be lost in the ACL file; remove it";
const ours = "topics below bednet/ belong to bednet's own probes; choose another first level";
const broker = "topics that begin with $ belong to the broker and cannot be written; choose another first level";

describe("a class may not be granted", () => {
  it.each([
    [
      "farm/moisture",
      "without {device} as a level it would be open to every device of the class; add {device}, or move the grant to a service",
    ],
    [
      "farm/+/moisture",
      "without {device} as a level it would be open to every device of the class; add {device}, or move the grant to a service",
    ],
    ["farm/dev-{device}/up", '{device} must be a whole level, but a level is "dev-{device}"'],
    ["farm/{id}/up", '"{id}" is no placeholder; write {device} for the device\'s id'],
    ["farm/%u/up", "Mosquitto would replace %u; write {device} for the device's id"],
    ["farm/%c/{device}", "Mosquitto would replace %c; write {device} for the device's id"],
    ["bednet/{device}/up", ours],
    ["$SYS/{device}", broker],
    [" farm/{device}", blank],
    ["farm/{device} ", blank],
    ["farm/{device}\t", blank],
    ["farm/{device}\u00a0", blank],
    ["farm/{device}\n", blank],
    ["   ", "it is blank; write a topic"],
    ["", "it is empty; write a topic filter such as farm/+/moisture"],
    [
      "farm/{device}\nuser root",
      "it holds a control character, or what is no character at all; write a topic filter such as farm/+/moisture",
    ],
    [
      "farm/{device}/up # the reading",
      "what follows the topic is no comment in here; put the comment after the closing quote",
    ],
    ["farm/{device}/#/up", "# must be the last level; write a topic filter such as farm/+/moisture"],
    [
      "farm/{device}#",
      '# must be a whole level, but a level is "{device}#"; write a topic filter such as farm/+/moisture',
    ],
    [
      `${"a".repeat(65_530)}/{device}`,
      "it has 65595 bytes, the limit is 65535; write a topic filter such as farm/+/moisture",
    ],
  ])("%j", (filter, problem) => expect(grantProblem(filter, "publish", "class")).toBe(problem));

  it.each([
    "{device}/up",
    "farm/{device}/#",
    "+/{device}/+",
    "farm/Süd 1/{device}",
    "farm/{device}/{device}",
    "/{device}",
    "bednets/{device}",
  ])("but %j", (filter) => expect(grantProblem(filter, "publish", "class")).toBeUndefined());

  it("a share of its own, or the broker's state", () => {
    expect(grantProblem("$SYS/{device}/#", "subscribe", "class")).toBe(
      "devices have no business in $SYS; grant it to a service or a person",
    );
    expect(grantProblem("$share/all/farm/{device}/up", "subscribe", "class")).toBe(
      'a grant is matched against the topic, not the subscription; grant "farm/{device}/up", and any group (also "all") may share it',
    );
  });

  it("a wildcard in the first level when grants are pooled", () => {
    expect(grantProblem("+/{device}/up", "publish", "class", true)).toBe(
      "a pooled pattern with a wildcard in the first level would reach into bednet's own tree; write the first level out",
    );
    expect(grantProblem("farm/{device}/up", "publish", "class", true)).toBeUndefined();
  });
});

describe("a service may not be granted", () => {
  it.each([
    ["publish", "farm/{device}/up", "{device} stands for a device's id, and only in classes; write + for every device"],
    ["publish", "farm/%u", "Mosquitto would replace %u; leave it out"],
    ["publish", "$SYS/broker", broker],
    ["publish", "$CONTROL/dynamic-security/v1", broker],
    ["publish", "bednet/probe/a", ours],
    ["subscribe", "bednet/#", ours],
    ["subscribe", "$CONTROL/#", "of the topics that begin with $ only those below $SYS can be read; remove it"],
    ["publish", "$share/g/a", "nobody publishes to a shared subscription; grant the topic itself"],
  ] as const)("to %s %j", (way, filter, problem) => expect(grantProblem(filter, way, "service")).toBe(problem));

  it.each([
    ["publish", "#"],
    ["publish", "farm/+/command"],
    ["subscribe", "#"],
    ["subscribe", "$SYS/#"],
  ] as const)("but may be to %s %j", (way, filter) => expect(grantProblem(filter, way, "service")).toBeUndefined());
});
