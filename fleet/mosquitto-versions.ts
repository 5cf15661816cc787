// The Mosquitto versions bednet knows, and how they differ: an unknown directive is fatal, a wrong figure sizes a wrong droplet.
import { directivesOf } from "./mosquitto-directives.ts";
import { Problem } from "./problem.ts";

/** Measured per build and per idle connection (docs/measurements.md#memory). */
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
  readonly family: Family;
  readonly memory: MemoryFigures;
  /** False: the first SIGHUP switches `max_connections` off, and the soft descriptor limit is the cap (docs/measurements.md#connection-cap). */
  readonly maxConnectionsSurvivesReload: boolean;
  /** False: ACL sections load in quadratic time (docs/measurements.md#reloads). */
  readonly hashedAcl: boolean;
  /** Ways for a client to crash it that the distribution's package leaves open; empty when none is known. */
  readonly openHoles: readonly string[];
  knows(directive: string): boolean;
}

export const families = ["2.0.11", "2.0.18", "2.0.21", "2.0.22", "2.1"] as const;
export type Family = (typeof families)[number];

/** One of each family: the rollout digest renders for all of them. */
export const supportedVersions = ["2.0.11", "2.0.18", "2.0.21", "2.0.22", "2.1.2"] as const;

/** Iterations of our `$7$` lines: each reload verifies every session again, in the broker's only thread (docs/measurements.md#reloads). */
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
  hashedAcl: false,
  openHoles: [],
} as const;

const traits = {
  "2.0.11": { ...traits20, memory: openssl30 },
  "2.0.18": { ...traits20, memory: openssl30, openHoles: ["CVE-2024-8376"] },
  "2.0.21": { ...traits20, memory: openssl35 },
  "2.0.22": { ...traits20, memory: openssl35 },
  "2.1": {
    ...traits20,
    memory: openssl36,
    maxConnectionsSurvivesReload: true,
    hashedAcl: true,
  },
} satisfies Record<Family, Omit<Dialect, "version" | "family" | "knows">>;

/** What is true of a version, as `mosquitto -h` reports it; a Problem for one that was never tried. */
export function dialectOf(version: string): Dialect {
  const family = families.find((one) => (one === "2.1" ? /^2\.1\.\d+$/.test(version) : version === one));
  if (family === undefined) {
    throw new Problem(
      `mosquitto ${JSON.stringify(version)} is not supported: bednet knows 2.0.11, 2.0.18, 2.0.21, 2.0.22 and 2.1.x`,
      "Install the version of a supported distribution (Debian 12 or 13, Ubuntu 22.04, 24.04 or 26.04), or 2.1 from mosquitto.org.",
    );
  }
  const known = directivesOf(family);
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

/** What an image's distribution leaves open, though others with the same version have it fixed (docs/measurements.md#versions). */
export function imageHoles(image: string): readonly string[] {
  return /^ubuntu-2[24]-04(-x64)?$/.test(image) ? ["CVE-2024-8376"] : [];
}

/** What to plan with when nothing is known: the most memory per connection, and the most per message. */
export const costliestVersion = "2.1.2";
