// The cable between this machine and a guest, cut for SSH by a packet filter of the test's own.
import { run } from "../../sandbox/command.ts";
import type { HostRig } from "./rig.ts";

const tableOf = ({ guest }: HostRig): string => `bednet_test_${guest.name.replace(/\W/g, "_")}`;

/** Everything towards the guest's sshd after so many bytes of it is swallowed, as on a link that went away. */
export async function cutLinkAfter(rig: HostRig, bytes: number): Promise<void> {
  await filter(rig, `quota over ${bytes} bytes drop`);
}

export const cutLink = (rig: HostRig): Promise<void> => filter(rig, "drop");

/** Lets everything through, and counts. */
export const watchLink = (rig: HostRig): Promise<void> => filter(rig, "counter");

export async function bytesSent(rig: HostRig): Promise<number> {
  const text = await run(["nft", "list", "table", "inet", tableOf(rig)]);
  return Number(/counter packets \d+ bytes (\d+)/.exec(text)![1]);
}

export async function mendLink(rig: HostRig): Promise<void> {
  await run(["nft", "-f", "-"], { stdin: `table inet ${tableOf(rig)}\ndelete table inet ${tableOf(rig)}\n` });
}

async function filter(rig: HostRig, what: string): Promise<void> {
  await mendLink(rig);
  const { address, sshPort } = rig.guest;
  await run(["nft", "-f", "-"], {
    stdin: `table inet ${tableOf(rig)} {
      chain out {
        type filter hook output priority -10; policy accept;
        ip daddr ${address} tcp dport ${sshPort} ${what}
      }
    }`,
  });
}
