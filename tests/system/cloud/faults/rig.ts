// A customer's folder and an account without hosts, and the command as a process that can be signalled.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { readRehearsed } from "../../../../cli/rehearsal-site.ts";
import { FleetKey } from "../../../../fleet/credentials.ts";
import { formatLock, updateLock } from "../../../../fleet/lock.ts";
import type { Fleet } from "../../../../fleet/schema.ts";
import { type Ended, runAny } from "../../../../sandbox/command.ts";
import type { Cloud } from "../../../../sandbox/digitalocean/cloud.ts";
import { instantHosts } from "../../../../sandbox/digitalocean/hosts.ts";
import type { Exchange } from "../../../../sandbox/digitalocean/recording.ts";
import { answer } from "../../../../sandbox/digitalocean/router.ts";
import { type DigitalOcean, startDigitalOcean } from "../../../../sandbox/digitalocean/server.ts";

const example = fileURLToPath(new URL("../../../../examples/small-farm/fleet.yaml", import.meta.url));
const script = fileURLToPath(new URL("bednet.ts", import.meta.url));
const ZONE = "farm.example.com";

export type Command = "deploy" | "destroy";

export interface Said {
  readonly exitCode: number | null;
  /** Both streams, in the order in which it came. */
  readonly text: string;
}

export interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<Said>;
  /** Resolves with the first line that fits; undefined: it ended without. */
  hears(line: RegExp): Promise<string | undefined>;
}

export interface FaultsRig {
  readonly api: DigitalOcean;
  readonly folder: string;
  readonly statePath: string;
  start(command: Command, ...flags: string[]): Started;
  run(command: Command, ...flags: string[]): Promise<Said>;
  /** Exit code of `terraform plan -detailed-exitcode`: 0 nothing to do, 2 something is. */
  plan(): Promise<Ended>;
  /** What is on the account and in no state, by kind. */
  strays(): Promise<string[]>;
  /** What is on the account and a deploy creates. */
  things(): string[];
  stop(): Promise<void>;
}

export interface Deployed {
  readonly exchanges: readonly Exchange[];
  readonly state: string;
}

const run = promisify(execFile);
const key = FleetKey.generate();
let sshKey: Promise<string> | undefined;

