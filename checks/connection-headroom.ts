// There is room for more connections than there are.
import { defineCheck, fail, pass, unknown } from "./check.ts";

/** Four times `sys_interval`: what is older stands still. */
const STALE_SECONDS = 40;
const expected = { domain: "mqtt.example.com", limit: 1000, alertAt: 0.8, access: "patterns" } as const;

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
    const share = (100 * connected) / limit;
    const saw = `${connected} of ${limit} connections (${share.toFixed(share < 10 ? 1 : 0)} %)`;
    const threshold = Math.round(100 * alertAt);
    return connected >= limit * alertAt ? fail(saw, `below ${threshold} %`) : pass(`${saw}, alert at ${threshold} %`);
  },
  examples: {
    passes: [
      { expected, connections: { connected: 799, ageSeconds: 9 } },
      { expected, connections: { connected: 12, ageSeconds: undefined } },
    ],
    fails: [{ expected, connections: { connected: 800, ageSeconds: 9 } }],
    unknowns: [{ expected, connections: { connected: 12, ageSeconds: 55 } }],
  },
});
