// How much may wait for clients that are away or slow, so that a full queue never takes the broker's memory.
import { bytes, count, type Figure, figure, sum } from "./figure.ts";
import type { Dialect } from "./mosquitto-versions.ts";
import type { Fleet } from "./schema.ts";

const BUDGET_BYTES = 128 * 1024 ** 2;
const MOST_MESSAGES = 1000;
const FEWEST_MESSAGES = 100;
/** Below this a few ordinary messages would already overflow. */
const FEWEST_BYTES = 16 * 1024;
/** What a queued message's topic is counted with; the longest of a farm's are shorter. */
const TOPIC_BYTES = 64;
/** Tried value; a client with a larger packet is disconnected before it has logged in. */
const PACKET_BYTES = 128 * 1024;

/** `max_queued_messages`, `max_queued_bytes` (payload only, that is how Mosquitto counts) and what all queues take when full. */
export function queueFigures(capacity: Fleet["capacity"], consumers: number, { memory }: Dialect) {
  const { offlineSessions, payloadBytes } = capacity;
  const queues = offlineSessions + consumers;
  const overheadBytes = TOPIC_BYTES + memory.queuedMessageBytes;
  const messageBytes = payloadBytes + overheadBytes;
  const fitting = Math.floor(BUDGET_BYTES / (Math.max(1, queues) * messageBytes));
  const messages = Math.min(MOST_MESSAGES, Math.max(FEWEST_MESSAGES, fitting));
  const why =
    fitting >= MOST_MESSAGES
      ? `the usual bound; ${count(fitting)} would fit`
      : fitting >= FEWEST_MESSAGES
        ? "what fits"
        : `the least that is useful; ${count(fitting)} would fit, so the budget is exceeded and the size grows`;
  const maxQueuedMessages = figure(
    "messages",
    messages,
    `${bytes(BUDGET_BYTES)} budget ÷ (${offlineSessions} offline sessions + ${count(consumers)} slow consumers) ÷ ${count(messageBytes)} bytes per message: ${count(messages)}, ${why}`,
  );
  const perClient = Math.max(FEWEST_BYTES, messages * payloadBytes);
  const maxQueuedBytes = figure(
    "bytes",
    perClient,
    perClient === FEWEST_BYTES
      ? `${bytes(FEWEST_BYTES)}, the least that is useful`
      : `${count(messages)} messages × ${count(payloadBytes)} bytes = ${bytes(perClient)}`,
  );
  const queueBytes = sum(
    "bytes",
    queues * (perClient + messages * overheadBytes),
    `${count(queues)} full queues × (${bytes(perClient)} payload + ${count(messages)} × ${overheadBytes} bytes of topic and overhead)`,
    "docs/measurements.md#memory",
  );
  return { maxQueuedMessages, maxQueuedBytes, queueBytes, maxPacketBytes: maxPacket(payloadBytes) };
}

function maxPacket(payloadBytes: number): Figure {
  const value = Math.max(PACKET_BYTES, 2 ** Math.ceil(Math.log2(payloadBytes * 4)));
  const why =
    value === PACKET_BYTES
      ? `${bytes(value)}, above 4 × ${count(payloadBytes)} bytes`
      : `4 × ${count(payloadBytes)} bytes, rounded up to a power of two = ${bytes(value)}`;
  return figure("bytes", value, why);
}
