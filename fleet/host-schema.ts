// host in fleet.yaml: a droplet that bednet creates, or a machine that is there already.
import * as z from "zod";
import { Address, AdminCidrs, count, Name, PlainText, Slug, SshKeys } from "./formats.ts";

export const Host = z.discriminatedUnion("provider", [
  z.strictObject({
    provider: z.literal("digitalocean").describe("Who runs the machine: a droplet that bednet creates."),
    region: Slug.describe("Region slug, such as fra1."),
    size: Slug.default("auto").describe("Droplet size slug, or auto: the smallest that holds the plan."),
    image: Slug.default("debian-13-x64").describe("Image slug; it decides the Mosquitto version."),
    adminCidrs: AdminCidrs,
    sshKeys: SshKeys,
    backups: z.boolean().default(false).describe("Weekly backups by DigitalOcean, a fifth of the droplet's price."),
    ipv6: z.boolean().default(false).describe("A reserved IPv6 address and an AAAA record too."),
    project: PlainText.optional().describe(
      "DigitalOcean project that is made for the broker; left out, the default one.",
    ),
  }),
  z.strictObject({
    provider: z.literal("existing").describe("Who runs the machine: you, and bednet reaches it over SSH."),
    address: Address.describe("Host name or address for SSH."),
    user: Name.default("root").describe("root, or a user with passwordless sudo."),
    port: count(1, 65_535).default(22).describe("SSH port."),
    adminCidrs: AdminCidrs,
  }),
]);
