// The runs of this process, so that even process.exit in the middle leaves nothing behind.
import { tearDownNow } from "./teardown.ts";

const live = new Set<number>();
let watching = false;

export function remember(number: number): void {
  live.add(number);
  if (watching) return;
  watching = true;
  process.on("exit", () => {
    for (const left of [...live]) tearDownNow(left);
  });
}

export function forget(number: number): void {
  live.delete(number);
}
