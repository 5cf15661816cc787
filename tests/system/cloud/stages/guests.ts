// Droplets that are real guests: cloud-init's part is done before they boot, and the reserved address leads to its holder.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../../../sandbox/command.ts";
import type { HostMaker } from "../../../../sandbox/digitalocean/hosts.ts";
import { bootGuest, type Guest } from "../../../../sandbox/guest.ts";

export interface Guests extends HostMaker {
  /** By the droplet's number. */
  readonly booted: ReadonlyMap<number, Guest>;
}

/** `reserved`: an address of 198.18.0.0/15 that nothing on this machine uses. */
export function guestsAsHosts(reserved: string): Guests {
  const booted = new Map<number, Guest>();
  let holder: Guest | undefined;
  const left: string[] = [];
  return {
    booted,
    create({ id, sshKeys, image }) {
      const release = image === "debian-12-x64" ? "bookworm" : "trixie";
      const prepare = async (root: string) => {
        await mkdir(join(root, "root/.ssh"), { recursive: true, mode: 0o700 });
        await writeFile(join(root, "root/.ssh/authorized_keys"), sshKeys.map((key) => `${key}\n`).join(""));
      };
      const booting = bootGuest({ release, prepare });
      const route = (guest: Guest) => run(["ip", "route", "replace", `${reserved}/32`, "via", guest.address]);
      return {
        ready: booting.then((guest) => {
          booted.set(id, guest);
          return guest.address;
        }),
        async powerOff() {
          await (await booting).stop();
        },
        async powerOn() {
          throw new Error("a guest that was switched off does not come back");
        },
        async addAddress(address) {
          const guest = await booting;
          await guest.exec(["ip", "addr", "replace", `${address}/32`, "dev", "eth0"]);
          await route(guest);
          holder = guest;
        },
        async removeAddress() {
          if (holder !== (await booting)) return;
          holder = undefined;
          await run(["ip", "route", "del", `${reserved}/32`]);
        },
        async destroy() {
          const guest = await booting;
          if (holder === guest) holder = undefined; // its route goes with its cable
          left.push(...(await guest.stop()));
        },
      };
    },
    reserve: async () => reserved,
    release: async () => {},
    async close() {
      for (const guest of booted.values()) left.push(...(await guest.stop()));
      return left;
    },
  };
}
