// Pairs of measurements taken in turn, so that a machine that becomes slower does so for both. It judges nothing.

export interface Measured {
  /** Milliseconds per piece, median over the rounds. */
  ours: number;
  floor: number;
  /** ours / floor, of the medians. */
  ratio: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

async function timed(step: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await step();
  return performance.now() - started;
}

/**
 * Runs both in turn, one round of each uncounted. A step does `pieces` pieces of work; `settle` waits, uncounted, until what a
 * step left to be done is done.
 */
export async function inTurn(
  ours: () => Promise<unknown>,
  floor: () => Promise<unknown>,
  {
    rounds,
    pieces,
    settle = () => Promise.resolve(),
  }: { rounds: number; pieces: number; settle?: () => Promise<unknown> },
): Promise<Measured> {
  await ours();
  await floor();
  await settle();
  const times = { ours: [] as number[], floor: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    times.ours.push((await timed(ours)) / pieces);
    await settle();
    times.floor.push((await timed(floor)) / pieces);
  }
  const [a, b] = [median(times.ours), median(times.floor)];
  return { ours: a, floor: b, ratio: a / b };
}

/** One line of the table: what, both medians, the ratio, and the goal. */
export function row(what: string, measured: Measured, goal: string): string {
  const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`.padStart(10);
  return `${what.padEnd(46)}${ms(measured.ours)}${ms(measured.floor)}   ${goal}`;
}
