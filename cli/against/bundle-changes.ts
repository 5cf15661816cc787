// What a change does on the broker's host: the two bundles file by file, for every Mosquitto that may run there.
import { principalsOf } from "../../fleet/access.ts";
import type { Lock, LockLine } from "../../fleet/lock.ts";
import { imageVersion, supportedVersions } from "../../fleet/mosquitto-versions.ts";
import { planFleet } from "../../fleet/plan.ts";
import type { Fleet } from "../../fleet/schema.ts";
import { type Bundle, factsWithoutHost, makeBundle } from "../../templates/bundle.ts";
import { type Effect, worst } from "../../templates/effect.ts";
import type { Snapshot } from "./snapshot.ts";

export interface BundleChange {
  /** Path on the host; `certificate`: another one is taken. */
  readonly what: string;
  readonly effect: Effect;
}

export function bundleChanges(before: Snapshot, after: Snapshot): BundleChange[] {
  const found = new Map<string, Effect>();
  for (const version of versionsOn(before.fleet)) {
    for (const { what, effect } of difference(bundleOf(before, version), bundleOf(after, version))) {
      found.set(what, worst([effect, found.get(what) ?? "none"]));
    }
  }
  return [...found].map(([what, effect]) => ({ what, effect }));
}

/** A droplet keeps its image until it is replaced; of another host the version is known only there. */
function versionsOn({ host }: Fleet): readonly string[] {
  const version = host.provider === "digitalocean" ? imageVersion(host.image) : undefined;
  return version === undefined ? supportedVersions : [version];
}

function bundleOf({ fleet, lock, acmeCaPem }: Snapshot, version: string): Bundle {
  const plan = planFleet(fleet, { mosquittoVersion: version });
  const facts = factsWithoutHost(fleet, plan);
  const ca = acmeCaPem === undefined ? {} : { acmeCaPem };
  return makeBundle({ fleet, plan, lock: lockOnceLocked(fleet, lock), facts, ...ca });
}

function difference(before: Bundle, after: Bundle): BundleChange[] {
  const was = new Map(before.files.map((file) => [file.path, file]));
  const is = new Map(after.files.map((file) => [file.path, file]));
  const files = [...new Set([...was.keys(), ...is.keys()])].flatMap((path) => {
    const [old, now] = [was.get(path), is.get(path)];
    const same = old && now && old.content === now.content && old.mode === now.mode && old.owner === now.owner;
    return same ? [] : [{ what: path, effect: worst([old?.effect ?? "none", now?.effect ?? "none"]) }];
  });
  return [...files, ...certificateChange(before, after)];
}

/** A reload goes on serving a key of another type (docs/measurements.md#certificates). */
function certificateChange({ certificate: was }: Bundle, { certificate: is }: Bundle): BundleChange[] {
  if (was.keyType !== is.keyType) return [{ what: "certificate", effect: "restart" }];
  return was.domain === is.domain && was.server === is.server ? [] : [{ what: "certificate", effect: "reload" }];
}

/** As the lock will be when somebody with the key has locked: hashes that nobody can know yet stand as one word. */
function lockOnceLocked(fleet: Fleet, lock: Lock | undefined): Lock {
  const locked = new Map(lock?.lines.filter(({ state }) => state === "active").map((line) => [line.name, line]));
  const lines = principalsOf(fleet).map(({ name }): LockLine => {
    const unknown = {
      state: "active",
      origin: "derived",
      generation: 1,
      keyId: "not-locked",
      hash: "not-locked",
    } as const;
    return locked.get(name) ?? { name, ...unknown };
  });
  return { serial: 1, keyId: "not-locked", verifyKeyId: "not-locked", lines };
}
