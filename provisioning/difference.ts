// Where a host does not match a bundle, and what making it match costs the clients.
import type { Bundle } from "../templates/bundle.ts";
import { type Effect, worst } from "../templates/effect.ts";
import type { Observed } from "./observed.ts";
import type { Step, Wish } from "./step.ts";

export interface Change {
  readonly step: Step;
  readonly wish: Wish;
  readonly state: string;
}

export function difference(steps: readonly Step[], bundle: Bundle, observed: Observed): Change[] {
  return steps.flatMap((step) =>
    step.entries.flatMap((entry) => {
      const wish = entry.resource.wish(entry.name, bundle);
      const state = observed.state(entry);
      return wish.isMet(state) ? [] : [{ step, wish, state }];
    }),
  );
}

export function effectOf(changes: readonly Change[]): Effect {
  return worst(changes.map(({ wish, state }) => wish.effect(state)));
}
