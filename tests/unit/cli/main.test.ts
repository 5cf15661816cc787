// How a run ends: help, usage mistakes, mistakes of the user, and ours.
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { checklist } from "../../../checks/checklist.ts";
import { run } from "./run.ts";

const commandFiles = readdirSync(new URL("../../../cli/commands/", import.meta.url)).map((file) =>
  file.replace(".ts", ""),
);
const help = (await run(["--help"])).stdout;
const listed = [...help.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name!);
const nested = [...["open", "close", "sweep"].map((name) => ["door", name])].concat(
  ["show", "set", "password"].map((name) => ["key", name]),
);
const helps = [...listed.map((name) => [name]), ...nested];

test("every file in cli/commands is a command of that name, and listed", () => {
  expect([...listed].sort()).toEqual([...commandFiles].sort());
});

test.each(listed)("%s --help has an example and says what the command is for", async (name) => {
  const { exitCode, stdout, stderr } = await run([name, "--help"]);
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(new RegExp(`\\nExamples?:\\n  .*bednet ${name}`));
  expect(stdout.split("\n").filter((line) => line.length > 100)).toEqual([]);
});

test.each(helps.flatMap((argv) => [40, 60, 80].map((columns) => [argv.join(" "), columns] as const)))(
  "%s --help fits %d columns",
  async (name, columns) => {
    const { stdout } = await run([...name.split(" "), "--help"], { isTTY: true, columns });
    expect(stdout.split("\n").filter((line) => line.length > columns)).toEqual([]);
  },
);

test("an example that is too wide stays one command, and its remark no part of it", async () => {
  const examples = async (argv: string[]): Promise<string> => {
    const { stdout } = await run([...argv, "--help"], { isTTY: true, columns: 40 });
    return stdout.slice(stdout.indexOf("\nExample"));
  };
  expect(await examples(["verify"])).toBe(`
Examples:
  bednet verify
  bednet verify --address 203.0.113.10
  bednet verify --only \\
    publish-denied subscribe-denied
  bednet verify --junit verify.xml
    (in a pipeline)
`);
});

test("--version", async () => {
  expect(await run(["--version"])).toEqual({ exitCode: 0, stdout: "1.2.3\n", stderr: "" });
});

test("no command: the help, as a mistake", async () => {
  expect(await run([])).toEqual({ exitCode: 64, stdout: "", stderr: help });
});

test.each([
  [
    "an unknown command",
    ["plam"],
    "error: unknown command 'plam'\n(Did you mean plan?)\n(--help shows what there is)\n",
  ],
  ["a command that is near none", ["foo"], "error: unknown command 'foo'\n(--help shows what there is)\n"],
  [
    "an unknown command of a command",
    ["door", "opne"],
    "error: unknown command 'opne'\n(Did you mean open?)\n(--help shows what there is)\n",
  ],
  [
    "an unknown check",
    ["verify", "--only", "plain-prot", "--fleet", "/nowhere/fleet.yaml"],
    `error: there is no check "plain-prot"; did you mean plain-port?\nChoose from: ${checklist.map(({ id }) => id).join(", ")}. Nothing was verified.\n(--help shows what there is)\n`,
  ],
  ...[
    ["--adopt", "--host"],
    ["--force", "--host"],
    ["--markdown", "--against <ref>"],
  ].map(([option, needed]): [string, string[], string] => [
    `plan ${option} alone`,
    ["plan", option!],
    `error: option '${option}' cannot be used without option '${needed}'\n(--help shows what there is)\n`,
  ]),
  [
    "an unknown option",
    ["plan", "--flet"],
    "error: unknown option '--flet'\n(Did you mean --fleet?)\n(--help shows what there is)\n",
  ],
  [
    "an option without its value",
    ["plan", "--fleet"],
    "error: option '--fleet <path>' argument missing\n(--help shows what there is)\n",
  ],
  [
    "an argument too many",
    ["plan", "farm"],
    "error: too many arguments for 'plan'. Expected 0 arguments but got 1.\n(--help shows what there is)\n",
  ],
  [
    "an option in the place of a name",
    ["verify", "--only", "--json"],
    "error: option '--only <checks...>' argument '--json' is invalid. A name is missing before it.\n(--help shows what there is)\n",
  ],
  [
    "the same for a principal",
    ["lock", "--rotate", "--new-key"],
    "error: option '--rotate <names...>' argument '--new-key' is invalid. A name is missing before it.\n(--help shows what there is)\n",
  ],
  ...["", "203.0.113.10:8883", "mqtt.example.com:8883", "[::1]", "mqtts://mqtt.example.com", "a b"].map(
    (address): [string, string[], string] => [
      `the address ${JSON.stringify(address)}`,
      ["verify", "--address", address],
      `error: option '--address <address>' argument '${address}' is invalid. Give an IP address or a host name alone: the port is the fleet's.\n(--help shows what there is)\n`,
    ],
  ),
  [
    "two that exclude each other",
    ["lock", "--check", "--new-key"],
    "error: option '--check' cannot be used with option '--new-key'\n(--help shows what there is)\n",
  ],
])("%s is exit code 64", async (_, argv, stderr) => {
  expect(await run(argv)).toEqual({ exitCode: 64, stdout: "", stderr });
});

test("a user's mistake is the message and the fix, without a stack", async () => {
  expect(await run(["plan", "--fleet", "/nowhere/fleet.yaml"])).toEqual({
    exitCode: 1,
    stdout: "",
    stderr:
      "/nowhere/fleet.yaml does not exist\nRun the command in the folder of fleet.yaml, or name the file with --fleet PATH; examples/small-farm/fleet.yaml is one to begin with.\n",
  });
});
