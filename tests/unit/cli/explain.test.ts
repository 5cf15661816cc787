// bednet explain finds what is asked for, and every explanation is whole.
import { expect, test } from "vitest";
import { checklist } from "../../../checks/checklist.ts";
import { readExplanations } from "../../../cli/explanations.ts";
import { run } from "./run.ts";

const all = await readExplanations();
const ids = all.map(({ id }) => id);

test("every check is explained, and no name means two things", () => {
  expect(checklist.map(({ id }) => id).filter((id) => !ids.includes(id))).toEqual([]);
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
});

test.each(all)("$id has a title and a text, and refers to what exists", ({ id, title, text }) => {
  expect(id).toMatch(/^[a-z0-9-]+$/);
  expect(title.length).toBeGreaterThan(10);
  expect(title).not.toMatch(/^#|\.$/);
  expect(text.length).toBeGreaterThan(40);
  const referred = [...text.matchAll(/see `([a-z0-9-]+)`/g)].map(([, name]) => name!);
  expect(referred.filter((name) => !ids.includes(name))).toEqual([]);
});

test("the list names every one", async () => {
  const { exitCode, stdout } = await run(["explain"]);
  expect(exitCode).toBe(0);
  expect(ids.filter((id) => !stdout.includes(`  ${id} `))).toEqual([]);
  expect(stdout.split("\n").filter((line) => line.length > 100)).toEqual([]);
});

test.each(["limits-conf", "limitsConf", "limits conf", "LIMITS.CONF"])("%s", async (asked) => {
  expect(
    (await run(["explain", ...asked.split(" ")])).stdout,
  ).toBe(`/etc/security/limits.conf does nothing for a service  (limits-conf)

That file is read when a person logs in. systemd starts the broker without it, with a soft limit of
1,024 descriptors: about 1,015 clients, whatever the file says. The broker does not raise the limit
by itself.

What counts is \`LimitNOFILE=\` in the unit (\`systemctl edit mosquitto\`), and what is true stands in
/proc/PID/limits.
`);
});

test.each([40, 60])("on %d columns nothing is wider but code", async (columns) => {
  const settings = { isTTY: true, columns, env: { NO_COLOR: "1" } };
  for (const argv of [["explain"], ["explain", "limits-conf"]]) {
    const { stdout } = await run(argv, settings);
    expect(stdout.split("\n").filter((line) => line.length > columns)).toEqual([]);
  }
});

test("code keeps its lines", async () => {
  expect((await run(["explain", "max-connections-before-listener"])).stdout).toContain(
    "\n\n    listener 8883\n    max_connections 1271\n",
  );
});

test("something else is exit code 64, with what it may have meant", async () => {
  expect(await run(["explain", "limit", "conf"])).toEqual({
    exitCode: 64,
    stdout: "",
    stderr:
      "error: nothing is known about 'limit conf'\n(Did you mean limits-conf, memory-limit, test-config?)\n(--help shows what there is)\n",
  });
  expect((await run(["explain", "limit", "conf"], { isTTY: true, columns: 40, env: { NO_COLOR: "1" } })).stderr).toBe(
    "error: nothing is known about 'limit\nconf'\n(Did you mean limits-conf, memory-limit,\ntest-config?)\n(--help shows what there is)\n",
  );
  expect((await run(["explain", "teapot"])).stderr).toBe(
    "error: nothing is known about 'teapot'\n(`bednet explain` lists what there is)\n(--help shows what there is)\n",
  );
});
