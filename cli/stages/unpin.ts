// Takes away the pinned host keys of droplets that are gone. Also after the last one: destroy leaves nothing behind.
import { type DigitalOceanApi, openApi } from "../../remote/digitalocean/api.ts";
import { pinsWithoutDroplet, removePin } from "../../remote/digitalocean/pins.ts";
import type { Context } from "../command.ts";

export async function unpin({ env, signal, output }: Context): Promise<void> {
  await sweepPins(openApi({ env, signal }), output.note);
}

export async function sweepPins(api: DigitalOceanApi, note: (text: string) => void): Promise<void> {
  for (const pin of await pinsWithoutDroplet(api)) {
    await removePin(api, pin);
    note(`Removed the pinned host key of droplet ${pin.dropletId}, which is gone.`);
  }
}
