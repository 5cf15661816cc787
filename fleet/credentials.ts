// From one key every password follows: nobody chooses one and nothing stores one.
import { hkdfSync, pbkdf2Sync, randomBytes } from "node:crypto";
import { passwordIterations } from "./mosquitto-versions.ts";
import { RESERVED_NAME } from "./probes.ts";
import { Problem } from "./problem.ts";
import { Secret } from "./secret.ts";

const PASSWORD_BYTES = 18;
/** Mosquitto 2.0 drops a user whose salt has any other length. */
const SALT_BYTES = 12;

const KEY_BYTES = 32;
const FLEET_PREFIX = "bednet-key-1:";
const VERIFY_PREFIX = "bednet-verify-key-1:";

/** The key of `examples/key`. It is in the repository, so everybody has it. */
export const EXAMPLE_KEY_ID = "3e5da2b4";

export function isExampleKey(id: string): boolean {
  return id === EXAMPLE_KEY_ID;
}

/** Derives the passwords of probes and monitors, and no device's. What a pipeline holds. */
export class VerifyKey {
  readonly #bytes: Buffer;
  /** 8 hex digits that tell keys apart and lead back to none. */
  readonly id: string;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.id = idOf(bytes);
  }

  static parse(text: string): VerifyKey {
    return new VerifyKey(bytesOf(text, VERIFY_PREFIX));
  }

  text(): Secret {
    return textOf(this.#bytes, VERIFY_PREFIX);
  }

  derive(info: string, byteLength: number): Buffer {
    return derive(this.#bytes, info, byteLength);
  }
}

/** The one secret of a fleet. */
export class FleetKey {
  readonly #bytes: Buffer;
  readonly id: string;
  readonly verifyKey: VerifyKey;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.id = idOf(bytes);
    this.verifyKey = new VerifyKey(derive(bytes, "verify", KEY_BYTES));
  }

  static generate(): FleetKey {
    return new FleetKey(randomBytes(KEY_BYTES));
  }

  static parse(text: string): FleetKey {
    return new FleetKey(bytesOf(text, FLEET_PREFIX));
  }

  text(): Secret {
    return textOf(this.#bytes, FLEET_PREFIX);
  }

  derive(info: string, byteLength: number): Buffer {
    return derive(this.#bytes, info, byteLength);
  }
}

/** Probes and monitors of ours; fleet.yaml refuses such names for anybody else. */
export function isReserved(name: string): boolean {
  return RESERVED_NAME.test(name);
}

/** The key that this principal's password comes from: `bednet-…` names come from the verify key, all others from the fleet's. */
export function keyOf(key: FleetKey | VerifyKey, name: string): FleetKey | VerifyKey {
  const ours = isReserved(name);
  if (key instanceof FleetKey) return ours ? key.verifyKey : key;
  if (ours) return key;
  throw new Problem(
    `the password of ${name} follows from the fleet's key, and only the verify key is here`,
    "Put the fleet's key in .bednet/key (`bednet key set`) or in BEDNET_KEY.",
  );
}

/** 24 characters of base64url: 144 random bits. */
export function passwordOf(key: FleetKey | VerifyKey, name: string, generation: number): Secret {
  const bytes = keyOf(key, name).derive(`principal:${name}:${generation}`, PASSWORD_BYTES);
  return new Secret(bytes.toString("base64url"));
}

/** `$7$101$salt$hash`, the same for the same key, name and generation. */
export function hashOf(key: FleetKey | VerifyKey, name: string, generation: number): string {
  const salt = keyOf(key, name).derive(`salt:${name}:${generation}`, SALT_BYTES);
  const password = passwordOf(key, name, generation).reveal();
  const hash = pbkdf2Sync(password, salt, passwordIterations, 64, "sha512");
  return `$7$${passwordIterations}$${salt.toString("base64")}$${hash.toString("base64")}`;
}

function derive(bytes: Buffer, info: string, byteLength: number): Buffer {
  return Buffer.from(hkdfSync("sha256", bytes, "", info, byteLength));
}

function idOf(bytes: Buffer): string {
  return derive(bytes, "id", 4).toString("hex");
}

function textOf(bytes: Buffer, prefix: string): Secret {
  return new Secret(prefix + bytes.toString("base64url"));
}

/** The message never quotes what was given: half a key is still half a secret. */
function bytesOf(text: string, prefix: string): Buffer {
  const given = text.trim();
  const bytes = Buffer.from(given.slice(prefix.length), "base64url");
  if (given.startsWith(prefix) && bytes.length === KEY_BYTES && prefix + bytes.toString("base64url") === given)
    return bytes;
  const other = prefix === FLEET_PREFIX ? VERIFY_PREFIX : FLEET_PREFIX;
  const wanted = prefix === FLEET_PREFIX ? "a fleet key" : "a verify key";
  throw new Problem(
    given.startsWith(other)
      ? `this is ${prefix === FLEET_PREFIX ? "a verify key" : "a fleet key"}, and ${wanted} is needed`
      : `this is not ${wanted}: expected ${prefix} and 43 letters, digits, - or _ after it`,
    `Copy the whole line that \`bednet key show${prefix === FLEET_PREFIX ? "" : " --verify"}\` prints.`,
  );
}
