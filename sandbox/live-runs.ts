// The runs of this process, so that even process.exit in the middle leaves nothing behind.
import type { Lease } from "./lease.ts";
import { tearDownNow } from "./teardown.ts";

const live = new Map<number, Lease>();
let watching = false;

export function remember(lease: Lease): void {
  live.set(lease.number, lease);
  if (watching) return;
  watching = true;
  process.on("exit", () => {
    for (const left of [...live.values()]) tearDownNow(left);
  });
}

export function forget(lease: Lease): void {
  live.delete(lease.number);
}
