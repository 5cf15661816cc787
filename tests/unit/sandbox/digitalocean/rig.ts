// A stand-in with instant hosts and a clock that the test moves, and a client that says what it got.
import { afterEach } from "vitest";
import { instantHosts } from "../../../../sandbox/digitalocean/hosts.ts";
import {
  type DigitalOcean,
  type DigitalOceanOptions,
  startDigitalOcean,
} from "../../../../sandbox/digitalocean/server.ts";

export interface Said {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is whatever it is; the test says what it should be.
  readonly body: any;
  readonly headers: Headers;
}

export interface Rig extends DigitalOcean {
  /** `POST /v2/tags`, and a body. */
  ask(call: string, body?: object): Promise<Said>;
  /** The same, for what must succeed: its body. */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  get(call: string, body?: object): Promise<any>;
  /** `422 Droplet already has a pending event.` */
  refusal(call: string, body?: object): Promise<string>;
  pass(ms: number): Promise<void>;
}

const open: Rig[] = [];
afterEach(async () => {
  for (const rig of open.splice(0)) await rig.close();
});

export const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBUirEgyAT+8eg13ULskw0KXSwhDWYRT8E0J3L1RUa83 deploy";

export const aDroplet = { name: "broker", size: "s-1vcpu-1gb", region: "fra1", image: "debian-13-x64" };

export async function startRig(options: Partial<DigitalOceanOptions> = {}): Promise<Rig> {
  let nowMs = Date.UTC(2026, 0, 1);
  const api = await startDigitalOcean({ hosts: instantHosts(), clockMs: () => nowMs, ...options });
  const ask: Rig["ask"] = async (call, body) => {
    const [method, path] = call.split(" ") as [string, string];
    const answer = await fetch(`${api.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${api.token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? undefined : JSON.parse(text), headers: answer.headers };
  };
  const rig: Rig = {
    ...api,
    ask,
    get: async (call, body) => {
      const said = await ask(call, body);
      if (said.status >= 300) throw new Error(`${call}: ${said.status} ${said.body.message}`);
      return said.body;
    },
    refusal: async (call, body) => {
      const said = await ask(call, body);
      return `${said.status} ${said.body?.message}`;
    },
    pass: async (ms) => {
      await api.cloud.quiet();
      nowMs += ms;
    },
  };
  open.push(rig);
  return rig;
}

/** A droplet that has come up and has no event any more. */
export async function newDroplet(rig: Rig, wishes: object = {}): Promise<number> {
  const { droplet } = await rig.get("POST /v2/droplets", { ...aDroplet, ...wishes });
  await rig.pass(1_000);
  return droplet.id;
}
