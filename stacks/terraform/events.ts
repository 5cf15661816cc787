// What `terraform apply -json` says while it works, line by line.

/** An action on one resource of the stack, or what its local-exec prints. */
export type TerraformEvent =
  | { readonly kind: "started"; readonly address: string; readonly action: string }
  | { readonly kind: "working"; readonly address: string; readonly action: string; readonly seconds: number }
  | { readonly kind: "done"; readonly address: string; readonly action: string; readonly seconds: number }
  | { readonly kind: "failed"; readonly address: string; readonly action: string }
  | { readonly kind: "said"; readonly address: string; readonly text: string }
  | { readonly kind: "error"; readonly address: string | undefined; readonly text: string };

interface Line {
  readonly type?: string;
  readonly hook?: {
    readonly resource?: { readonly addr?: string };
    readonly action?: string;
    readonly elapsed_seconds?: number;
    readonly output?: string;
  };
  readonly diagnostic?: {
    readonly severity?: string;
    readonly summary?: string;
    readonly detail?: string;
    readonly address?: string;
  };
}

const KINDS = {
  apply_start: "started",
  apply_progress: "working",
  apply_complete: "done",
  apply_errored: "failed",
} as const;

/** undefined: nothing that we follow, or not a line of that protocol. */
export function parseEvent(text: string): TerraformEvent | undefined {
  const line = parsed(text);
  const { type = "", hook, diagnostic } = line ?? {};
  if (diagnostic?.severity === "error") {
    const said = [diagnostic.summary, diagnostic.detail].filter(Boolean).join("\n");
    return { kind: "error", address: diagnostic.address, text: said };
  }
  const address = hook?.resource?.addr;
  if (address === undefined) return undefined;
  if (type === "provision_progress") {
    const output = hook?.output ?? "";
    return output.startsWith("Executing: ") ? undefined : { kind: "said", address, text: output };
  }
  const kind = KINDS[type as keyof typeof KINDS];
  if (kind === undefined) return undefined;
  const action = hook?.action ?? "";
  return kind === "started" || kind === "failed"
    ? { kind, address, action }
    : { kind, address, action, seconds: hook?.elapsed_seconds ?? 0 };
}

function parsed(text: string): Line | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Line) : undefined;
  } catch {
    return undefined;
  }
}
