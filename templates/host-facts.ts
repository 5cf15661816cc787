// What is true of a host and not ours to choose. The rest of a bundle follows from it and the fleet.

export interface HostFacts {
  /** As `mosquitto -h` reports it; decides which directives may be written. */
  readonly mosquittoVersion: string;
  /** False: one descriptor less at the connection cap (docs/measurements.md#connection-cap). */
  readonly ipv6: boolean;
  /** Bytes of memory, to hold MemoryMax against. */
  readonly memoryBytes: number;
  readonly sshPort: number;
  /** On an existing host our firewall table guards SSH and drops nothing else; on a droplet of ours the cloud does. */
  readonly firewall: "guard-ssh" | "cloud";
  readonly ports: { readonly tls: number; readonly loopback: number; readonly acme: number };
  readonly paths: HostPaths;
  /** Who the broker runs as. */
  readonly user: string;
  readonly group: string;
}

/** Folders without a trailing slash. A broker as a process gets a scratch folder instead. */
export interface HostPaths {
  /** Our listeners and globals: `/etc/mosquitto/conf.d`. */
  readonly confd: string;
  /** passwd, acl and tls/: `/etc/mosquitto/bednet`, 0750 root and the broker's group; the files in it 0600 of the broker's user. */
  readonly broker: string;
}

/** Where Debian and Ubuntu keep things. */
export const debianPaths: HostPaths = { confd: "/etc/mosquitto/conf.d", broker: "/etc/mosquitto/bednet" };

/** Chain and key in one file, so that a renewal is one rename and no reload ever meets half a pair. 0600 of the broker's user. */
export const certificatePair = (paths: HostPaths): string => `${paths.broker}/tls/server.pem`;
