import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, test } from "vitest";
import { parseFleet, readFleet } from "../../../fleet/load.ts";
import { Problem } from "../../../fleet/problem.ts";
import { mistakesOf, sampleCsv, sampleFleet, sampleWith, sampleYaml } from "./sample.ts";

const folder = mkdtempSync(join(tmpdir(), "bednet-load-"));
afterAll(() => rmSync(folder, { recursive: true }));
const golden = (name: string): string => readFileSync(new URL(`../../golden/${name}`, import.meta.url), "utf8");

async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(outcome instanceof Problem)) throw new Error(`expected a Problem, got ${String(outcome)}`);
  return outcome;
}

test("a fleet.yaml with ten mistakes lists ten, in order, each with its place and what to do", () => {
  const yaml = golden("ten-mistakes/fleet.yaml");
  let told = "";
  try {
    parseFleet({ yaml, yamlFile: "fleet.yaml", csv: undefined, csvFile: "devices.csv" });
  } catch (error) {
    const { message, fix, exitCode } = error as Problem;
    told = `${message}\n${fix}\n`;
    expect(exitCode).toBe(1);
  }
  expect(told).toBe(golden("ten-mistakes.txt"));
});

describe("a fleet without mistakes", () => {
  it("has its defaults filled in and its devices in the order of the rows", () => {
    const fleet = sampleFleet();
    expect(fleet.capacity).toEqual({
      devices: 10,
      backendServices: 2,
      monitoringTools: 0,
      messagesPerSecond: 0,
      payloadBytes: 200,
      offlineSessions: 0,
      retainedTopics: 0,
    });
    expect(fleet.monitoring).toEqual({ alertAt: 0.8 });
    expect(fleet.dns).toBe("manual");
    expect(fleet.broker.tls).toEqual({ issuer: "letsencrypt", keyType: "ecdsa" });
    expect(fleet.devices).toEqual([
      { id: "soil-1", class: "sensor" },
      { id: "soil-2", class: "sensor" },
    ]);
  });

  it("may have no devices.csv yet, no class, no service and nobody", () => {
    const bare = sampleYaml.slice(0, sampleYaml.indexOf("classes:"));
    const fleet = parseFleet({ yaml: bare, yamlFile: "f", csv: undefined, csvFile: "d" });
    expect([fleet.devices, fleet.classes, fleet.services, fleet.people]).toEqual([[], {}, {}, {}]);
  });

  it("may begin with a byte order mark and end its lines as Windows does", () => {
    const windows = (text: string): string => `\ufeff${text.replaceAll("\n", "\r\n")}`;
    const fleet = parseFleet({ yaml: windows(sampleYaml), yamlFile: "f", csv: windows(sampleCsv), csvFile: "d" });
    expect(fleet).toEqual(sampleFleet());
  });

  it("may use anchors, aliases and merges", () => {
    const yaml = sampleWith({
      "  sensor: {": "  sensor: &sensor {",
      "services:": "  valve: { <<: *sensor, hardware: esp8266 }\nservices:",
    });
    const { classes } = parseFleet({ yaml, yamlFile: "f", csv: undefined, csvFile: "d" });
    expect(classes.valve).toEqual({ ...classes.sensor, hardware: "esp8266" });
  });

  it("may have devices that spreadsheets put in quotes, and blank lines", () => {
    expect(sampleFleet({}, '"id","class"\n\n"soil-1","sensor"\nsoil-2,sensor\n\n').devices).toEqual(
      sampleFleet().devices,
    );
  });
});

