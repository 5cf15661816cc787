// What the broker's memory goes to, by the measured model of the version it runs.
import { bytes, count, type Figure, figure, sum } from "./figure.ts";
import type { Dialect } from "./mosquitto-versions.ts";

const source = "docs/measurements.md#memory";
/** Active clients were measured 30 % above idle ones, and a reload holds the old and the new lists at once. */
const MARGIN = 1.5;
const MIB = 1024 ** 2;

export interface MemoryLoad {
  readonly maxConnections: number;
  readonly offlineSessions: number;
  readonly retainedTopics: number;
  readonly payloadBytes: number;
  readonly queueBytes: number;
  readonly passwordLines: number;
  readonly aclLines: number;
}

export function memoryFigures(dialect: Dialect, load: MemoryLoad) {
  const { memory } = dialect;
  const build = `mosquitto ${dialect.version}, OpenSSL ${memory.openssl}`;
  const times = (n: number, each: number, what: string): Figure =>
    sum("bytes", Math.ceil(n * each), `${count(n)} × ${bytes(each)} ${what}`, source);
  const connectionMemoryBytes = times(load.maxConnections, memory.tlsConnectionBytes, `per TLS connection (${build})`);
  const kernelBytes = times(load.maxConnections, memory.kernelSocketBytes, "per socket in the kernel");
  const retainedBytes = times(
    load.retainedTopics,
    load.payloadBytes + memory.retainedMessageBytes,
    "per retained message",
  );
  const offlineBytes = times(load.offlineSessions, memory.offlineSessionBytes, "per offline session");
  const accessBytes = sum(
    "bytes",
    load.passwordLines * memory.passwordLineBytes + load.aclLines * memory.aclLineBytes,
    `${count(load.passwordLines)} users × ${memory.passwordLineBytes} bytes + ${count(load.aclLines)} ACL lines × ${memory.aclLineBytes} bytes`,
    source,
  );
  const parts = [
    connectionMemoryBytes.value,
    kernelBytes.value,
    load.queueBytes,
    retainedBytes.value,
    offlineBytes.value,
    accessBytes.value,
  ];
  const names = ["connections", "kernel", "queues", "retained", "offline sessions", "users and ACL"];
  const total = parts.reduce((one, two) => one + two, memory.baseBytes);
  const memoryBytes = sum(
    "bytes",
    total,
    [`${bytes(memory.baseBytes)} broker`, ...parts.map((part, index) => `${bytes(part)} ${names[index]}`)].join(" + "),
    source,
  );
  const max = Math.ceil((total * MARGIN) / MIB) * MIB;
  const memoryMaxBytes = figure("bytes", max, `${bytes(total)} × ${MARGIN}, rounded up to whole MiB = ${bytes(max)}`);
  return { connectionMemoryBytes, kernelBytes, retainedBytes, offlineBytes, accessBytes, memoryBytes, memoryMaxBytes };
}
