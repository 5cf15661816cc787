// Where a host does not match a bundle, and what making it match costs the clients.
import type { Bundle } from "../templates/bundle.ts";
import { type Effect, worst } from "../templates/effect.ts";
import type { Observed } from "./observed.ts";
import type { Step, Wish } from "./step.ts";

export interface Change {
  readonly step: Step;
  readonly wish: Wish;
  readonly state: string;
  /** What it costs together with everything staged for it. */
  readonly effect: Effect;
}

export function difference(steps: readonly Step[], bundle: Bundle, observed: Observed): Change[] {
  return steps.flatMap((step) => changesOf(step, bundle, observed));
}

/** What is only staged costs nothing yet; the wish that takes it in is due with it, and costs the worst of it. */
function changesOf(step: Step, bundle: Bundle, observed: Observed): Change[] {
  let staged: Effect = "none";
  return step.entries.flatMap((entry) => {
    const wish = entry.resource.wish(entry.name, bundle);
    const state = observed.state(entry);
    if (wish.isMet(state) && !(wish.takesStaged && staged !== "none")) return [];
    if (wish.isStaged) {
      staged = worst([staged, wish.effect(state)]);
      return [{ step, wish, state, effect: "none" as const }];
    }
    const own = wish.effect(state);
    return [{ step, wish, state, effect: wish.takesStaged ? worst([own, staged]) : own }];
  });
}

export function effectOf(changes: readonly Change[]): Effect {
  return worst(changes.map(({ effect }) => effect));
}
