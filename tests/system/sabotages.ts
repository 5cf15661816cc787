// Brokers broken on purpose, each in one way that exactly one check must see.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { probeName } from "../../fleet/access.ts";
import { buildPlugins } from "./accept-plugin.ts";
import { asDevice, type Rig, type Sabotage, type Style } from "./broker-rig.ts";

export interface Row {
  /** The only check that may fail. */
  readonly check: string;
  readonly how: string;
  /** Left out: both. */
  readonly styles?: readonly Style[];
  /** Checks that cannot be judged on such a broker; left out: none. */
  readonly unknown?: readonly string[];
  readonly sabotage: Sabotage;
  /** Mosquitto 2.1 and later cannot be broken so. */
  readonly isOf20?: boolean;
  /** Done to the running broker before it is verified; what it returns undoes it. */
  readonly before?: (rig: Rig) => Promise<() => Promise<void>>;
}

const DAY_MS = 24 * 3_600_000;
const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);

/** Without a verified chain no password is sent, and these need one. */
const needLogin = [
  "wrong-password",
  "publish-denied",
  "subscribe-denied",
  "class-isolation",
  "sys-hidden",
  "client-id-takeover",
  "connection-headroom",
];
const needChain = ["private-broker", ...needLogin];
const listeners = "bednet-listeners.conf";
const globals = "bednet-globals.conf";
const slots = [1, 2, 3, 4, 5, 6, 7, 8];
const ofClassA = ["device", "neighbour", "victim", "rival", "caller"] as const;
const without = (directive: string) => (text: string) => text.replace(new RegExp(`^${directive}.*\n`, "m"), "");

/** Every line for such a probe topic, whether it is a pattern's or a section's, becomes readwrite. */
const opened = (end: "up" | "down") => (acl: string) =>
  acl.replace(new RegExp(`^(pattern|topic) (read|write) (bednet/probe/a/\\S+/${end})$`, "gm"), "$1 readwrite $3");

export const scratch = mkdtempSync(join(tmpdir(), "bednet-sabotage-"));
chmodSync(scratch, 0o711); // the broker reads it, as its own user
export const plugins = buildPlugins();
export function removeScratch(): void {
  rmSync(scratch, { recursive: true });
  plugins.remove();
}

/** Debian's OpenSSL refuses old TLS whatever mosquitto says. */
const permissive = join(scratch, "permissive.cnf");
writeFileSync(
  permissive,
  "openssl_conf = c\n[c]\nssl_conf = s\n[s]\nsystem_default = d\n[d]\nMinProtocol = TLSv1\nCipherString = DEFAULT:@SECLEVEL=0\n",
);

/** As on a broker that runs short: real devices hold ten connections, and the limit is twelve. */
async function holdTen(rig: Rig): Promise<() => Promise<void>> {
  const names = Array.from({ length: 10 }, (_, i) => `soil-${i + 1}`);
  const clients = await Promise.all(names.map((name) => asDevice(rig, name)));
  await sleep(2_500); // the broker counts once a second here
  return async () => void (await Promise.all(clients.map((client) => client.endAsync())));
}