/** `deployed`: the account and the state that an undisturbed deploy left, so that it need not be repeated. */
export async function startFaultsRig(deployed?: Deployed): Promise<FaultsRig> {
  const folder = await mkdtemp(join(tmpdir(), "bednet-faults-"));
  const api = await startDigitalOcean({ hosts: instantHosts(), settleMs: 0, account: { zones: { [ZONE]: {} } } });
  const own = join(folder, ".bednet");
  const statePath = join(own, "terraform.tfstate");
  await furnish(folder);
  if (deployed) {
    await repeat(api.cloud, deployed.exchanges);
    await mkdir(own, { mode: 0o700 });
    await writeFile(join(own, ".gitignore"), "*\n");
    await writeFile(statePath, deployed.state);
  }
  const env = environment(folder, api);
  const start = (command: Command, ...flags: string[]): Started => {
    const argv = ["--import", "tsx", script, command, join(folder, "fleet.yaml"), ...flags];
    return heard(spawn(process.execPath, argv, { env, stdio: ["ignore", "pipe", "pipe"], detached: true }));
  };
  return {
    ...{ api, folder, statePath, start },
    run: (command, ...flags) => start(command, ...flags).ended,
    plan: () =>
      runAny(
        [
          "terraform",
          `-chdir=${join(folder, "cdktf.out/stacks/small-farm")}`,
          "plan",
          "-detailed-exitcode",
          "-no-color",
        ],
        { env: { ...env, CI: "true", TF_INPUT: "0", CHECKPOINT_DISABLE: "1" } },
      ),
    strays: async () => {
      const known = idsIn((await readFile(statePath, "utf8").catch(() => "")) || "{}");
      return listed(api.cloud)
        .filter(({ id }) => !known.has(id))
        .map(({ what, id }) => `${what} ${id}`);
    },
    things: () => listed(api.cloud).map(({ what, id }) => `${what} ${id}`),
    stop: async () => {
      await api.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function furnish(folder: string): Promise<void> {
  const { fleet } = await readRehearsed(example, {});
  const ours = onDigitalOcean(fleet);
  const { devices, ...settings } = ours;
  const put = (name: string, text: string) => writeFile(join(folder, name), text, { mode: 0o600 });
  await put("fleet.yaml", JSON.stringify(settings));
  await put("devices.csv", ["id,class", ...devices.map((one) => `${one.id},${one.class}`), ""].join("\n"));
  await put("fleet.lock", formatLock(updateLock(ours, undefined, key).lock));
  sshKey ??= makeSshKey();
  await put("deploy.pub", await sshKey);
  // The stages are the business of other tests: here they end well, after a moment.
  const stub = join(folder, "bin");
  await mkdir(stub);
  await writeFile(join(stub, "node"), "#!/bin/sh\nexec sleep 0.5\n");
  await chmod(join(stub, "node"), 0o755);
}

async function makeSshKey(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bednet-key-"));
  try {
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "faults", "-f", join(folder, "key")]);
    return await readFile(join(folder, "key.pub"), "utf8");
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** With everything that a stack may have. */
const onDigitalOcean = (fleet: Fleet): Fleet => ({
  ...fleet,
  host: {
    ...{ provider: "digitalocean", region: "fra1", size: "auto", image: "debian-13-x64", backups: false, ipv6: true },
    ...{ project: "Farm", sshKeys: ["deploy.pub"], adminCidrs: ["198.18.0.0/15"] },
  },
  dns: { zone: ZONE },
  monitoring: { ...fleet.monitoring, email: "ops@farm.example.com" },
  state: { backend: "local" },
});

function environment(folder: string, { url, token }: DigitalOcean): NodeJS.ProcessEnv {
  const { PATH = "", HOME = "" } = process.env;
  return {
    ...{ PATH: `${join(folder, "bin")}:${PATH}`, HOME, DIGITALOCEAN_API_URL: url, DIGITALOCEAN_TOKEN: token },
    BEDNET_VERIFY_KEY: key.verifyKey.text().reveal(),
    // The provider's own: it asks again five times all the same, and a run of minutes becomes one of seconds.
    ...{ DIGITALOCEAN_HTTP_RETRY_WAIT_MIN: "0.1", DIGITALOCEAN_HTTP_RETRY_WAIT_MAX: "0.5" },
  };
}

function heard(child: ChildProcess): Started {
  let text = "";
  const waiting: { line: RegExp; tell: (found: string | undefined) => void }[] = [];
  const look = (isOver: boolean): void => {
    for (const each of [...waiting]) {
      const found = each.line.exec(text)?.[0];
      if (found === undefined && !isOver) continue;
      waiting.splice(waiting.indexOf(each), 1);
      each.tell(found);
    }
  };
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      look(false);
    });
  }
  const ended = new Promise<Said>((resolve) => {
    child.on("exit", (exitCode) => {
      // What it started may hold the pipes, and go on.
      setTimeout(() => {
        look(true);
        resolve({ exitCode, text });
      }, 200);
    });
  });
  return {
    process: child,
    ended,
    hears: (line) =>
      new Promise((tell) => {
        waiting.push({ line, tell });
        look(child.exitCode !== null);
      }),
  };
}

/** Numbers begin anew in each stand-in, so the same requests make the same account. */
async function repeat(cloud: Cloud, exchanges: readonly Exchange[]): Promise<void> {
  for (const { method, url, body, status } of exchanges) {
    if (method === "GET") continue;
    cloud.nowMs = cloud.clockMs();
    const given = await answer(cloud, { method, url, body });
    if (given.status !== status) throw new Error(`${method} ${url}: ${given.status} in place of ${status}`);
    await cloud.quiet();
    await sleep(5); // an event takes a moment
  }
}

function idsIn(state: string): ReadonlySet<string> {
  const { resources = [] } = JSON.parse(state) as {
    resources?: { mode: string; instances: { attributes?: Record<string, unknown> }[] }[];
  };
  return new Set(resources.flatMap(({ instances }) => instances.map(({ attributes }) => String(attributes?.id))));
}

function listed(cloud: Cloud): { what: string; id: string }[] {
  const { droplets, reserved, firewalls, tags, keys, policies, checks, projects, domains } = cloud;
  const records = domains.flatMap((domain) => domain.records.filter(({ type }) => type === "A" || type === "AAAA"));
  const lists: Record<string, readonly (string | number)[]> = {
    droplet: droplets.map(({ id }) => id),
    address: reserved.map(({ address }) => address),
    firewall: firewalls.map(({ id }) => id),
    tag: tags,
    key: keys.map(({ id }) => id),
    policy: policies.map(({ uuid }) => uuid),
    check: checks.map(({ id }) => id),
    alert: checks.flatMap(({ alerts }) => alerts.map(({ id }) => id)),
    record: records.map(({ id }) => id),
    project: projects.filter(({ isDefault }) => !isDefault).map(({ id }) => id),
  };
  return Object.entries(lists).flatMap(([what, ids]) => ids.map((id) => ({ what, id: String(id) })));
}
