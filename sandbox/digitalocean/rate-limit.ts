// So many requests an hour and no more; every answer says how many are left.
const hourMs = 3_600_000;

export interface RateLimit {
  /** false: one too many. */
  take(nowMs: number): boolean;
  headers(nowMs: number): Record<string, string>;
}

export function makeRateLimit(perHour: number): RateLimit {
  let takenAtMs: number[] = [];
  const forget = (nowMs: number): void => {
    takenAtMs = takenAtMs.filter((atMs) => atMs > nowMs - hourMs);
  };
  return {
    take: (nowMs) => {
      forget(nowMs);
      if (takenAtMs.length >= perHour) return false;
      takenAtMs.push(nowMs);
      return true;
    },
    headers: (nowMs) => ({
      "ratelimit-limit": String(perHour),
      "ratelimit-remaining": String(perHour - takenAtMs.length),
      "ratelimit-reset": String(Math.ceil(((takenAtMs[0] ?? nowMs) + hourMs) / 1000)),
    }),
  };
}
