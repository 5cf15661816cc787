// Measures subjects in turns, so that whatever else the machine does slows all of them alike.

/** Resolves with what it took; undefined: the whole call counts. */
export type Subject = () => Promise<number | undefined>;

export interface Took {
  readonly medianMs: number;
  readonly leastMs: number;
  readonly times: number;
}

/** Each round runs every subject once, beginning with another one each time. `every` thins out slow ones. */
export async function inTurns<Name extends string>(
  subjects: Readonly<Record<Name, Subject>>,
  rounds: number,
  options: { readonly every?: Partial<Record<Name, number>>; readonly onRound?: (round: number) => void } = {},
): Promise<Record<Name, Took>> {
  const names = Object.keys(subjects) as Name[];
  const took = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    options.onRound?.(round + 1);
    for (let i = 0; i < names.length; i += 1) {
      const name = names[(i + round) % names.length]!;
      if (round % (options.every?.[name] ?? 1) !== 0) continue;
      const started = performance.now();
      const own = await subjects[name]();
      took.get(name)!.push(own ?? performance.now() - started);
    }
  }
  return Object.fromEntries([...took].map(([name, list]) => [name, summary(list)])) as Record<Name, Took>;
}

export function summary(list: readonly number[]): Took {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const medianMs = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { medianMs, leastMs: sorted[0]!, times: sorted.length };
}
