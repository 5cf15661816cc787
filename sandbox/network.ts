// A run's own network: a namespace, a cable to it, and NAT so that apt works inside.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./command.ts";
import { letThrough } from "./firewall.ts";
import { type Lease, STATE, STATE_LOCK } from "./lease.ts";
import { withLock } from "./lock.ts";
import { bootId } from "./process-id.ts";

const forwarding = "/proc/sys/net/ipv4/ip_forward";

export async function makeNetwork(lease: Lease, signal?: AbortSignal): Promise<void> {
  const { name, number, hostAddress, guestAddress } = lease;
  const cable = `bednet${number}`;
  const mtu = await uplinkMtuBytes();
  const ip = (...args: string[]): Promise<string> => run(["ip", ...args], { signal });
  const inside = (...args: string[]): Promise<string> => ip("-n", name, ...args);
  await ip("netns", "add", name);
  await ip("link", "add", cable, "mtu", mtu, "type", "veth", "peer", "name", "eth0", "mtu", mtu, "netns", name);
  await ip("addr", "add", `${hostAddress}/30`, "dev", cable);
  await ip("link", "set", cable, "up");
  await inside("link", "set", "lo", "up");
  await inside("addr", "add", `${guestAddress}/30`, "dev", "eth0");
  await inside("link", "set", "eth0", "up");
  await inside("route", "add", "default", "via", hostAddress);
  await run(["nft", "-f", "-"], { stdin: natTable(lease), signal });
  await letThrough(lease, signal);
  await withLock(STATE_LOCK, switchForwardingOn, { signal });
}

const natTable = ({ number, guestAddress }: Lease): string => `
table ip bednet_nat_${number} {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${guestAddress} oifname != "bednet${number}" masquerade
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    oifname "bednet${number}" ip saddr != 198.18.0.0/15 ct state new drop
  }
}
`;

/** Noted before it is done, so that whoever is last can put it back even if we are killed in between. */
async function switchForwardingOn(): Promise<void> {
  if ((await readFile(forwarding, "utf8")).trim() !== "0") return;
  await writeFile(join(STATE, "ip_forward.was"), bootId());
  await writeFile(forwarding, "1");
}

/** A tunnel or a cloud network below 1500 would otherwise swallow every full packet of apt. */
async function uplinkMtuBytes(): Promise<string> {
  const routes = JSON.parse(await run(["ip", "-4", "-j", "route", "show", "default"])) as { dev?: string }[];
  const dev = routes[0]?.dev;
  return dev === undefined ? "1500" : (await readFile(`/sys/class/net/${dev}/mtu`, "utf8")).trim();
}
