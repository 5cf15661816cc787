// A converge in a process of its own, so that a test can kill it: reads what it needs from the file that it is given.
import { readFileSync } from "node:fs";
import { rollout } from "../../../cli/rollout.ts";
import { VerifyKey } from "../../../fleet/credentials.ts";
import { parseLock } from "../../../fleet/lock.ts";
import { converge } from "../../../provisioning/converge.ts";
import { connect } from "../../../remote/ssh.ts";

const given = JSON.parse(readFileSync(process.argv[2]!, "utf8"));
const site = { ...given.site, lock: parseLock(given.lock, "fleet.lock"), verifyKey: VerifyKey.parse(given.verifyKey) };
const host = await connect(given.ssh);
const onProgress = (line: string) => process.stdout.write(`${line}\n`);
const signal = new AbortController().signal;
const settings = rollout(site, { ssh: given.ssh, dnsServers: given.dnsServers, dnsWaitMs: 0, onProgress, signal });
await converge(host, { ...settings, adminCidrs: undefined });
await host.close();
