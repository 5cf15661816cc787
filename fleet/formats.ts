// How names, addresses, counts and filters are written in fleet.yaml.
import * as z from "zod";

/** User name = client id, so one whitelist serves the password file, the ACL, topics and shells (docs/measurements.md#passwords). */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
export const nameHint = "use letters, digits, - and _, starting with a letter or digit, 64 at most";

export const Name = z.string().regex(NAME, nameHint);
/** One mistake is told once: a second `min` or `max` would not replace the first, and an endless number is no `int` either. */
export const count = (min: number, max: number) => z.number().min(min, { abort: true }).max(max, { abort: true }).int();
export const Domain = z
  .string()
  .regex(
    /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/,
    "use a full lower-case host name such as mqtt.example.com",
  );
const Cidr = z.union([z.cidrv4(), z.cidrv6()], {
  error: ({ input }) => `use a network such as ${String(input).includes(":") ? "2001:db8::7/128" : "203.0.113.7/32"}`,
});
export const AdminCidrs = z
  .array(Cidr)
  .min(1, "name at least one network that may use SSH")
  .describe("Networks that may use SSH, such as 203.0.113.7/32.");
export const Slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "use a slug of lower-case letters, digits and -");
/** A last label of digits alone would be an IPv4 address that is none. */
const HOST_NAME =
  /^(?=.{1,253}$)(?!(.*\.)?[0-9]+$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
export const Address = z.union([z.ipv4(), z.ipv6(), z.string().regex(HOST_NAME)], {
  error: ({ input }) => noAddress(input),
});

function noAddress(input: unknown): string {
  const text = typeof input === "string" ? input : "";
  if (/^[^:]*:\d*$/.test(text) || /^\[.*\]:\d*$/.test(text)) return "the port belongs to host.port";
  if (text.startsWith("[")) return "write an IPv6 address without brackets";
  if (text.includes("@")) return "the user belongs to host.user";
  if (/^[\d.]+$/.test(text)) return "not an IPv4 address; it has four numbers from 0 to 255, such as 203.0.113.7";
  return "use a host name or an address such as 203.0.113.7";
}

export const Email = z.email({ error: "use an address such as ops@example.com" });
/** Nothing in it that a Terraform template would read. */
export const PlainText = z
  .string()
  .regex(/^(?!.*[$%]\{)[^\u0000-\u001f\u007f]{1,175}$/, "use plain text of 175 characters at most");

/** As DigitalOcean shows it. */
export const KEY_FINGERPRINT = /^([0-9a-f]{2}:){15}[0-9a-f]{2}$/;
const SshKey = z
  .string()
  .refine((text) => !/^(ssh|ecdsa|sk)-\S+ /.test(text), {
    error: "put the key into a file beside fleet.yaml and name the file",
    abort: true,
  })
  .refine((text) => !text.startsWith("SHA256:"), {
    error: "use the MD5 fingerprint, as DigitalOcean shows it: ssh-keygen -l -E md5 -f KEY.pub",
    abort: true,
  })
  .refine((text) => /^[^\u0000-\u001f\u007f]{1,4096}$/.test(text), { error: "use the path of a public key" });
export const SshKeys = z
  .array(SshKey)
  .min(1, "name at least one key that may log in")
  .refine((keys) => new Set(keys).size === keys.length, {
    error: "a key stands here twice; keep one",
    params: { alone: true },
  })
  .default(["deploy.pub"])
  .describe(
    "Who may log in to a new droplet: public key files beside fleet.yaml, or MD5 fingerprints the account has.",
  );

export const PemFile = z.string().regex(/^[^\u0000-\u001f\u007f]{1,4096}$/, "use the path of a PEM file");
export const Filters = z.array(z.string()).default([]);
