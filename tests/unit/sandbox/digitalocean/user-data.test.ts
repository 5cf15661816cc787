// User data on a rehearsal's droplet: what is imitated, and that the rest is refused.
import { expect, test } from "vitest";
import { firstBootOf } from "../../../../sandbox/digitalocean/user-data.ts";

test.each([
  ["", { sshKeys: [], script: "" }],
  ["#!/bin/sh\ntrue\n", { sshKeys: [], script: "#!/bin/sh\ntrue\n" }],
  ["#cloud-config\n", { sshKeys: [], script: "" }],
  ["#cloud-config\n{}\n", { sshKeys: [], script: "" }],
  ["#cloud-config\nssh_authorized_keys: [ssh-ed25519 AAAA]\n", { sshKeys: ["ssh-ed25519 AAAA"], script: "" }],
  ["#cloud-config\nruncmd:\n  - echo a\n  - echo b\n", { sshKeys: [], script: "#!/bin/sh\necho a\necho b\n" }],
])("%j", (userData, first) => {
  expect(firstBootOf(userData)).toEqual(first);
});

test.each([
  ["#cloud-config\npackages: [nginx]\n", "packages"],
  ["#cloud-config\nruncmd: [[echo, a]]\n", "runcmd with lists of words"],
  ["Content-Type: multipart/mixed\n", "what begins with Content-Type: multip"],
])("%j is refused", (userData, what) => {
  expect(() => firstBootOf(userData)).toThrow(`a rehearsal does not imitate ${what} in a droplet's user data`);
});
