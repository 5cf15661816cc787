// Nobody outside reaches plain MQTT.
import { defineCheck, fail, pass, unknown } from "./check.ts";
import { clearest, unreachedInWords } from "./wire/dial.ts";

const door = { address: "203.0.113.9", plain: "refused", tls: "accepted" } as const;
const both = { host: "mqtt.example.com", plainPort: 1883, tlsPort: 8883 };

export default defineCheck({
  id: "plain-port",
  title: "The plain port does not answer from outside",
  why: "A device that falls back to plain MQTT sends its password in clear text.",
  fix: "Remove the plain listener or bind it to 127.0.0.1, then run `bednet converge`.",
  severity: "blocker",
  needs: ["ports"],
  run({ ports: { host, plainPort, tlsPort, doors } }) {
    const open = doors.filter(({ plain }) => plain === "accepted").map(({ address }) => address);
    if (open.length > 0)
      return fail(`port ${plainPort} of ${open.join(" and ")} accepts connections`, `no answer on port ${plainPort}`);
    const answer = clearest(doors.map(({ tls }) => tls)) ?? "unreachable";
    if (answer !== "accepted") return unknown(unreachedInWords(answer, host, tlsPort));
    const reached = doors.filter(({ tls }) => tls === "accepted");
    const isSilent = reached.some(({ plain }) => plain === "timed out");
    return isSilent
      ? pass(`no answer on port ${plainPort}; a filter on the way out of this machine would look the same`)
      : pass(`port ${plainPort} refused, port ${tlsPort} answers`);
  },
  examples: {
    passes: [
      { ports: { ...both, doors: [door] } },
      { ports: { ...both, doors: [{ ...door, plain: "timed out" }] } },
      { ports: { ...both, doors: [door, { address: "2001:db8::9", plain: "unreachable", tls: "unreachable" }] } },
    ],
    fails: [
      { ports: { ...both, doors: [{ ...door, plain: "accepted" }] } },
      { ports: { ...both, doors: [door, { ...door, address: "2001:db8::9", plain: "accepted" }] } },
    ],
    unknowns: [{ ports: { ...both, doors: [{ ...door, tls: "timed out" }] } }],
  },
});
