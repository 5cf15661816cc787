// The Mosquitto versions bednet knows, and how they differ: an unknown directive is fatal, a wrong figure sizes a wrong droplet.
import { Problem } from "./problem.ts";

/** Measured per build and per idle connection (facts: mosquitto.md section 3). */
export interface MemoryFigures {
  readonly openssl: "3.0" | "3.5" | "3.6";
  readonly baseBytes: number;
  readonly tlsConnectionBytes: number;
  readonly kernelSocketBytes: number;
  readonly offlineSessionBytes: number;
  /** On top of payload and topic. */
  readonly queuedMessageBytes: number;
  readonly retainedMessageBytes: number;
  readonly passwordLineBytes: number;
  readonly aclLineBytes: number;
}

export interface Dialect {
  readonly version: string;
  /** Every 2.1.x reads the same directives. */
  readonly family: (typeof families)[number];
  readonly memory: MemoryFigures;
  /** False: the first SIGHUP switches `max_connections` off, and the soft descriptor limit is the cap (section 12). */
  readonly maxConnectionsSurvivesReload: boolean;
  /** False: every closed connection raises the cap by one (section 2). */
  readonly maxConnectionsExact: boolean;
  /** After a reload with a bad file. `allows everything` and `exits` both forbid a blind reload (section 5). */
  readonly onBadAcl: "allows everything" | "exits";
  readonly onBadPasswordLine: "drops the user" | "exits";
  /** False: ACL sections load in quadratic time (section 3). */
  readonly hashedAcl: boolean;
  /** True: a client whose keepalive equals `max_keepalive` is thrown out at once (section 10). */
  readonly dropsClientsAtMaxKeepalive: boolean;
  /** False: `max_keepalive` does not bind MQTT 3.1.1 clients. */
  readonly maxKeepaliveBindsV3: boolean;
  /** Ways for a client to crash it that the distribution's package leaves open; empty when none is known. */
  readonly openHoles: readonly string[];
  knows(directive: string): boolean;
}

const families = ["2.0.11", "2.0.18", "2.0.21", "2.0.22", "2.1"] as const;

/** One of each family: the rollout digest renders for all of them. */
export const supportedVersions = ["2.0.11", "2.0.18", "2.0.21", "2.0.22", "2.1.2"] as const;

/** Iterations of our `$7$` lines: each reload verifies every session again, in the broker's only thread (section 3). */
export const passwordIterations = 101;

const KIB = 1024;
const v20 = {
  offlineSessionBytes: 2.5 * KIB,
  queuedMessageBytes: 320,
  retainedMessageBytes: 1.1 * KIB,
  passwordLineBytes: 270,
  aclLineBytes: 145,
};
const v21 = {
  offlineSessionBytes: 6.7 * KIB,
  queuedMessageBytes: 460,
  retainedMessageBytes: 1.16 * KIB,
  passwordLineBytes: 425,
  aclLineBytes: 190,
};
const everywhere = { baseBytes: 15 * KIB * KIB, kernelSocketBytes: 4.2 * KIB };
const openssl30 = { ...everywhere, ...v20, openssl: "3.0", tlsConnectionBytes: 16.3 * KIB } as const;
const openssl35 = { ...everywhere, ...v20, openssl: "3.5", tlsConnectionBytes: 24 * KIB } as const;
const openssl36 = { ...everywhere, ...v21, openssl: "3.6", tlsConnectionBytes: 28.2 * KIB } as const;

const traits20 = {
  maxConnectionsSurvivesReload: false,
  maxConnectionsExact: true,
  onBadAcl: "allows everything",
  onBadPasswordLine: "drops the user",
  hashedAcl: false,
  dropsClientsAtMaxKeepalive: false,
  maxKeepaliveBindsV3: true,
  openHoles: [],
} as const;

const traits = {
  "2.0.11": { ...traits20, memory: openssl30, maxConnectionsExact: false, maxKeepaliveBindsV3: false },
  "2.0.18": { ...traits20, memory: openssl30, openHoles: ["CVE-2024-8376"] },
  "2.0.21": { ...traits20, memory: openssl35, dropsClientsAtMaxKeepalive: true },
  "2.0.22": { ...traits20, memory: openssl35 },
  "2.1": {
    ...traits20,
    memory: openssl36,
    maxConnectionsSurvivesReload: true,
    onBadAcl: "exits",
    onBadPasswordLine: "exits",
    hashedAcl: true,
  },
} satisfies Record<(typeof families)[number], Omit<Dialect, "version" | "family" | "knows">>;

/** What bednet may write on all of them. */
const common = [
  ..."acl_file allow_anonymous allow_zero_length_clientid autosave_interval autosave_on_changes cafile certfile ciphers".split(
    " ",
  ),
  ..."ciphers_tls1.3 connection_messages crlfile include_dir keyfile listener log_dest log_timestamp log_timestamp_format".split(
    " ",
  ),
  ..."log_type max_connections max_inflight_bytes max_inflight_messages max_keepalive max_packet_size max_queued_bytes".split(
    " ",
  ),
  ..."max_queued_messages max_topic_alias memory_limit message_size_limit password_file per_listener_settings".split(
    " ",
  ),
  ..."persistence persistence_file persistence_location persistent_client_expiration pid_file plugin protocol".split(
    " ",
  ),
  ..."queue_qos0_messages require_certificate retain_available set_tcp_nodelay sys_interval tls_version".split(" "),
  ..."upgrade_outgoing_qos use_identity_as_username use_username_as_clientid user websockets_log_level".split(" "),
];
const only21 = [
  ..."global_max_clients global_max_connections listener_allow_anonymous listener_auto_id_prefix accept_protocol_versions".split(
    " ",
  ),
  ..."enable_proxy_protocol disable_client_cert_date_checks enable_control_api global_plugin plugin_load plugin_use".split(
    " ",
  ),
  ..."http_api websockets_origin max_topic_alias_broker packet_buffer_size".split(" "),
];

function directives(family: (typeof families)[number]): ReadonlySet<string> {
  const since21 = family === "2.1" ? only21 : [];
  const since2021 = family === "2.0.11" || family === "2.0.18" ? [] : ["retain_expiry_interval"];
  return new Set([...common, ...since2021, ...since21]);
}

/** What is true of a version, as `mosquitto -h` reports it; a Problem for one that was never tried. */
export function dialectOf(version: string): Dialect {
  const family = families.find((one) => version === one || (one === "2.1" && /^2\.1\.\d+$/.test(version)));
  if (family === undefined) {
    throw new Problem(
      `mosquitto ${JSON.stringify(version)} is not supported: bednet knows 2.0.11, 2.0.18, 2.0.21, 2.0.22 and 2.1.x`,
      "Install the version of a supported distribution (Debian 12 or 13, Ubuntu 22.04, 24.04 or 26.04), or 2.1 from mosquitto.org.",
    );
  }
  const known = directives(family);
  return { ...traits[family], version, family, knows: (directive) => known.has(directive) };
}

const images: Record<string, string> = {
  "debian-12-x64": "2.0.11",
  "ubuntu-22-04-x64": "2.0.11",
  "ubuntu-24-04-x64": "2.0.18",
  "debian-13-x64": "2.0.21",
  "ubuntu-26-04-x64": "2.0.22",
};

/** The version that an image's distribution installs, or undefined when the image is unknown. */
export function imageVersion(image: string): string | undefined {
  const slug = image.endsWith("-x64") ? image : `${image}-x64`;
  return Object.hasOwn(images, slug) ? images[slug] : undefined;
}

/** What to plan with when nothing is known: the most memory per connection, and the most per message. */
export const costliestVersion = "2.1.2";
