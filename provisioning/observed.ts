// What one look at a host showed: its facts, and one line of state for every entry of the runbook.
import { gunzipSync } from "node:zlib";
import { type Lock, parseLock } from "../fleet/lock.ts";
import { Problem } from "../fleet/problem.ts";
import type { Entry } from "./step.ts";

export interface Observed {
  /** The last run that changed something here; `never`. */
  readonly run: string;
  /** A broker of ours proved itself here once. */
  readonly isOurs: boolean;
  /** `debian 13` */
  readonly distribution: string;
  /** Version of the package without Debian's suffix; undefined where it is not installed. */
  readonly mosquittoVersion: string | undefined;
  readonly memoryBytes: number;
  readonly ipv6: boolean;
  /** Address that we came from, and the port of sshd that answered. */
  readonly ssh: { readonly clientAddress: string; readonly port: number };
  readonly rehearsal: boolean;
  readonly systemd: boolean;
  /** Established connections to 8883. */
  readonly clients: number;
  readonly sockets: readonly Socket[];
  readonly appliedLock: {
    readonly sha256: string | "absent";
    /** Given only where it differs from the lock that the caller has. */
    readonly other: Lock | undefined;
  };
  readonly foreign: {
    readonly mosquittoFiles: readonly string[];
    readonly ufwAllows?: string;
    readonly firewalld?: string;
    /** Where others are logged in from, by the sshd that answered us. */
    readonly sshPeers: readonly string[];
    /** certbot's other certificates. */
    readonly lineages: readonly string[];
  };
  state(entry: Entry): string;
}

/** A listening TCP socket. */
export interface Socket {
  readonly address: string;
  readonly port: number;
  /** Name of the process, `?` where it cannot be seen. */
  readonly process: string;
}

export function parseObserved(host: string, text: string): Observed {
  const rows = text
    .split("\n")
    .filter((row) => row !== "")
    .map((row) => row.split("\t"));
  const facts = rows.filter(([kind]) => kind === "fact");
  const all = (name: string) => facts.filter((row) => row[1] === name).map((row) => row[2] ?? "");
  const one = (name: string) => {
    const [value] = all(name);
    if (value === undefined)
      throw new Problem(
        `${host}: the look at the host did not say "${name}"`,
        "Run the command again; nothing was changed.",
        { exitCode: 2 },
      );
    return value;
  };
  const states = new Map(
    rows.filter(([kind]) => kind !== "fact").map(([kind, name, state]) => [`${kind}\t${name}`, state ?? ""]),
  );
  const mosquitto = states.get("package\tmosquitto") ?? "absent";
  const [clientAddress = "", , , sshPort = "22"] = one("ssh").split(" ");
  const [ufwAllows] = all("ufw");
  const [firewalld] = all("firewalld");
  return {
    run: one("run"),
    isOurs: one("ours") === "yes",
    distribution: one("distribution"),
    mosquittoVersion: mosquitto === "absent" ? undefined : mosquitto.replace(/^\d+:/, "").replace(/[-+~].*$/, ""),
    memoryBytes: Number(one("memory")),
    ipv6: one("ipv6") === "0",
    ssh: { clientAddress: plainAddress(clientAddress), port: Number(sshPort) },
    rehearsal: one("rehearsal") === "yes",
    systemd: one("systemd") === "running",
    clients: Number(one("clients")),
    sockets: all("socket").map(parseSocket),
    appliedLock: {
      sha256: one("applied-lock"),
      other: all("applied-text").map((packed) => unpackLock(host, packed))[0],
    },
    foreign: {
      mosquittoFiles: all("foreign-mosquitto"),
      sshPeers: [...new Set(all("ssh-peer").map(plainAddress))],
      lineages: all("lineage"),
      ...(ufwAllows !== undefined && { ufwAllows }),
      ...(firewalld !== undefined && { firewalld }),
    },
    state({ resource, name }) {
      const state = states.get(`${resource.kind}\t${name}`);
      if (state === undefined) throw new Error(`the look printed no line for ${resource.kind} ${name}`);
      return state;
    },
  };
}

function parseSocket(text: string): Socket {
  const [place = "", process = ""] = text.split(" ");
  const colon = place.lastIndexOf(":");
  return {
    address: place.slice(0, colon),
    port: Number(place.slice(colon + 1)),
    process: /\(\("([^"]+)"/.exec(process)?.[1] ?? "?",
  };
}

/** As ss and sshd write addresses, without brackets, zone and the IPv6 form of an IPv4 address. */
function plainAddress(text: string): string {
  return text
    .replace(/^\[|\]$/g, "")
    .replace(/%.*$/, "")
    .replace(/^::ffff:(?=\d+\.)/, "");
}

function unpackLock(host: string, packed: string): Lock {
  return parseLock(gunzipSync(Buffer.from(packed, "base64")).toString(), `${host}:/etc/bednet/fleet.lock`);
}
