// What a first converge would cut or overwrite on a host that is not ours alone. Asked before the first change.
import { BlockList } from "node:net";
import { Problem } from "../fleet/problem.ts";
import type { Observed, Socket } from "./observed.ts";

export interface RefusalOptions {
  /** Networks that may use SSH afterwards; undefined where the cloud guards SSH. */
  readonly adminCidrs: readonly string[] | undefined;
  /** Move foreign Mosquitto files aside instead of refusing. */
  readonly adopt: boolean;
}

/** One Problem that names everything, or nothing. */
export function refuse(host: string, observed: Observed, options: RefusalOptions): void {
  const reasons = reasonsAgainst(observed, options);
  if (reasons.length === 0) return;
  const list = reasons.map(({ what, wayOut }) => `  ${what}\n    → ${wayOut}`).join("\n");
  throw new Problem(
    `${host} is not bednet's alone; ${reasons.length === 1 ? "this" : `these ${reasons.length} things`} would be cut or overwritten:\n${list}`,
    "Settle each of them and run the command again; nothing was changed.",
  );
}

interface Reason {
  readonly what: string;
  readonly wayOut: string;
}

export function reasonsAgainst(observed: Observed, { adminCidrs, adopt }: RefusalOptions): Reason[] {
  const firstTime = observed.appliedLock.sha256 === "absent";
  const reasons: Reason[] = [];
  if (!observed.systemd || !/^(debian|ubuntu) /.test(observed.distribution)) {
    reasons.push({
      what: `the host runs ${observed.distribution}${observed.systemd ? "" : " without systemd"}`,
      wayOut: "use Debian 12 or 13, or Ubuntu 22.04, 24.04 or 26.04",
    });
  }
  if (adminCidrs && !holds(adminCidrs, observed.ssh.clientAddress)) {
    reasons.push({
      what: `you come from ${observed.ssh.clientAddress}, which host.adminCidrs (${adminCidrs.join(", ")}) does not hold: SSH would be shut to you`,
      wayOut: `add ${observed.ssh.clientAddress}${observed.ssh.clientAddress.includes(":") ? "/128" : "/32"} or your network to host.adminCidrs in fleet.yaml`,
    });
  }
  if (!firstTime) return reasons;

  for (const { port, process } of holders(observed.sockets, [80], [])) {
    reasons.push({
      what: `port ${port} is held by ${process}: certbot needs it to prove the domain, now and at every renewal`,
      wayOut: `stop ${process} (systemctl disable --now ${process}), or give the broker a host of its own`,
    });
  }
  for (const { port, process } of holders(observed.sockets, [8883, 1883], ["mosquitto"])) {
    reasons.push({
      what: `port ${port} is held by ${process}`,
      wayOut: `stop ${process}: the broker needs 8883, and 1883 on loopback`,
    });
  }
  const { ufwAllows, firewalld, mosquittoFiles } = observed.foreign;
  const shut = ufwAllows === undefined ? [] : ["80/tcp", "8883/tcp"].filter((rule) => !allows(ufwAllows, rule));
  if (shut.length > 0) {
    reasons.push({
      what: `ufw is active and shuts ${shut.join(" and ")}`,
      wayOut: shut.map((rule) => `ufw allow ${rule}`).join(" && "),
    });
  }
  const shutByFirewalld =
    firewalld === undefined ? [] : ["80/tcp", "8883/tcp"].filter((rule) => !allows(firewalld, rule));
  if (shutByFirewalld.length > 0) {
    reasons.push({
      what: `firewalld is active and shuts ${shutByFirewalld.join(" and ")}`,
      wayOut: `firewall-cmd --permanent ${shutByFirewalld.map((rule) => `--add-port=${rule}`).join(" ")} && firewall-cmd --reload`,
    });
  }
  if (!adopt && mosquittoFiles.length > 0) {
    reasons.push({
      what: `Mosquitto is configured by somebody else: ${mosquittoFiles.join(", ")}`,
      wayOut:
        "run the command with --adopt: bednet moves these files aside and puts the distribution's mosquitto.conf in their place",
    });
  }
  return reasons;
}

/** Who listens where others could come in, other than those we expect. */
function holders(sockets: readonly Socket[], ports: readonly number[], expected: readonly string[]): Socket[] {
  const found = sockets.filter(({ port, process }) => ports.includes(port) && !expected.includes(process));
  return found.filter(
    (socket, i) => found.findIndex(({ port, process }) => port === socket.port && process === socket.process) === i,
  );
}

/** `80/tcp`, `80`, or a whole `Nginx Full` that nobody can know: only the plain forms count. */
const allows = (rules: string, rule: string): boolean =>
  rules.split(" ").some((one) => one === rule || one === rule.replace("/tcp", ""));

function holds(cidrs: readonly string[], address: string): boolean {
  const plain = address.replace(/^::ffff:/, "");
  const family = plain.includes(":") ? "ipv6" : "ipv4";
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network, prefix] = cidr.split("/");
    list.addSubnet(network!, Number(prefix), network!.includes(":") ? "ipv6" : "ipv4");
  }
  return list.check(plain, family);
}
