// What a saved plan would do, out of `terraform show -json`.

export type Action = "create" | "update" | "replace" | "delete";

export interface ResourceChange {
  /** `digitalocean_droplet.droplet` */
  readonly address: string;
  readonly type: string;
  readonly name: string;
  readonly action: Action;
  /** A leftover of a replacement that was not finished; Terraform removes it. */
  readonly isDeposed: boolean;
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

/** Dollars with cents, out of the output `monthly_cost`; undefined where there is none. */
export interface Cost {
  readonly before: string | undefined;
  readonly after: string | undefined;
}

interface Shown {
  readonly output_changes?: Readonly<Record<string, { readonly before?: unknown; readonly after?: unknown }>>;
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly mode: string;
    readonly type: string;
    readonly name: string;
    readonly deposed?: string;
    readonly change: {
      readonly actions: readonly string[];
      readonly before: Record<string, unknown> | null;
      readonly after: Record<string, unknown> | null;
    };
  }[];
}

/** Empty: the plan changes no resource. Data sources are read, not changed. */
export function changesOf(shown: string): ResourceChange[] {
  const { resource_changes: changes = [] } = JSON.parse(shown) as Shown;
  return changes
    .filter(({ mode }) => mode === "managed")
    .flatMap(({ address, type, name, deposed, change }) => {
      const action = actionOf(change.actions);
      if (action === undefined) return [];
      const { before, after } = change;
      return [
        { address, type, name, action, isDeposed: deposed !== undefined, before: before ?? {}, after: after ?? {} },
      ];
    });
}

/** Undefined: the stack has no price, since nothing of it is billed. */
export function costOf(shown: string): Cost | undefined {
  const { before, after } = (JSON.parse(shown) as Shown).output_changes?.monthly_cost ?? {};
  const dollars = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  return before === undefined && after === undefined ? undefined : { before: dollars(before), after: dollars(after) };
}

function actionOf(actions: readonly string[]): Action | undefined {
  if (actions.includes("create") && actions.includes("delete")) return "replace";
  for (const action of ["create", "update", "delete"] as const) if (actions.includes(action)) return action;
  return undefined;
}
