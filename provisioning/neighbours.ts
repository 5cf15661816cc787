// Who else works on a host, and is in the broker's way or in danger from it.
import type { Observed, Socket } from "./observed.ts";
import type { Reason, RefusalOptions } from "./refusals.ts";

export function neighboursInTheWay(observed: Observed, options: RefusalOptions): Reason[] {
  // Once a broker of ours has run here, a port that it or certbot holds at this moment means nothing.
  const first = observed.isOurs
    ? []
    : [...onPorts(observed.sockets), ...firewalls(observed), ...certificates(observed, options)];
  return [...first, ...configuration(observed, options)];
}

function onPorts(sockets: readonly Socket[]): Reason[] {
  return [
    ...holders(sockets, [80], []).map(({ process }) => ({
      what: `port 80 is held by ${process}: certbot needs it to prove the domain, now and at every renewal`,
      wayOut: `stop ${process} for good (systemctl disable --now ${process}), or give the broker a host of its own`,
    })),
    ...holders(sockets, [8883, 1883], ["mosquitto"]).map(({ port, process }) => ({
      what: `port ${port} is held by ${process}: the broker needs 8883, and 1883 on loopback`,
      wayOut: `stop ${process} for good (systemctl disable --now ${process}), or give the broker a host of its own`,
    })),
  ];
}

function holders(sockets: readonly Socket[], ports: readonly number[], expected: readonly string[]): Socket[] {
  const found = sockets.filter(({ port, process }) => ports.includes(port) && !expected.includes(process));
  return found.filter(
    (socket, i) => found.findIndex(({ port, process }) => port === socket.port && process === socket.process) === i,
  );
}

const needed = ["80/tcp", "8883/tcp"] as const;

function firewalls({ foreign: { ufwAllows, firewalld } }: Observed): Reason[] {
  const shutByUfw = ufwAllows === undefined ? [] : needed.filter((rule) => !allows(ufwAllows, rule));
  const shutByFirewalld = firewalld === undefined ? [] : needed.filter((rule) => !allows(firewalld, rule));
  return [
    ...(shutByUfw.length === 0
      ? []
      : [
          {
            what: `ufw is active and shuts ${shutByUfw.join(" and ")}`,
            wayOut: shutByUfw.map((rule) => `ufw allow ${rule}`).join(" && "),
          },
        ]),
    ...(shutByFirewalld.length === 0
      ? []
      : [
          {
            what: `firewalld is active and shuts ${shutByFirewalld.join(" and ")}`,
            wayOut: `firewall-cmd --permanent ${shutByFirewalld.map((rule) => `--add-port=${rule}`).join(" ")} && firewall-cmd --reload`,
          },
        ]),
  ];
}

/** `80/tcp`, `80`, or a whole `Nginx Full` that nobody can know: only the plain forms count. */
const allows = (rules: string, rule: string): boolean =>
  rules.split(" ").some((one) => one === rule || one === rule.replace("/tcp", ""));

function certificates({ foreign: { lineages } }: Observed, { ownAcmeCa }: RefusalOptions): Reason[] {
  if (!ownAcmeCa || lineages.length === 0) return [];
  return [
    {
      what: `certbot renews ${lineages.join(", ")} here, and would trust only the ACME server of broker.tls.serverCaFile from now on`,
      wayOut:
        "put that CA into the system's store instead of broker.tls.serverCaFile, or give the broker a host of its own",
    },
  ];
}

function configuration({ foreign: { mosquittoFiles } }: Observed, { adopt }: RefusalOptions): Reason[] {
  if (adopt || mosquittoFiles.length === 0) return [];
  return [
    {
      what: `Mosquitto is configured by somebody else: ${mosquittoFiles.join(", ")}`,
      wayOut:
        "run the command with --adopt: bednet moves these files aside and puts the distribution's mosquitto.conf in their place",
    },
  ];
}
