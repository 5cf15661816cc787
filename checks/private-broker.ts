// The broker is this fleet's own.
import { defineCheck, fail, pass, unknown } from "./check.ts";

/** Brokers that everybody may use, and listen on. */
const PUBLIC_BROKERS =
  "test.mosquitto.org iot.eclipse.org mqtt.eclipse.org mqtt.eclipseprojects.io broker.hivemq.com broker.mqttdashboard.com broker.emqx.io broker-cn.emqx.io mqtt.fluux.io mqtt.flespi.io public.mqtthq.com public-mqtt-broker.bevywise.com broker.mqtt.cool mqtt.dioty.co maqiatto.com mqtt.beebotte.com io.adafruit.com mqtt3.thingspeak.com".split(
    " ",
  );
const expected = { domain: "mqtt.example.com", limit: 1271, alertAt: 0.8, access: "patterns" } as const;

export default defineCheck({
  id: "private-broker",
  title: "The broker is this fleet's own",
  why: "On a shared broker anybody reads every reading and may command every device.",
  fix: "Give the fleet a broker and a name of its own. If it has one, `bednet converge` brings it the current passwords; is the verify key this fleet's?",
  severity: "blocker",
  needs: ["expected", "probe"],
  run({ expected: { domain }, probe }) {
    const shared = PUBLIC_BROKERS.find((one) => domain === one || domain.endsWith(`.${one}`));
    if (shared !== undefined) return fail(`${domain} is a public broker`, "a broker of this fleet alone");
    if (probe.state === "refused") return fail(probe.because, "a broker that knows this fleet's probes");
    return probe.state === "known" ? pass("it knows this fleet's probes") : unknown(probe.because);
  },
  examples: {
    passes: [{ expected, probe: { state: "known" } }],
    fails: [
      { expected: { ...expected, domain: "test.mosquitto.org" }, probe: { state: "known" } },
      {
        expected,
        probe: { state: "refused", because: "the login of bednet-probe-1-watcher was refused with code 135" },
      },
    ],
    unknowns: [{ expected, probe: { state: "not tried", because: "certificate has expired; no password was sent" } }],
  },
});
