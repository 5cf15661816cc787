// Terraform's state: what is in it, and whether a local one is whole.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { Problem } from "../../fleet/problem.ts";

export interface StateInstance {
  /** Terraform keeps it only until its replacement is finished. */
  readonly isDeposed: boolean;
  readonly isTainted: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface State {
  /** Of one resource, such as `digitalocean_droplet.droplet`; empty: not in the state. */
  instances(address: string): readonly StateInstance[];
  /** Every id of resources of this type, deposed ones included. */
  ids(type: string): readonly string[];
  readonly isEmpty: boolean;
}

interface StateFile {
  readonly resources?: readonly {
    readonly mode: string;
    readonly type: string;
    readonly name: string;
    readonly instances: readonly {
      readonly deposed?: string;
      readonly status?: string;
      readonly attributes?: Record<string, unknown>;
    }[];
  }[];
}

/** Of what `terraform state pull` prints; nothing at all is the state of a stack that was never applied. */
export function parseState(text: string): State {
  const file = (text.trim() === "" ? {} : JSON.parse(text)) as StateFile;
  const resources = (file.resources ?? []).filter(({ mode }) => mode === "managed");
  return {
    isEmpty: resources.length === 0,
    ids: (type) =>
      resources
        .filter((resource) => resource.type === type)
        .flatMap(({ instances }) => instances.map(({ attributes }) => String(attributes?.id ?? ""))),
    instances: (address) =>
      resources
        .filter(({ type, name }) => `${type}.${name}` === address)
        .flatMap(({ instances }) =>
          instances.map(({ deposed, status, attributes = {} }) => ({
            isDeposed: deposed !== undefined,
            isTainted: status === "tainted",
            attributes,
          })),
        ),
  };
}

/**
 * An empty or torn state means "nothing is there": the next apply would build everything a second time.
 * No file is fine: nothing was applied yet. Nor is it where a first run was cut off: it locks an empty file that it has just
 * made and that has no backup. What such a run has left at DigitalOcean is found there, by name.
 */
export async function refuseTornState(path: string): Promise<void> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined || isWhole(text)) return;
  if (text === "" && !existsSync(`${path}.backup`)) return;
  throw new Problem(
    `${path} is ${text.trim() === "" ? "empty" : "no Terraform state"}: a run was probably cut off while it wrote the state`,
    `Bring it back: mv ${path}.backup ${path} (the state before that run), then run the command again; nothing was changed.`,
  );
}

function isWhole(text: string): boolean {
  try {
    const { version, serial } = JSON.parse(text) as { version?: unknown; serial?: unknown };
    return version === 4 && typeof serial === "number";
  } catch {
    return false;
  }
}
