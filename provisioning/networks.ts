// Whether an address lies in one of some networks.
import { BlockList } from "node:net";

/** Our table lets loopback in without asking, so a tunnel is always held. */
const loopback = ["127.0.0.0/8", "::1/128"];

export function holds(cidrs: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const cidr of [...cidrs, ...loopback]) {
    const [network = "", prefix] = cidr.split("/");
    list.addSubnet(network, Number(prefix), familyOf(network));
  }
  return list.check(address, familyOf(address));
}

const familyOf = (address: string) => (address.includes(":") ? "ipv6" : "ipv4");
