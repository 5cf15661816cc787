// From a state to what is done about it, and what that costs.
import { describe, expect, test } from "vitest";
import { difference, effectOf } from "../../../provisioning/difference.ts";
import { parseObserved } from "../../../provisioning/observed.ts";
import { inForce } from "../../../provisioning/resources/broker.ts";
import { runbook } from "../../../provisioning/runbook.ts";
import { sh } from "../../../remote/sh.ts";
import { bundle, certificateState, lookText } from "./sample.ts";

const edited = `${"0".repeat(64)} mosquitto:mosquitto 600`;
const confd = "file /etc/mosquitto/conf.d";

/** `entry → call` for each change, and the worst effect. */
function consequences(states: Readonly<Record<string, string>>): { changes: string[]; effect: string } {
  const changes = difference(runbook, bundle, parseObserved("host", lookText({}, [], states)));
  const call = ({ wish, state, effect }: (typeof changes)[number]) =>
    wish
      .apply(sh`part 0 1`, { state, effect })
      .text.replace(/^part 0 1 \| /, "")
      .replaceAll("'", "");
  return {
    changes: changes.map((change) => `${change.step.id}: ${call(change).split(" ").slice(0, 2).join(" ")}`),
    effect: effectOf(changes),
  };
}

test("a host that is as it should be: nothing", () =>
  expect(consequences({})).toEqual({ changes: [], effect: "none" }));

describe("files that the broker reads go to the stage, and take the broker with them", () => {
  test("what a reload takes", () =>
    expect(consequences({ "file /etc/mosquitto/bednet/acl": edited })).toEqual({
      changes: ["broker: stage /etc/mosquitto/bednet/acl", "broker: put_in_force reload"],
      effect: "reload",
    }));
  test("what takes a restart", () =>
    expect(
      consequences({ [`${confd}/bednet-listeners.conf`]: "absent", [`${confd}/bednet-globals.conf`]: edited }),
    ).toEqual({
      changes: [
        "broker: stage /etc/mosquitto/conf.d/bednet-globals.conf",
        "broker: stage /etc/mosquitto/conf.d/bednet-listeners.conf",
        "broker: put_in_force restart",
      ],
      effect: "restart",
    }));
  test("a wrong owner or mode alone", () => {
    const state = lookText().match(/^file\t\/etc\/mosquitto\/bednet\/passwd\t(.*)$/m)![1]!;
    expect(consequences({ "file /etc/mosquitto/bednet/passwd": state.replace("600", "644") }).effect).toBe("reload");
    expect(consequences({ "file /etc/mosquitto/bednet/passwd": state.replace("mosquitto:", "root:") }).effect).toBe(
      "reload",
    );
  });
  test("others are put in their place at once", () =>
    expect(consequences({ "file /etc/bednet/fleet.lock": "absent" })).toEqual({
      changes: ["applied-lock: put /etc/bednet/fleet.lock"],
      effect: "none",
    }));
});

describe("what the broker may be running with", () => {
  const [restart, reload] = inForce(bundle).split(" ");
  const other = "f".repeat(32);
  test.each([
    ["never", "restart"],
    [`${restart} ${other}`, "reload"],
    [`${restart} rolled-back`, "reload"],
    [`${other} ${reload}`, "restart"],
    [`${restart} ${reload} unproven ${restart} `, "reload"],
    [`${restart} ${reload} unproven ${other} `, "restart"],
    [`${restart} ${reload} unproven ${restart} ${other} ${restart} `, "restart"],
    [`${restart} ${reload} foreign`, "restart"],
    [`never foreign`, "restart"],
    [`never unproven ${restart} `, "restart"],
  ])("%s: %s", (state, effect) => {
    expect(consequences({ "broker mosquitto.service": state })).toEqual({
      changes: [`broker: put_in_force ${effect}`],
      effect,
    });
  });
});

describe("certificates", () => {
  const hook = { changes: ["certificate: run_deploy_hook bednet"], effect: "reload" };
  const take = (effect: string) => ({ changes: ["certificate: take_certificate bednet"], effect });
  const consequencesOf = async (...options: Parameters<typeof certificateState>) =>
    consequences({ "certificate bednet": await certificateState(...options) });

  test("none yet", () => expect(consequences({ "certificate bednet": "absent" })).toEqual(take("none")));
  test("renewed, but not in the broker's folder", async () =>
    expect(await consequencesOf({ installed: "elsewhere" })).toEqual(hook));
  test("another kind of key", async () => expect(await consequencesOf({ keyType: "rsa" })).toEqual(take("restart")));
  test("another name", async () => expect(await consequencesOf({ name: "old.example.com" })).toEqual(take("reload")));
  test("another authority", async () =>
    expect(await consequencesOf({ server: "https://x/dir" })).toEqual(take("reload")));
  test("out of date", async () => {
    const [notBefore, notAfter] = [new Date(Date.now() - 9e9), new Date(Date.now() - 1e6)];
    expect(await consequencesOf({ notBefore, notAfter })).toEqual(take("reload"));
  });
  test("not readable", () =>
    expect(consequences({ "certificate bednet": "https://x installed 1 AAAA" })).toEqual(take("restart")));
  test("only taking one needs the name to lead here", async () => {
    const entry = runbook.flatMap(({ entries }) => entries).find(({ resource }) => resource.kind === "certificate")!;
    const { needsDns } = entry.resource.wish(entry.name, bundle);
    expect(needsDns!("absent")).toBe(true);
    expect(needsDns!(await certificateState({ keyType: "rsa" }))).toBe(true);
    expect(needsDns!(await certificateState({ installed: "elsewhere" }))).toBe(false);
  });
});

describe("the firewall", () => {
  const state = lookText().match(/^firewall\t\S+\t(.*)$/m)![1]!;
  test.each([
    ["not loaded", state.replace(/loaded .*/, "loaded nothing")],
    ["loaded from another text", state.replace(/loaded .*/, "loaded 0123")],
    ["another text on disk", state.replace(/^./, "x")],
    ["nothing at all", "absent loaded nothing"],
  ])("%s: loaded, which drops nobody", (_what, broken) =>
    expect(consequences({ "firewall /etc/bednet/firewall.nft": broken })).toEqual({
      changes: ["firewall: load_firewall bednet"],
      effect: "none",
    }),
  );
});
