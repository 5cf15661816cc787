// state in fleet.yaml: where Terraform keeps what it made. Its credentials come from the environment, never from here.
import * as z from "zod";
import { Slug } from "./formats.ts";

const backend = <const T extends string>(name: T) => z.literal(name).describe("Where Terraform keeps what it made.");
const Url = z
  .url({ protocol: /^https$/, error: "use an https address such as https://state.example.com/bednet" })
  .refine((text) => !URL.canParse(text) || new URL(text).username === "", {
    error: "a password does not belong in fleet.yaml; set TF_HTTP_USERNAME and TF_HTTP_PASSWORD instead",
    abort: true,
    params: { alone: true }, // the value holds one
  })
  .refine((text) => !/[{}]/.test(text), { error: "write { and } as %7B and %7D" });

export const State = z.discriminatedUnion("backend", [
  z.strictObject({ backend: backend("local") }),
  z.strictObject({
    backend: backend("spaces"),
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, "use the name of a Space: lower-case letters, digits and -, 3 to 63")
      .describe("Space that holds the state."),
    region: Slug.describe("Region of the Space, such as fra1."),
    key: z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9_./-]{0,511}$/, "use a path of letters, digits, _, -, . and /")
      .optional()
      .describe("Name of the state within the Space; left out, bednet/<name>.tfstate."),
  }),
  z.strictObject({
    backend: backend("http"),
    address: Url.describe("Address of the state."),
    lockAddress: Url.optional().describe("Address that locks the state; left out, nothing keeps two deploys apart."),
    unlockAddress: Url.optional().describe("Address that unlocks the state."),
  }),
]);
