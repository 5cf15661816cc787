// The numbers of a plan in the order and the words of the printed plan. `bednet explain` knows each by its id.
import { bytes, count, type Figure } from "../fleet/figure.ts";
import type { Plan } from "../fleet/plan.ts";

type FigureName = { [Name in keyof Plan]: Plan[Name] extends Figure ? Name : never }[keyof Plan];

interface NumberGroup {
  readonly title: string;
  readonly names: readonly FigureName[];
}

export const numberGroups: readonly NumberGroup[] = [
  {
    title: "Connections",
    names: [
      "required",
      "maxConnections",
      "alertConnections",
      "loopbackConnections",
      "fileDescriptors",
      "fileDescriptorsHard",
    ],
  },
  {
    title: "Memory",
    names: [
      "connectionMemoryBytes",
      "kernelBytes",
      "queueBytes",
      "retainedBytes",
      "offlineBytes",
      "accessBytes",
      "memoryBytes",
      "memoryMaxBytes",
      "hostMemoryBytes",
    ],
  },
  { title: "Limits per client", names: ["maxQueuedMessages", "maxQueuedBytes", "maxPacketBytes"] },
  {
    title: "Coming back",
    names: [
      "handshakesPerSecond",
      "reconnectSpreadSeconds",
      "perSourceConnections",
      "perSourceNewPerSecond",
      "perSourceBurst",
    ],
  },
];

/** `maxQueuedBytes` is `max-queued-bytes`: what is printed, and what `bednet explain` takes. */
export const idOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export function shown({ value, unit }: Figure): string {
  if (unit === "bytes") return bytes(value);
  if (unit === "per second") return `${count(value)}/s`;
  return unit === "seconds" ? `${count(value)} s` : count(value);
}

/** The arithmetic as the right side of `value = …`, or as a remark when it is no equation. */
export function arithmeticOf(figure: Figure): { sign: "=" | " "; text: string } {
  const result = ` = ${figure.unit === "bytes" ? bytes(figure.value) : count(figure.value)}`;
  if (!figure.arithmetic.endsWith(result)) return { sign: " ", text: figure.arithmetic };
  return { sign: "=", text: figure.arithmetic.slice(0, -result.length) };
}
