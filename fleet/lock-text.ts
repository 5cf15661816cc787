// fleet.lock as text: a line per principal, so that a diff shows who was added and who was revoked.

import { Problem } from "./problem.ts";
import { NAME } from "./schema.ts";

export interface Lock {
  /** Rises by one whenever a line changes. */
  readonly serial: number;
  readonly keyId: string;
  readonly verifyKeyId: string;
  /** Sorted by name. A revoked line stays for ever: an id that comes back must not get its old password. */
  readonly lines: readonly LockLine[];
}

export interface LockLine {
  readonly name: string;
  readonly state: "active" | "revoked";
  /** `imported`: a hash taken over from another broker; no key gives its password. */
  readonly origin: "derived" | "imported";
  readonly generation: number;
  /** `-` for an imported line. */
  readonly keyId: string;
  /** `$7$…`, as in the broker's password file after the colon. */
  readonly hash: string;
}

const HEADER = "bednet-lock 1";
const NOTE = "# Written by `bednet lock`, never by hand. Commit it: it holds hashes and no password.";
const KEY_ID = /^[0-9a-f]{8}$/;
/** 12 bytes of salt and 64 of hash: the only form that every version reads. `$6$` comes from old brokers. */
const HASH = /^\$(?:6|7\$[1-9]\d{0,4})\$[A-Za-z0-9+/]{16}\$[A-Za-z0-9+/]{86}==$/;

export function formatLock(lock: Lock): string {
  const head = [HEADER, NOTE, `serial ${lock.serial}`, `keys ${lock.keyId} ${lock.verifyKeyId}`];
  return `${[...head, ...lock.lines.map(formatLine)].join("\n")}\n`;
}

function formatLine({ name, state, origin, generation, keyId, hash }: LockLine): string {
  return `${name} ${state} ${origin} ${generation} ${keyId} ${hash}`;
}

/** Throws one Problem that lists every bad line. Anything but a whole lock is refused: half of one would lock devices out. */
export function parseLock(text: string, file: string): Lock {
  const rows = text
    .split(/\r?\n/)
    .map((row, i) => ({ row, place: `${file}:${i + 1}` }))
    .filter(({ row }) => row !== "" && !row.startsWith("#"));
  const mistakes: string[] = [];
  const complain = (place: string, what: string) => mistakes.push(`  ${place}  ${what}`);

  const [header, serialRow, keysRow, ...lineRows] = rows;
  const end = `${file}:${rows.length + 1}`;
  if (header?.row !== HEADER) complain(header?.place ?? end, `expected \`${HEADER}\``);
  const serial = /^serial ([1-9]\d{0,8})$/.exec(serialRow?.row ?? "");
  if (!serial) complain(serialRow?.place ?? end, "expected `serial` and a number");
  const keys = /^keys ([0-9a-f]{8}) ([0-9a-f]{8})$/.exec(keysRow?.row ?? "");
  if (!keys) complain(keysRow?.place ?? end, "expected `keys` and two key ids of 8 hex digits");

  const lines: LockLine[] = [];
  const seen = new Set<string>();
  for (const { row, place } of lineRows) {
    const line = parseLine(row);
    if (typeof line === "string") complain(place, line);
    else if (seen.has(line.name))
      complain(place, `${line.name} is listed twice; keep the line with the higher generation`);
    else {
      seen.add(line.name);
      lines.push(line);
    }
  }
  if (mistakes.length > 0) {
    const count = mistakes.length === 1 ? "a mistake" : `${mistakes.length} mistakes`;
    throw new Problem(
      `${file} has ${count}:\n${mistakes.join("\n")}`,
      `Bring it back from git (\`git checkout ${file}\`) and run \`bednet lock\`. After a merge conflict, keep the lines of both sides and the higher serial first.`,
    );
  }
  return { serial: Number(serial![1]), keyId: keys![1]!, verifyKeyId: keys![2]!, lines: sorted(lines) };
}

function parseLine(row: string): LockLine | string {
  if (/^(<{7}|={7}|>{7})/.test(row)) return "a merge conflict is not resolved";
  const [name, state, origin, generation, keyId, hash, ...rest] = row.split(" ");
  if (hash === undefined || rest.length > 0) return "expected `name state origin generation keyId hash`";
  if (!NAME.test(name!)) return "the name may only have letters, digits, - and _";
  if (state !== "active" && state !== "revoked") return `${name}: the state is active or revoked`;
  if (origin !== "derived" && origin !== "imported") return `${name}: the origin is derived or imported`;
  if (!/^[1-9]\d{0,8}$/.test(generation!)) return `${name}: the generation is a number from 1`;
  if (origin === "derived" ? !KEY_ID.test(keyId!) : keyId !== "-")
    return `${name}: the key id is 8 hex digits, or - for an imported line`;
  if (!HASH.test(hash)) return `${name}: the hash is not one that every Mosquitto reads`;
  return { name: name!, state, origin, generation: Number(generation), keyId: keyId!, hash };
}

/** By code unit, so that the order is the same on every machine. */
export function sorted(lines: readonly LockLine[]): LockLine[] {
  return [...lines].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** `1,204 not in the lock: a, b, c, d, e, …`; undefined for nobody. */
export function listed(what: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const shown = [...names].sort().slice(0, 5).join(", ");
  return `${names.length.toLocaleString("en-US")} ${what}: ${shown}${names.length > 5 ? ", …" : ""}`;
}

export function without(names: ReadonlySet<string>, others: ReadonlySet<string>): string[] {
  return [...names].filter((name) => !others.has(name));
}
