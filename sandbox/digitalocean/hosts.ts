// Where droplets come from: a maker that boots something, or one that is instant and only answers the protocol.

export interface HostOrder {
  readonly id: number;
  readonly name: string;
  readonly userData: string;
  /** Public key lines that may log in as root. */
  readonly sshKeys: readonly string[];
  readonly tags: readonly string[];
  /** `debian-13-x64` */
  readonly image: string;
}

/** What happens to one host happens in the order in which it was asked for; each promise tells that it has happened. */
export interface Host {
  /** Its own public address, once sshd answers there. */
  readonly ready: Promise<string>;
  powerOff(): Promise<void>;
  powerOn(): Promise<void>;
  /** From then on the reserved address leads here, wherever it led before. */
  addAddress(reserved: string): Promise<void>;
  /** Does not take it away from a host that has got it since. */
  removeAddress(reserved: string): Promise<void>;
  destroy(): Promise<void>;
}

export interface HostMaker {
  create(order: HostOrder): Host;
  /** An address that can be moved between hosts. */
  reserve(): Promise<string>;
  release(reserved: string): Promise<void>;
  /** Takes everything away that is left; resolves with what could not be removed, in words. */
  close(): Promise<string[]>;
}

/** No host at all, and the same addresses in each run: documentation's own (RFC 5737). */
export function instantHosts(): HostMaker {
  let hosts = 0;
  let addresses = 0;
  const done = async (): Promise<void> => {};
  return {
    create: () => {
      hosts += 1;
      const ready = Promise.resolve(`203.0.113.${hosts}`);
      return { ready, powerOff: done, powerOn: done, addAddress: done, removeAddress: done, destroy: done };
    },
    reserve: async () => {
      addresses += 1;
      return `198.51.100.${addresses}`;
    },
    release: done,
    close: async () => [],
  };
}
