// What `bednet init` must know: one line per question, which is an option too.

/** `""`: there is none. Networks are separated by blanks. */
export type Answers = { readonly [Key in Setting["key"]]?: string };

export interface Setting {
  readonly key: (typeof keys)[number];
  readonly flag: string;
  readonly placeholder: string;
  /** Where it ends up in fleet.yaml. */
  readonly path: string;
  readonly question: string;
  /** One that is right, to judge the other answers beside it. */
  readonly example: string;
  /** Whether it says anything beside the other answers; `must`: nothing works without. */
  asked(given: Answers, ci: boolean): "must" | "may" | "never";
}

const keys = [
  ...(["domain", "provider", "region", "zone", "address", "adminCidrs", "devices"] as const),
  ...(["state", "bucket", "stateRegion", "stateAddress", "name", "email"] as const),
] as const;

const always = (): "must" => "must";
const unasked = (): "may" => "may";
const withProvider = (wanted: string, how: "must" | "may") => (given: Answers) =>
  given.provider === wanted ? how : "never";
const withState = (wanted: string) => (given: Answers) => (given.state === wanted ? "must" : "never");

const setting = (
  key: Setting["key"],
  flag: string,
  path: string,
  example: string,
  question: string,
  asked: Setting["asked"],
): Setting => {
  const [name = "", placeholder = ""] = flag.split(" ");
  return { key, flag: name, placeholder, path, example, question, asked };
};

/** In the order in which they are asked. */
export const settings: readonly Setting[] = [
  setting("domain", "--domain <name>", "broker.domain", "mqtt.example.com", "name that devices connect to", always),
  setting(
    "provider",
    "--provider <name>",
    "host.provider",
    "digitalocean",
    "digitalocean: a droplet is made; existing: a host that you have",
    always,
  ),
  setting(
    "region",
    "--region <slug>",
    "host.region",
    "fra1",
    "DigitalOcean region",
    withProvider("digitalocean", "must"),
  ),
  setting(
    "zone",
    "--zone <name>",
    "dns.zone",
    "example.com",
    "DNS zone at DigitalOcean that holds the name; none: you set the record by hand",
    withProvider("digitalocean", "may"),
  ),
  setting(
    "address",
    "--address <address>",
    "host.address",
    "203.0.113.20",
    "host name or address for SSH",
    withProvider("existing", "must"),
  ),
  setting(
    "adminCidrs",
    "--admin-cidrs <cidrs...>",
    "host.adminCidrs",
    "203.0.113.7/32",
    "networks that may use SSH",
    always,
  ),
  setting("devices", "--devices <count>", "capacity.devices", "1000", "devices that the broker must hold", always),
  setting(
    "state",
    "--state <backend>",
    "state.backend",
    "spaces",
    "where Terraform keeps its state: spaces or http; local is for one machine",
    (_, ci) => (ci ? "must" : "may"),
  ),
  setting("bucket", "--state-bucket <name>", "state.bucket", "acme-state", "Space for the state", withState("spaces")),
  setting("stateRegion", "--state-region <slug>", "state.region", "fra1", "region of that Space", withState("spaces")),
  setting(
    "stateAddress",
    "--state-address <url>",
    "state.address",
    "https://state.example.com/bednet",
    "https address of the state",
    withState("http"),
  ),
  setting("name", "--name <name>", "name", "prod", "name of this environment; left out, prod", unasked),
  setting(
    "email",
    "--email <address>",
    "broker.tls.email",
    "ops@example.com",
    "where the certificate authority writes to",
    unasked,
  ),
];

/** Asked on a terminal though nothing needs it. */
export const worthAsking: readonly Setting["key"][] = ["zone"];
