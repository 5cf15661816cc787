// bednet rehearse where no host can be booted: the bundle's broker as a process on loopback, judged by the same checks.

import { exitCodeOf } from "../checks/report.ts";
import { jsonReport } from "../checks/reports/json.ts";
import { targetOf } from "../checks/target.ts";
import { verify } from "../checks/verify.ts";
import { updateLock } from "../fleet/lock.ts";
import { planFleet } from "../fleet/plan.ts";
import { makeAuthority } from "../sandbox/authority.ts";
import { startBroker } from "../sandbox/broker.ts";
import { makeBundle } from "../templates/bundle.ts";
import type { Context } from "./command.ts";
import type { ToRehearse } from "./rehearsal-site.ts";
import { afterwards, beforehand } from "./rehearsal-text.ts";
import { reportText } from "./report-text.ts";

const notProven = [
  "that the host converges: no package, unit, firewall or user was set up",
  "that certbot gets a certificate and that a renewal reaches the broker: this one came from a throw-away authority",
  "the limits: descriptors, memory and connections per source were not in force",
  "what comes in from another machine: both ends were on loopback",
];

export async function rehearseLocally(
  rehearsed: ToRehearse,
  why: { because: string; fix: string },
  { fleet: path, json }: { fleet: string; json?: true },
  { output, signal, finish }: Context,
): Promise<void> {
  const { fleet, key, lock: known } = rehearsed;
  output.note(output.paint.bold("Local rehearsal: the broker as a process on this machine"));
  output.note(`  ${[why.because, why.fix].filter((text) => text !== "").join(". ")}`);
  output.note(beforehand(rehearsed, planFleet(fleet), path, output));
  const { lock } = updateLock(fleet, known, key);
  const authority = await makeAuthority({ name: "bednet local rehearsal" });
  const issued = await authority.issue({ names: [fleet.broker.domain], keyType: fleet.broker.tls.keyType });
  const broker = await startBroker({
    bundleFor: (facts) => makeBundle({ fleet, plan: planFleet(fleet, facts), lock, facts }),
    certificate: { chain: issued.fullchainPem, key: issued.privateKeyPem },
    signal,
  });
  try {
    const { address, port: tls, loopbackPort: plain } = broker;
    output.note(`  mosquitto ${broker.facts.mosquittoVersion} listens on ${address}:${tls}`);
    const target = targetOf({
      fleet,
      plan: planFleet(fleet),
      lock,
      verifyKey: key.verifyKey,
      trust: authority.rootPem,
      address,
      ports: { tls, plain },
    });
    const report = await verify(target, { signal });
    if (json) output.print(jsonReport(report));
    else output.print(`\n${reportText(report, output)}`);
    output.note(["\nWhat this does not prove:", ...notProven.map((line) => `  - ${line}`)].join("\n"));
    if (exitCodeOf(report) === 0) output.note(afterwards(rehearsed));
    finish(exitCodeOf(report));
  } finally {
    await broker.stop();
  }
}
