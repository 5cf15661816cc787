// What a provisioning step is: names of things that should be true, nothing that connects to anything.

import type { Script } from "../remote/sh.ts";
import type { Bundle } from "../templates/bundle.ts";
import type { Effect } from "../templates/effect.ts";

/** One thing on the host: a file, a package, a unit. Its state is one line that `look` prints. */
export interface Entry {
  readonly resource: Resource;
  readonly name: string;
}

export interface Step {
  /** Same as the file name. */
  readonly id: string;
  /** True sentence about a host that has it. */
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** A kind of thing. Adding one is adding a file to resources/. */
export interface Resource {
  readonly kind: string;
  /** Prints `kind<TAB>name<TAB>state` for each name, in one go, and changes nothing. */
  look(names: readonly string[]): Script;
  /** Its look asks a program that takes its time, and shares no variable with other looks. */
  readonly isSlow?: true;
  wish(name: string, bundle: Bundle): Wish;
}

/** What there is now, and what changing it costs. */
export interface Due {
  readonly state: string;
  readonly effect: Effect;
}

export interface Wish {
  isMet(state: string): boolean;
  /** What applying costs connected clients, given what is there now. */
  effect(state: string): Effect;
  /** In words, for `plan --host` and progress. */
  readonly says: string;
  /** Brings it about; may be repeated. `part` prints the content, which arrived with its checksum. */
  apply(part: Script, due: Due): Script;
  /** Only laid ready: the entry of the same step that `takesStaged` brings it to its place. */
  readonly isStaged?: true;
  /** Due as soon as something before it was staged. */
  readonly takesStaged?: true;
  /** The domain must lead to this host first. */
  needsDns?(state: string): boolean;
  /** What `part` prints. It travels on stdin. */
  readonly content?: string;
}

export const entry = (resource: Resource, ...names: readonly string[]): Entry[] =>
  names.map((name) => ({ resource, name }));
