// A small client of the stand-in, for tests.
import { setTimeout as sleep } from "node:timers/promises";
import type { DigitalOcean } from "../../../../sandbox/digitalocean/server.ts";

// biome-ignore lint/suspicious/noExplicitAny: an answer is whatever it is; the test says what it should be.
type Said = any;

export interface CloudClient {
  /** `POST /v2/tags`, and a body; what is refused throws. */
  ask(call: string, body?: object): Promise<Said>;
  /** Begins an event and waits until it is over. */
  act(path: string, body: object): Promise<void>;
  /** Resolves with its number when it is up and has no event any more. */
  createDroplet(name: string, wishes?: object): Promise<number>;
}

export function cloudClient(api: DigitalOcean): CloudClient {
  const ask: CloudClient["ask"] = async (call, body) => {
    const [method, path] = call.split(" ") as [string, string];
    const headers = { authorization: `Bearer ${api.token}` };
    const answer = await fetch(`${api.url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${call}: ${answer.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  const completed = async (action: number): Promise<void> => {
    for (;;) {
      const { status } = (await ask(`GET /v2/actions/${action}`)).action;
      if (status === "completed") return;
      if (status === "errored") throw new Error(api.cloud.failures.join("\n"));
      await sleep(100);
    }
  };
  return {
    ask,
    act: async (path, body) => completed((await ask(`POST ${path}/actions`, body)).action.id),
    createDroplet: async (name, wishes = {}) => {
      const wish = { name, size: "s-1vcpu-1gb", region: "fra1", image: "debian-13-x64", ...wishes };
      const { droplet, links } = await ask("POST /v2/droplets", wish);
      await completed(links.actions[0].id);
      return droplet.id;
    },
  };
}
