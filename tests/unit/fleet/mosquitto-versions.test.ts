import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { dialectOf, imageVersion, supportedVersions } from "../../../fleet/mosquitto-versions.ts";
import { Problem } from "../../../fleet/problem.ts";

test("every supported version is known by its own name", () => {
  for (const version of supportedVersions) expect(dialectOf(version).version).toBe(version);
});

test("a newer 2.1 reads what 2.1 reads", () => {
  expect(dialectOf("2.1.17").family).toBe("2.1");
  expect(dialectOf("2.1.17").maxConnectionsSurvivesReload).toBe(true);
});

describe("a version that was never tried is refused with the way out", () => {
  it.each(["2.0.20", "2.0.23", "2.2.0", "1.6.9", "3.0.0", "2.1", "2.1.2-rc1", "", "2.1.2\n2.0.11"])("%j", (version) => {
    expect(() => dialectOf(version)).toThrow(Problem);
    try {
      dialectOf(version);
    } catch (error) {
      expect((error as Problem).message).toBe(
        `mosquitto ${JSON.stringify(version)} is not supported: bednet knows 2.0.11, 2.0.18, 2.0.21, 2.0.22 and 2.1.x`,
      );
      expect((error as Problem).fix).toBe(
        "Install the version of a supported distribution (Debian 12 or 13, Ubuntu 22.04, 24.04 or 26.04), or 2.1 from mosquitto.org.",
      );
    }
  });
});

test("the cap survives a reload on 2.1 only", () => {
  expect(supportedVersions.filter((version) => dialectOf(version).maxConnectionsSurvivesReload)).toEqual(["2.1.2"]);
});

test("a directive is known only where it exists", () => {
  const knowing = (directive: string): string[] =>
    supportedVersions.filter((version) => dialectOf(version).knows(directive));
  expect(knowing("max_connections")).toEqual([...supportedVersions]);
  expect(knowing("retain_expiry_interval")).toEqual(["2.0.21", "2.0.22", "2.1.2"]);
  expect(knowing("global_max_connections")).toEqual(["2.1.2"]);
  expect(knowing("no_such_directive")).toEqual([]);
});

test("an image says its version, an unknown one nothing", () => {
  const images = [
    "debian-12-x64",
    "ubuntu-22-04-x64",
    "ubuntu-24-04-x64",
    "debian-13-x64",
    "debian-13",
    "ubuntu-26-04-x64",
  ];
  expect(images.map(imageVersion)).toEqual(["2.0.11", "2.0.11", "2.0.18", "2.0.21", "2.0.21", "2.0.22"]);
  expect(["fedora-43-x64", "constructor", ""].map(imageVersion)).toEqual([undefined, undefined, undefined]);
});

test("memory is planned with the row of the build's OpenSSL", () => {
  const of = (version: string) => [
    dialectOf(version).memory.openssl,
    dialectOf(version).memory.tlsConnectionBytes / 1024,
  ];
  expect(supportedVersions.map(of)).toEqual([
    ["3.0", 16.3],
    ["3.0", 16.3],
    ["3.5", 24],
    ["3.5", 24],
    ["3.6", 28.2],
  ]);
});

function installed(): string | undefined {
  try {
    return /version (\S+)/.exec(
      execFileSync("mosquitto", ["-h"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
    )?.[1];
  } catch (error) {
    return /version (\S+)/.exec(String((error as { stdout?: string }).stdout ?? ""))?.[1];
  }
}

describe.skipIf(!supportedVersions.some((version) => version === installed()))("the Mosquitto of this machine", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "bednet-directives-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  /** An unknown directive is told as such; any other complaint (no value, no file) means that it is known. */
  const isKnown = (directive: string): boolean => {
    writeFileSync(join(folder, "conf"), `${directive}\nno_such_directive 1\n`);
    try {
      execFileSync("mosquitto", ["-c", join(folder, "conf")], { stdio: "pipe" });
    } catch (error) {
      return !String((error as { stderr: Buffer }).stderr).includes(`Unknown configuration variable "${directive}"`);
    }
    return true;
  };

  it("knows the directives that its dialect says, and no others", () => {
    const dialect = dialectOf(installed()!);
    const sample =
      "acl_file autosave_interval certfile ciphers_tls1.3 connection_messages max_connections max_keepalive max_packet_size max_queued_bytes persistent_client_expiration set_tcp_nodelay sys_interval tls_version use_username_as_clientid retain_expiry_interval global_max_connections plugin_load listener_allow_anonymous no_such_thing";
    for (const directive of sample.split(" "))
      expect([directive, isKnown(directive)]).toEqual([directive, dialect.knows(directive)]);
  });
});