describe("a text that is no fleet", () => {
  it.each([
    ["nothing", "", "fleet.yaml:1:1  (file): is empty; begin with a copy of examples/small-farm/fleet.yaml"],
    ["a comment", "# later\n", "fleet.yaml:1:1  (file): is empty; begin with a copy of examples/small-farm/fleet.yaml"],
    ["a word", "prod", 'fleet.yaml:1:1  (file): "prod" is text, expected settings'],
    ["a list", "- name: prod", "fleet.yaml:1:1  (file): this is a list, expected settings"],
    [
      "two documents",
      "name: a\n---\nname: b\n",
      "fleet.yaml:2:1  (syntax): a second document starts here; keep one, and let a second fleet have a file of its own",
    ],
    ["a tab", "broker:\n\tdomain: a\n", "fleet.yaml:2:1  (syntax): indented with a tab; use spaces"],
    [
      "ten thousand brackets",
      "[".repeat(10_000),
      expect.stringMatching(/^fleet\.yaml:1:\d+ {2}\(syntax\): nests too deep; settings go four levels deep$/),
    ],
    [
      "a topic without quotes",
      "classes:\n  a:\n    publish: [farm/{device}/up]\n",
      'fleet.yaml:3:20  (syntax): topics with {device} need quotes, such as "farm/{device}/moisture"',
    ],
    [
      "aliases that multiply",
      `a: &a [${"x,".repeat(99)}x]\nb: &b [${"*a,".repeat(99)}*a]\nc: &c [${"*b,".repeat(99)}*b]\nd: [${"*c,".repeat(99)}*c]\n`,
      "fleet.yaml:1:1  (file): aliases multiply beyond measure; write the values out",
    ],
  ])("%s", (_, yaml, mistake) => expect(mistakesOf(yaml, null)[0]).toEqual(mistake));

  it("tells the mistakes of devices.csv all the same", () => {
    expect(mistakesOf("name: [", "id;class\n")).toEqual([
      expect.stringMatching(/^fleet\.yaml:1:8 {2}\(syntax\): .*; compare with the lines around it$/),
      'devices.csv:1:1  (header): "id;class", expected "id,class"; separate the columns with commas',
    ]);
  });
});

describe("reading files", () => {
  const file = (name: string, content: string | Buffer): string => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, "fleet.yaml"), content);
    return join(folder, name, "fleet.yaml");
  };

  it("finds devices.csv beside the fleet file, and says the folder", async () => {
    const path = file("good", sampleYaml);
    writeFileSync(join(folder, "good", "devices.csv"), sampleCsv);
    expect(await readFleet(path)).toEqual({ fleet: sampleFleet(), folder: join(folder, "good") });
  });

  it("says how to name a file that does not exist", async () => {
    const problem = await problemOf(readFleet(join(folder, "none.yaml")));
    expect(problem.message).toBe(`${join(folder, "none.yaml")} does not exist`);
    expect(problem.fix).toBe(
      "Run the command in the folder of fleet.yaml, or name the file with --fleet PATH; examples/small-farm/fleet.yaml is one to begin with.",
    );
  });

  it("refuses a folder, a huge file and what is not UTF-8", async () => {
    expect((await problemOf(readFleet(folder))).message).toBe(`${folder} is a folder, expected a file`);
    const huge = await problemOf(readFleet(file("huge", "#".repeat(256 * 1024 + 1))));
    expect(huge.message).toBe(`${join(folder, "huge/fleet.yaml")} has 256 KiB, the limit is 256 KiB`);
    const latin = await problemOf(readFleet(file("latin", Buffer.from("name: M\xfcnchen", "latin1"))));
    expect(latin.message).toBe(`${join(folder, "latin/fleet.yaml")} is not UTF-8 text`);
  });

  it("refuses a folder in the place of devices.csv", async () => {
    const path = file("folder", sampleYaml);
    const csv = join(folder, "folder", "devices.csv");
    mkdirSync(csv);
    const problem = await problemOf(readFleet(path));
    expect(problem.message).toBe(`${csv} is a folder, expected a file`);
    expect(problem.fix).toBe(
      "Move the folder away. Devices go into a file of that name: the line `id,class`, then a row for each.",
    );
  });

  it("says that a file cannot be read", async () => {
    const path = file("shut", sampleYaml);
    chmodSync(path, 0);
    const isRoot = process.getuid?.() === 0; // who may read everything, so somebody else has to try
    if (isRoot) process.seteuid?.(65534);
    const problem = await problemOf(readFleet(path)).finally(() => isRoot && process.seteuid?.(0));
    expect(problem.message).toBe(`${path} cannot be read: EACCES`);
  });
});