export const rows: readonly Row[] = [
  {
    check: "private-broker",
    how: "a broker with another fleet's passwords",
    unknown: needLogin,
    sabotage: { wrongKey: true },
  },
  {
    check: "plain-port",
    how: "a plain listener on the outer address too",
    sabotage: {
      edit: {
        [listeners]: (text, { facts }) => `${text}\nlistener ${facts.ports.loopback} 127.0.0.2\n`,
      },
    },
  },
  {
    check: "tls-version",
    how: "TLS 1.1 accepted",
    isOf20: true,
    sabotage: {
      edit: { [listeners]: (text) => without("ciphers")(text).replace("tls_version tlsv1.2", "tls_version tlsv1.1") },
      env: { OPENSSL_CONF: permissive },
    },
  },
  {
    check: "certificate-trust",
    how: "a root that nobody trusts",
    unknown: needChain,
    sabotage: { certificate: { isForeign: true } },
  },
  {
    check: "certificate-trust",
    how: "the leaf without its chain",
    unknown: needChain,
    sabotage: { certificate: { isLeafOnly: true } },
  },
  {
    check: "certificate-name",
    how: "a certificate for another name",
    unknown: needChain,
    sabotage: { certificate: { names: ["other.example.com"] } },
  },
  {
    check: "certificate-expiry",
    how: "expired yesterday",
    unknown: needChain,
    sabotage: { certificate: { notBefore: inDays(-91), notAfter: inDays(-1) } },
  },
  {
    check: "certificate-expiry",
    how: "valid from tomorrow",
    unknown: needChain,
    sabotage: { certificate: { notBefore: inDays(1), notAfter: inDays(91) } },
  },
  {
    check: "certificate-expiry",
    how: "14 of 90 days left: renewal has failed for two weeks",
    sabotage: { certificate: { notBefore: inDays(-76), notAfter: inDays(14) } },
  },
  {
    check: "anonymous-access",
    how: "allow_anonymous true; a plugin keeps client ids honest",
    sabotage: {
      edit: {
        [globals]: (text) =>
          `${text.replace("allow_anonymous false", "allow_anonymous true")}plugin ${plugins.path("own-id")}\n`,
        // It turns the nameless away by itself.
        [listeners]: without("use_username_as_clientid"),
      },
    },
  },
  {
    check: "wrong-password",
    how: "a plugin that lets every name in",
    sabotage: { edit: { [globals]: (text) => `${text}plugin ${plugins.path("any-password")}\n` } },
  },
  {
    check: "publish-denied",
    how: "devices may write what they should only read",
    sabotage: { edit: { acl: opened("down") } },
  },
  {
    check: "publish-denied",
    how: "one device may write for another",
    sabotage: {
      edit: {
        acl: (text) =>
          slots.reduce(
            (acl, slot) =>
              acl +
              `\nuser ${probeName(slot, "device")}\ntopic write bednet/probe/a/${probeName(slot, "neighbour")}/up\n`,
            text,
          ),
      },
    },
  },
  {
    check: "subscribe-denied",
    how: "devices may read what they should only write",
    sabotage: { edit: { acl: opened("up") } },
  },
  {
    check: "subscribe-denied",
    how: "a pattern that lets class a read everybody's commands",
    sabotage: {
      edit: {
        acl: (text) =>
          slots
            .flatMap((slot) => ofClassA.map((part) => probeName(slot, part)))
            .reduce((acl, user) => `${acl}\nuser ${user}\ntopic read bednet/probe/a/+/down\n`, text),
      },
    },
  },
  {
    check: "class-isolation",
    how: "two classes as patterns",
    styles: ["sections"],
    sabotage: {
      edit: { acl: (text) => `pattern write bednet/probe/a/%u/up\npattern write bednet/probe/b/%u/up\n${text}` },
    },
  },
  {
    check: "class-isolation",
    how: "a pattern and no denial for those outside the class",
    styles: ["patterns"],
    sabotage: { edit: { acl: (text) => text.replace(/^topic deny bednet\/probe\/a\/\S+-stranger\/\S+\n/gm, "") } },
  },
  {
    check: "sys-hidden",
    how: "$SYS for everybody",
    sabotage: { edit: { acl: (text) => `pattern read $SYS/#\n${text}` } },
  },
  {
    check: "client-id-takeover",
    how: "client ids chosen by the client",
    sabotage: { edit: { [listeners]: without("use_username_as_clientid") } },
  },
  {
    check: "connection-headroom",
    how: "ten devices connected, and a limit of twelve",
    sabotage: {
      edit: { [globals]: (text) => text.replace("sys_interval 10", "sys_interval 1") },
      target: (target) => ({ ...target, limit: 12 }),
    },
    before: holdTen,
  },
];
