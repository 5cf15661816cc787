// This machine's IPv4 address as DigitalOcean's API sees it. Its front (Cloudflare) tells everybody, without a token.
import { get as getPlain } from "node:http";
import { get as getSecure } from "node:https";
import { isIPv4 } from "node:net";

const DEADLINE_MS = 5_000;
/** Asked from the same network, it is not where the world sees us. */
const INSIDE = /^(0|10|127|169\.254|172\.(1[6-9]|2\d|3[01])|192\.168|198\.1[89])\./;

/** Undefined: it did not say. A droplet is reached by IPv4, so IPv6 would tell nothing. */
export function ownAddressSeenBy(apiUrl: string, signal?: AbortSignal): Promise<string | undefined> {
  const get = apiUrl.startsWith("https:") ? getSecure : getPlain;
  const late = AbortSignal.timeout(DEADLINE_MS);
  return new Promise((resolve) => {
    const options = { family: 4, signal: signal ? AbortSignal.any([signal, late]) : late };
    get(`${apiUrl}/cdn-cgi/trace`, options, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > 10_000) answer.destroy();
      });
      answer.on("close", () => resolve(answer.statusCode === 200 ? addressIn(text) : undefined));
    }).on("error", () => resolve(undefined));
  });
}

function addressIn(text: string): string | undefined {
  const address = /^ip=(.*)$/m.exec(text)?.[1] ?? "";
  return isIPv4(address) && !INSIDE.test(address) ? address : undefined;
}
