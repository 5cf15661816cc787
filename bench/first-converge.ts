// The first converge of a fresh host against the same packages and the same certificate by hand, over OpenSSH's client.
import type { Release } from "../sandbox/debian.ts";
import { must } from "./command.ts";
import { makePlace, type Place } from "./place.ts";
import { summary, type Took } from "./rounds.ts";

const packages = "mosquitto mosquitto-clients certbot nftables openssl unattended-upgrades";

export async function firstConverge(
  release: Release,
  rounds: number,
  signal: AbortSignal,
  onRound: (round: number) => void,
): Promise<{ converge: Took; byHand: Took }> {
  const took = { converge: [] as number[], byHand: [] as number[] };
  const ways = { converge: (place: Place) => place.converge(), byHand };
  for (let round = 0; round < rounds; round += 1) {
    onRound(round + 1);
    const order = round % 2 === 0 ? (["converge", "byHand"] as const) : (["byHand", "converge"] as const);
    for (const way of order) {
      const place = await makePlace(release, signal);
      try {
        const started = performance.now();
        await ways[way](place);
        took[way].push(performance.now() - started);
      } finally {
        await place.stop();
      }
    }
  }
  return { converge: summary(took.converge), byHand: summary(took.byHand) };
}

async function byHand({ ssh, guest, acme, site }: Place): Promise<void> {
  const on = (script: string) => must([...ssh, `root@${guest.address}`, script]);
  await on("apt-get -q update");
  await on(`DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install ${packages}`);
  await on(`cat >/root/acme.pem <<'PEM'\n${acme.serverCaPem}\nPEM`);
  const certonly = "certbot certonly --standalone --non-interactive --agree-tos --register-unsafely-without-email";
  const { domain } = site.fleet.broker;
  await on(
    `REQUESTS_CA_BUNDLE=/root/acme.pem ${certonly} --server '${acme.directoryUrl}' --key-type ecdsa -d ${domain}`,
  );
}
