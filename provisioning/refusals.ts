// What converge would cut or overwrite on a host that is not ours alone. Asked at every look, before the first change.
import { Problem } from "../fleet/problem.ts";
import { neighboursInTheWay } from "./neighbours.ts";
import { holds } from "./networks.ts";
import type { Observed } from "./observed.ts";

export interface RefusalOptions {
  /** Networks that may use SSH afterwards; undefined where the cloud guards SSH. */
  readonly adminCidrs: readonly string[] | undefined;
  /** Move foreign Mosquitto files aside instead of refusing. */
  readonly adopt: boolean;
  /** What the plan needs of a host like this, with its arithmetic. */
  readonly memory: (observed: Observed) => { readonly value: number; readonly arithmetic: string };
  /** certbot will trust one ACME server of our own, and no other. */
  readonly ownAcmeCa: boolean;
}

export interface Reason {
  readonly what: string;
  readonly wayOut: string;
}

/** One Problem that names everything, or nothing. */
export function refuse(host: string, observed: Observed, options: RefusalOptions): void {
  const unfit = unfitness(observed, options);
  const neighbours = [...shutOut(observed, options), ...neighboursInTheWay(observed, options)];
  if (unfit.length + neighbours.length === 0) return;
  const what = [
    ...(unfit.length > 0 ? [`${host} cannot carry this broker:\n${listed(unfit)}`] : []),
    ...(neighbours.length > 0
      ? [
          `${host} is not bednet's alone; ${neighbours.length === 1 ? "this" : `these ${neighbours.length} things`} would be cut or overwritten:\n${listed(neighbours)}`,
        ]
      : []),
  ].join("\n");
  throw new Problem(what, "Settle each of them and run the command again; nothing was changed.");
}

const listed = (reasons: readonly Reason[]): string =>
  reasons.map(({ what, wayOut }) => `  ${what}\n    → ${wayOut}`).join("\n");

const supported = ["debian 12", "debian 13", "ubuntu 22.04", "ubuntu 24.04", "ubuntu 26.04"];
/** What the kernel keeps for itself before it counts MemTotal: up to a tenth on small droplets. */
const COUNTED_SHARE = 0.9;

function unfitness(observed: Observed, options: RefusalOptions): Reason[] {
  const { distribution, systemd, memoryBytes } = observed;
  if (!systemd || !supported.includes(distribution)) {
    return [
      {
        what: `the host runs ${distribution}${systemd ? "" : " without systemd"}`,
        wayOut: "use Debian 12 or 13, or Ubuntu 22.04, 24.04 or 26.04",
      },
    ];
  }
  const needed = options.memory(observed);
  if (memoryBytes >= needed.value * COUNTED_SHARE) return [];
  return [
    {
      what: `the plan needs ${mib(needed.value)} of memory (${needed.arithmetic}), the host has ${mib(memoryBytes)}`,
      wayOut: "take a larger host, or plan for less: `bednet plan` shows what needs how much",
    },
  ];
}

const mib = (bytes: number): string => `${Math.round(bytes / 1024 ** 2).toLocaleString("en-US")} MiB`;

/** Ours is the only table that guards SSH; whoever is inside must stay able to come back. */
function shutOut({ ssh, foreign }: Observed, { adminCidrs }: RefusalOptions): Reason[] {
  if (adminCidrs === undefined) return [];
  const others = foreign.sshPeers.filter((peer) => peer !== ssh.clientAddress);
  return [ssh.clientAddress, ...others]
    .filter((address) => !holds(adminCidrs, address))
    .map((address) => ({
      what: `${address === ssh.clientAddress ? "you come" : "somebody is logged in"} from ${address}, which host.adminCidrs (${adminCidrs.join(", ")}) does not hold: SSH on port ${ssh.port} would be shut to ${address === ssh.clientAddress ? "you" : "them"}`,
      wayOut: `add ${address}${address.includes(":") ? "/128" : "/32"} or ${address === ssh.clientAddress ? "your" : "their"} network to host.adminCidrs in fleet.yaml`,
    }));
}
