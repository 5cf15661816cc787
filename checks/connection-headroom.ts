// There is room for more connections than there are.
import { alertsFrom } from "../fleet/capacity.ts";
import { defineCheck, fail, pass, unknown } from "./check.ts";

/** Four times `sys_interval`: what is older stands still. */
const STALE_SECONDS = 40;
const expected = { limit: 1000, alertAt: 0.8, access: "patterns" } as const;

export default defineCheck({
  id: "connection-headroom",
  title: "Connections stay below the alert threshold",
  why: "At the limit new devices are turned away without a word while the old ones keep working, so nobody notices.",
  fix: "Raise `capacity` in fleet.yaml, look at `bednet plan`, then run `bednet converge`.",
  severity: "blocker",
  needs: ["expected", "connections"],
  run({ expected: { limit, alertAt }, connections: { connected, ageSeconds } }) {
    if (ageSeconds !== undefined && ageSeconds > STALE_SECONDS)
      return unknown(`the broker's statistics stand still: ${ageSeconds} s old`);
    const threshold = alertsFrom(limit, alertAt);
    const share = Math.floor((1000 * connected) / limit) / 10;
    const saw = `${connected} of ${limit} connections (${share.toFixed(1)} %)`;
    const alert = `${threshold} (${Math.round(1000 * alertAt) / 10} %)`;
    return connected >= threshold ? fail(saw, `below ${alert}`) : pass(`${saw}, alert from ${alert} on`);
  },
  examples: {
    passes: [
      { expected, connections: { connected: 799, ageSeconds: 9 } },
      { expected: { ...expected, limit: 100, alertAt: 0.55 }, connections: { connected: 54, ageSeconds: 9 } },
      { expected, connections: { connected: 12, ageSeconds: undefined } },
    ],
    fails: [
      { expected, connections: { connected: 800, ageSeconds: 9 } },
      { expected: { ...expected, limit: 100, alertAt: 0.55 }, connections: { connected: 55, ageSeconds: 9 } },
    ],
    unknowns: [{ expected, connections: { connected: 12, ageSeconds: 55 } }],
  },
});
