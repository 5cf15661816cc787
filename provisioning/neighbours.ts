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

const needed = [80, 8883] as const;

function firewalls({ foreign: { ufwAllows, firewalld } }: Observed): Reason[] {
  const shutByUfw = ufwAllows === undefined ? [] : shutBy(ufwAllows);
  const shutByFirewalld = firewalld === undefined ? [] : shutBy(firewalld);
  return [
    ...(shutByUfw.length === 0
      ? []
      : [
          {
            what: `ufw is active and does not visibly allow ${shutByUfw.join(" and ")} from anywhere`,
            wayOut: shutByUfw.map((rule) => `ufw allow ${rule}`).join(" && "),
          },
        ]),
    ...(shutByFirewalld.length === 0
      ? []
      : [
          {
            what: `firewalld is active and does not visibly allow ${shutByFirewalld.join(" and ")}`,
            wayOut: `firewall-cmd --permanent ${shutByFirewalld.map((rule) => `--add-port=${rule}`).join(" ")} && firewall-cmd --reload`,
          },
        ]),
  ];
}

const shutBy = (rules: string): string[] =>
  needed.filter((port) => !rules.split(" ").some((rule) => allows(rule, port))).map((port) => `${port}/tcp`);

/** `80/tcp`, `80`, `80,443/tcp`, `80:90/tcp`, firewalld's `80-90/tcp`, ufw's `Anywhere`. What `Nginx Full` opens, nobody can know. */
function allows(rule: string, port: number): boolean {
  const [ports = "", protocol = "tcp"] = rule.split("/");
  if (protocol !== "tcp") return false;
  return ports.split(",").some((range) => {
    const [, from, to = from] = /^(\d+)(?:[:-](\d+))?$/.exec(range) ?? [];
    return range === "Anywhere" || (Number(from) <= port && port <= Number(to));
  });
}

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
