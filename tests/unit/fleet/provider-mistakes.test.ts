import { describe, expect, it, test } from "vitest";
import { mistakesOf, sampleFleet, sampleWith } from "./sample.ts";

const droplet = "provider: digitalocean, region: fra1";
const mistakesAfter = (replace: Record<string, string>): string[] => mistakesOf(sampleWith(replace));
const withHost = (setting: string): string[] => mistakesAfter({ [droplet]: `${droplet}, ${setting}` });
const withState = (state: string): string[] => mistakesAfter({ "host:": `state: ${state}\nhost:` });

describe("a setting that does not go with the provider", () => {
  it.each([
    [
      "a zone for a host that is there already",
      { [droplet]: "provider: existing, address: 203.0.113.20", "people:": "dns: { zone: example.com }\npeople:" },
      ["fleet.yaml:11:14  dns.zone: nobody sets records for a host that is there already; write dns: manual"],
    ],
    [
      "alerts of a host that is there already",
      {
        [droplet]: "provider: existing, address: 203.0.113.20",
        "people:": "monitoring: { email: ops@example.com }\npeople:",
      },
      ["fleet.yaml:11:22  monitoring.email: nothing sends mail from a host that is there already; remove it"],
    ],
    [
      "a name that is no host name",
      { "name: test": "name: North_farm" },
      [
        'fleet.yaml:1:7  name: "North_farm" becomes part of the droplet\'s host name; use lower-case letters, digits and -, 56 at most',
      ],
    ],
    [
      "a name that makes the host name too long",
      { "name: test": `name: ${"a".repeat(57)}` },
      [
        `fleet.yaml:1:7  name: "${"a".repeat(57)}" becomes part of the droplet's host name; use lower-case letters, digits and -, 56 at most`,
      ],
    ],
  ])("%s", (_, replace, expected) => {
    expect(mistakesAfter(replace)).toEqual(expected);
  });

  test("the same name is fine for a host that is there already", () => {
    const existing = { [droplet]: "provider: existing, address: 203.0.113.20", "name: test": "name: North_farm" };
    expect(mistakesAfter(existing)).toEqual([]);
  });
});

describe("a key that may log in", () => {
  it.each([
    ["a file", "sshKeys: [deploy.pub, keys/ana.pub]", []],
    ["a fingerprint", 'sshKeys: ["3b:16:bf:e4:8b:00:8b:b8:59:8c:a9:d3:f0:19:45:fa"]', []],
    ["none", "sshKeys: []", ["fleet.yaml:6:56  host.sshKeys: name at least one key that may log in"]],
    ["one twice", "sshKeys: [a.pub, a.pub]", ["fleet.yaml:6:56  host.sshKeys: a key stands here twice; keep one"]],
    [
      "the key itself",
      'sshKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 ana"]',
      [
        'fleet.yaml:6:57  host.sshKeys[0]: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 ana": put the key into a file beside fleet.yaml and name the file',
      ],
    ],
    [
      "a fingerprint of the other kind",
      'sshKeys: ["SHA256:abc"]',
      [
        'fleet.yaml:6:57  host.sshKeys[0]: "SHA256:abc": use the MD5 fingerprint, as DigitalOcean shows it: ssh-keygen -l -E md5 -f KEY.pub',
      ],
    ],
  ])("%s", (_, setting, expected) => {
    expect(withHost(setting)).toEqual(expected);
  });
});

describe("a state", () => {
  it.each([
    ["local", "{ backend: local }", []],
    ["in a Space", "{ backend: spaces, bucket: farm-state, region: fra1 }", []],
    ["behind HTTP", "{ backend: http, address: https://state.example.com/farm }", []],
    [
      "with a password",
      "{ backend: http, address: https://ana:secret@state.example.com/farm }",
      [
        "fleet.yaml:6:34  state.address: a password does not belong in fleet.yaml; set TF_HTTP_USERNAME and TF_HTTP_PASSWORD instead",
      ],
    ],
    [
      "in the clear",
      "{ backend: http, address: http://state.example.com/farm }",
      [
        'fleet.yaml:6:34  state.address: "http://state.example.com/farm": use an https address such as https://state.example.com/bednet',
      ],
    ],
    [
      "that Terraform would read as a template",
      `{ backend: http, address: "https://state.example.com/\${path.cwd}" }`,
      [`fleet.yaml:6:34  state.address: "https://state.example.com/\${path.cwd}": write { and } as %7B and %7D`],
    ],
    [
      "in a Space without a region",
      "{ backend: spaces, bucket: farm-state }",
      ["fleet.yaml:6:8  state.region: is missing; add it (region of the Space, such as fra1)"],
    ],
    [
      "that is not offered",
      "{ backend: s3 }",
      ['fleet.yaml:6:19  state.backend: "s3" is not offered; use local, spaces or http'],
    ],
  ])("%s", (_, state, expected) => {
    expect(withState(state)).toEqual(expected);
  });
});

test("a project's name holds nothing that Terraform would read as a template", () => {
  expect(withHost("project: Ferme du Nord (été)")).toEqual([]);
  expect(withHost(`project: "\${path.cwd}"`)).toEqual([
    `fleet.yaml:6:56  host.project: "\${path.cwd}": use plain text of 175 characters at most`,
  ]);
});

test("what is left out", () => {
  const { host, state } = sampleFleet();
  expect(host).toMatchObject({ sshKeys: ["deploy.pub"], backups: false, ipv6: false });
  expect(state).toEqual({ backend: "local" });
});
