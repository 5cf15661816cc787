// Is there room on the disk? Asked first: later every program would say it in words of its own.
import { mkdir, statfs } from "node:fs/promises";
import { Problem } from "../fleet/problem.ts";

export async function wantSpace(folder: string, megabytes: number, forWhat: string, wayOut: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  const free = Math.floor((bavail * bsize) / 1e6);
  if (free >= megabytes) return;
  throw new Problem(
    `${folder} has ${free} MB free, and ${forWhat} takes ${megabytes} MB`,
    `${wayOut} Then run the command again; nothing was begun.`,
  );
}
