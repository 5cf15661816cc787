// Stops a run on the guest at one command of its script: to kill it there, or to hold it while the test does something.
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import type { HostRig } from "./rig.ts";

/** What the script calls in every phase. The wrappers come first in the PATH of a unit. */
const watched = ["mv", "systemctl", "systemd-run", "nft", "mosquitto_sub", "certbot", "apt-get"];

const wrapper = `#!/bin/sh
name=\${0##*/}
trap=/run/rig
if [ -e "$trap/at" ] && grep -q bednet-apply- /proc/self/cgroup; then
  echo "$name $*" >>"$trap/calls"
  if [ ! -e "$trap/sprung" ] && echo "$name $*" | grep -qE -f "$trap/at"; then
    echo "$name $*" >"$trap/sprung"
    if [ "$(cat "$trap/then")" = kill ]; then
      unit=$(grep -o -m 1 'bednet-apply-[A-Za-z0-9]*.service' /proc/self/cgroup)
      /usr/bin/systemctl kill --signal=KILL "$unit"
      sleep 30
    else
      while [ ! -e "$trap/go" ]; do sleep 0.05; done
    fi
  fi
fi
for folder in /usr/bin /usr/sbin; do [ ! -x "$folder/$name" ] || exec "$folder/$name" "$@"; done
exit 127
`;

export interface Trap {
  /** Resolves with the command, once the script has come to it. */
  sprung(): Promise<string>;
  /** Lets a held script go on. */
  release(): Promise<void>;
  /** Lets it go on, and kills it when it comes to such a command again. */
  releaseUntilNext(): Promise<void>;
  /** Takes the trap away; throws if nothing ever came to it. */
  remove(): Promise<void>;
}

/** `at`: extended regular expression on the command and its arguments. The first match is it, before it is executed. */
export async function setTrap(rig: HostRig, at: string, then: "kill" | "hold"): Promise<Trap> {
  await rig.inside(`rm -rf /run/rig; mkdir /run/rig
    cat >/usr/local/sbin/.rig <<'WRAPPER'\n${wrapper}WRAPPER
    chmod 755 /usr/local/sbin/.rig
    for name in ${watched.join(" ")}; do ln -sf .rig "/usr/local/sbin/$name"; done
    echo ${then} >/run/rig/then
    cat >/run/rig/at <<'PATTERN'\n${at}\nPATTERN`);
  const names = watched.map((name) => `/usr/local/sbin/${name}`).join(" ");
  const clear = () =>
    rig.inside(`mkdir -p /run/rig; : >/run/rig/go; rm -f ${names} /usr/local/sbin/.rig; sleep 0.1; rm -rf /run/rig`);
  // A run that is held for ever would hold every later test too.
  onTestFinished(async () => void (await clear()));
  const read = () => rig.inside("cat /run/rig/sprung 2>/dev/null || true");
  return {
    async sprung() {
      for (let tries = 0; tries < 600; tries++) {
        const command = await read();
        if (command !== "") return command;
        await sleep(50);
      }
      throw new Error(`the run never came to ${at}; it called:\n${await rig.inside("cat /run/rig/calls")}`);
    },
    release: async () => void (await rig.inside(": >/run/rig/go")),
    releaseUntilNext: async () =>
      void (await rig.inside("echo kill >/run/rig/then; rm /run/rig/sprung; : >/run/rig/go")),
    async remove() {
      const command = await read();
      const calls = await rig.inside("cat /run/rig/calls 2>/dev/null || true");
      await clear();
      if (command === "") throw new Error(`the run never came to ${at}; it called:\n${calls}`);
    },
  };
}
