// The proof that converge ends with, against a real broker whose max_connections is the cap: full is not broken.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FleetKey, hashOf, passwordOf } from "../../fleet/credentials.ts";
import { makeAuthority } from "../../sandbox/authority.ts";

const DOMAIN = "mqtt.farm.example.com";
const PROVER = "bednet-prover";
const proof = resolve(import.meta.dirname, "../../provisioning/host/proof.sh");
const key = FleetKey.generate();
const authority = await makeAuthority({ name: "proof" });
const pair = async () => {
  const { fullchainPem, privateKeyPem } = await authority.issue({ names: [DOMAIN] });
  return fullchainPem + privateKeyPem;
};

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "bednet-proof-"));
  mkdirSync(join(folder, "etc/bednet/tls"), { recursive: true });
  mkdirSync(join(folder, "work"));
  writeFileSync(join(folder, "etc/bednet/tls/server.pem"), await pair());
  writeFileSync(join(folder, "etc/served.pem"), readFileSync(join(folder, "etc/bednet/tls/server.pem")));
  writeFileSync(join(folder, "etc/passwd"), `${PROVER}:${hashOf(key, PROVER, 1)}\n`);
  writeFileSync(join(folder, "etc/acl"), `user ${PROVER}\ntopic read $SYS/#\n`);
  writeFileSync(join(folder, "work/prover"), passwordOf(key, PROVER, 1).reveal());
  configure("listener 8883");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function configure(outer: string): void {
  const lines = [
    ...["user root", "allow_anonymous false", "password_file /etc/mosquitto/passwd", "acl_file /etc/mosquitto/acl"],
    ...["log_dest file /etc/mosquitto/log", "listener 1883 127.0.0.1", outer],
    ...["certfile /etc/mosquitto/served.pem", "keyfile /etc/mosquitto/served.pem"],
  ];
  writeFileSync(join(folder, "etc/mosquitto.conf"), `${lines.join("\n")}\n`);
}

/** What the proof said, and whether it proved; in namespaces of its own, where the ports are a host's. */
function prove(before = ""): string {
  const script = `
    ip link set lo up && mount --bind "${folder}/etc" /etc/mosquitto
    mosquitto -c /etc/mosquitto/mosquitto.conf &
    until grep -q running /etc/mosquitto/log 2>/dev/null; do sleep 0.1; done
    ${before}
    work=${folder}/work prover=${PROVER}
    make_room() { :; }
    take_room_back() { :; }
    say() { echo "said: $*"; }
    . ${proof}
    if prove 127.0.0.1 1883 8883 ${DOMAIN}; then echo proved; else echo "refused: $(cat "$work/why")"; fi`;
  const argv = ["--mount", "--net", "--pid", "--fork", "--kill-child", "sh", "-euc", script];
  const { stdout, stderr } = spawnSync("unshare", argv, { encoding: "utf8", timeout: 60_000 });
  return stdout.trim() || stderr;
}

const takeTheOnlyPlace = `sleep 60 | openssl s_client -quiet -connect 127.0.0.1:8883 >/dev/null 2>&1 &
    until grep -q 'New connection from .* on port 8883' /etc/mosquitto/log; do sleep 0.1; done`;
const full =
  "said: port 8883 is full, which the broker says itself: a login and a denial were proved, its certificate there was not";

test("with room: proved without a word", () => {
  configure("listener 8883\nmax_connections 1");
  expect(prove()).toBe("proved");
});

test("full: the broker says so itself, and what was not proved is said", () => {
  configure("listener 8883\nmax_connections 1");
  expect(prove(takeTheOnlyPlace)).toBe(`${full}\nproved`);
});

test("full, and a login fails: refused", () => {
  configure("listener 8883\nmax_connections 1");
  writeFileSync(join(folder, "work/prover"), "another");
  expect(prove(takeTheOnlyPlace)).toMatch(/^refused: a login with a known password failed/);
});

test("another certificate than the one on disk: refused", async () => {
  writeFileSync(join(folder, "etc/served.pem"), await pair());
  expect(prove()).toMatch(
    /^refused: port 8883 does not present the certificate that is on disk \(sha256 Fingerprint=/i,
  );
});

test("nobody listens on 8883, and the log tells of an earlier full one: refused", () => {
  configure("listener 8884");
  const earlier = "echo '1: Client connection from 127.0.0.1 denied: max_connections exceeded.' >>/etc/mosquitto/log";
  expect(prove(earlier)).toBe("refused: port 8883 does not present the certificate that is on disk (no handshake)");
});
