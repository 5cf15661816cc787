// One file on a host: what it holds, who may read it, what a change of it costs.
import type { Effect } from "./effect.ts";
import { templatesIn } from "./render.ts";

export interface HostFile {
  readonly path: string;
  readonly content: string;
  readonly owner: string;
  readonly group: string;
  readonly mode: "0600" | "0644" | "0755";
  /** What a change costs the clients that are connected. */
  readonly effect: Effect;
  /** True: hashes of passwords; never printed, not even as a difference. */
  readonly secret: boolean;
}

/** A folder of ours. The broker reads there and cannot write, so it cannot plant a link under root's next write. */
export interface HostFolder {
  readonly path: string;
  readonly owner: string;
  readonly group: string;
  readonly mode: "0750" | "0755";
}

type Described = Pick<HostFile, "path" | "content"> & Partial<HostFile>;

export const rootFile = (file: Described): HostFile => ({
  owner: "root",
  group: "root",
  mode: "0644",
  effect: "none",
  secret: false,
  ...file,
});

/** Prints one of the `.hbs` files in this folder. */
export const printFile = templatesIn("templates");
