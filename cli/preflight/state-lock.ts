// Whether the Space that holds the state keeps two deploys apart. One that ignores If-None-Match locks nothing, silently.
import { randomUUID } from "node:crypto";
import type { Fleet } from "../../fleet/schema.ts";
import { Secret } from "../../fleet/secret.ts";
import { ask, type Space } from "../../remote/digitalocean/spaces.ts";
import type { Trouble } from "./trouble.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Writes an object beside the state, twice, and takes it away again. */
export async function lockTroubles(
  { name, state }: Pick<Fleet, "name" | "state">,
  env: Environment,
  signal?: AbortSignal,
): Promise<Trouble[]> {
  if (state.backend !== "spaces") return [];
  const { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey } = env;
  if (!accessKey || !secretKey) {
    return [
      {
        what: "state: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set",
        wayOut: "make an access key for Spaces at https://cloud.digitalocean.com/spaces/access_keys and set both",
      },
    ];
  }
  const space: Space = {
    endpoint: env.AWS_ENDPOINT_URL_S3 ?? `https://${state.region}.digitaloceanspaces.com`,
    ...{ bucket: state.bucket, region: "us-east-1", accessKey, secretKey: new Secret(secretKey) },
  };
  const key = `${state.key ?? `bednet/${name}.tfstate`}.lock-probe-${randomUUID()}`;
  const put = () => ask(space, { method: "PUT", key, body: "", headers: { "if-none-match": "*" } }, signal);
  const first = await put();
  if (first !== 200) return [refused(state, first)];
  try {
    const second = await put();
    return second === 412 ? [] : [locksNothing(state, second)];
  } finally {
    await ask(space, { method: "DELETE", key });
  }
}

type Spaces = Extract<Fleet["state"], { backend: "spaces" }>;

function refused({ bucket, region }: Spaces, status: number): Trouble {
  const reasons: Record<number, readonly [string, string]> = {
    403: ["refuses the access key", "give the key of AWS_ACCESS_KEY_ID the right to read and write this Space"],
    404: ["does not exist", "create it, or correct state.bucket and state.region"],
  };
  const [why, wayOut] = reasons[status] ?? [
    `answers ${status}`,
    "try again in a few minutes, or keep the state elsewhere",
  ];
  return { what: `state: the Space ${bucket} in ${region} ${why}`, wayOut };
}

const locksNothing = ({ bucket, region }: Spaces, status: number): Trouble => ({
  what: `state: the Space ${bucket} in ${region} ignores If-None-Match (a second write got ${status} in place of 412), so two deploys at once would ruin the state`,
  wayOut: "use { backend: http } with a lock, or a Space in another region",
});
