// How names, addresses, counts and filters are written in fleet.yaml.
import * as z from "zod";

/** User name = client id, so one whitelist serves the password file, the ACL, topics and shells (facts: mosquitto.md section 4). */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
export const nameHint = "use letters, digits, - and _, starting with a letter or digit, 64 at most";

export const Name = z.string().regex(NAME, nameHint);
export const Count = z.number().int().nonnegative().max(1_000_000);
export const Domain = z
  .string()
  .regex(
    /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/,
    "use a full lower-case host name such as mqtt.example.com",
  );
const Cidr = z.union([z.cidrv4(), z.cidrv6()], { error: "use a network such as 203.0.113.7/32" });
export const AdminCidrs = z
  .array(Cidr)
  .min(1, "name at least one network that may use SSH")
  .describe("Networks that may use SSH, such as 203.0.113.7/32.");
export const Slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "use a slug of lower-case letters, digits and -");
export const Address = z
  .string()
  .regex(/^(?=.{1,253}$)[A-Za-z0-9:][A-Za-z0-9.:-]*$/, "use a host name or an address such as 203.0.113.7");
export const PemFile = z.string().regex(/^[^\u0000-\u001f\u007f]{1,4096}$/, "use the path of a PEM file");
export const Filters = z.array(z.string()).default([]);
