// fleet.yaml, setting by setting. What is not here is a mistake, not a silent wish.
import * as z from "zod";
import { count, Domain, Email, Filters, Name, PemFile } from "./formats.ts";
import { Host } from "./host-schema.ts";
import { isPublicBroker } from "./public-brokers.ts";
import { State } from "./state-schema.ts";

export { NAME, nameHint } from "./formats.ts";

const keyType = z
  .enum(["ecdsa", "rsa"])
  .default("ecdsa")
  .describe("Key of the certificate: ecdsa (P-256) costs the broker less, rsa (2048) costs small devices less.");
const email = Email.optional().describe(
  "Where the certificate authority writes to; left out, it is registered without.",
);
const trustFile = PemFile.optional().describe(
  "PEM file with the roots that issued certificates end in, beside fleet.yaml; left out, the public ones.",
);
const issuer = <const T extends string>(name: T) => z.literal(name).describe("Who issues the certificate.");

const Tls = z.discriminatedUnion("issuer", [
  z.strictObject({ issuer: issuer("letsencrypt"), keyType, email }),
  z.strictObject({ issuer: issuer("letsencrypt-staging"), trustFile, keyType, email }),
  z.strictObject({
    issuer: issuer("acme"),
    server: z
      .url({ protocol: /^https$/, error: "use the https address of an ACME directory" })
      .describe("Directory URL of an ACME server."),
    serverCaFile: PemFile.optional().describe(
      "PEM file with the CA of the ACME server's own HTTPS, beside fleet.yaml; left out, the public ones.",
    ),
    trustFile,
    keyType,
    email,
  }),
]);

/** The longest devices.csv that is read. Each device has one session and at most one site, so these end there as well. */
const MOST_DEVICES = 1_000_000;
/** Services and tools are named one by one in fleet.yaml, which has 256 KiB: no more find room there. */
const MOST_NAMED = 10_000;
/** Ten million retained messages fill the largest droplet offered, whatever is in them. */
const MOST_RETAINED = 10_000_000;

const Capacity = z.strictObject({
  devices: count(1, MOST_DEVICES).describe("Devices the broker must hold; devices.csv may list fewer."),
  backendServices: count(0, MOST_NAMED).default(0).describe("Backend services, each with up to two connections."),
  monitoringTools: count(0, MOST_NAMED).default(0).describe("Monitoring tools, each with up to three connections."),
  messagesPerSecond: z
    .number()
    .nonnegative()
    .max(1_000_000)
    .default(0)
    .describe("Messages published per second at the peak."),
  payloadBytes: count(1, 16_777_216).default(200).describe("Typical payload in bytes."),
  offlineSessions: count(0, MOST_DEVICES)
    .default(0)
    .describe("Durable sessions that may be offline at once, with messages queued for them."),
  retainedTopics: count(0, MOST_RETAINED).default(0).describe("Retained messages kept."),
  largestSite: count(1, MOST_DEVICES)
    .optional()
    .describe("Connections from the largest site behind one address; left out, the whole fleet may share one."),
});

const DeviceClass = z.strictObject({
  hardware: z.enum(["esp32", "esp8266", "python"]).describe("What the devices of this class are."),
  publish: Filters.describe("Topics each device may publish to; {device} stands for its id."),
  subscribe: Filters.describe("Topics each device may subscribe to; {device} stands for its id."),
});

const Service = z.strictObject({
  connections: count(1, 64).default(1).describe("Connections at once; each gets a user of its own."),
  publish: Filters.describe("Topics the service may publish to."),
  subscribe: Filters.describe("Topics the service may subscribe to."),
});

const Person = z.strictObject({
  publish: Filters.describe("Topics the person may publish to."),
  subscribe: Filters.describe("Topics the person may subscribe to."),
});

export const FleetFile = z.strictObject({
  name: Name.describe("Name of this environment; one stack per fleet file."),
  broker: z
    .strictObject({
      domain: Domain.refine((domain) => !isPublicBroker(domain), {
        error: "everybody may listen and publish on a public broker; use a name of your own such as mqtt.example.com",
      }).describe("Name that devices connect to and that the certificate carries."),
      tls: Tls.describe("Who issues the certificate."),
    })
    .describe("The broker as devices see it."),
  capacity: Capacity.describe("What the broker must hold."),
  host: Host.describe("Where the broker runs."),
  dns: z
    .union([
      z.literal("manual"),
      z.strictObject({ zone: Domain.describe("DNS zone that holds the domain, such as example.com.") }),
    ])
    .default("manual")
    .describe("Who keeps the DNS record: a zone, or manual: bednet prints the record and waits."),
  access: z
    .enum(["exact", "pooled"])
    .default("exact")
    .describe(
      "exact: grants bind per device. pooled: classes share their patterns (cheaper at tens of thousands of devices).",
    ),
  classes: z
    .record(Name, DeviceClass)
    .default({})
    .describe("Kinds of devices, with what each device may say and hear."),
  services: z.record(Name, Service).default({}).describe("Backend services."),
  people: z.record(Name, Person).default({}).describe("People who log in."),
  monitoring: z
    .strictObject({
      alertAt: z
        .number()
        .min(0.5)
        .max(0.99)
        .default(0.8)
        .describe("Share of the connection limit at which monitoring alerts."),
      email: Email.optional().describe("Where DigitalOcean's alerts go: load, memory, disk, no answer."),
    })
    .prefault({})
    .describe("When to be told, and where."),
  state: State.default({ backend: "local" }).describe("Where Terraform keeps what it made; left out, in .bednet/."),
});

/** One row of devices.csv. */
export interface Device {
  readonly id: string;
  readonly class: string;
}

/** What the user declares, complete and consistent: only `parseFleet` makes one. */
export type Fleet = z.output<typeof FleetFile> & { readonly devices: readonly Device[] };
