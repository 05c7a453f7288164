// Pairs of measurements taken in turn, so that a machine that becomes slower does so for both. It judges nothing.

export interface Timed {
  /** Milliseconds per piece, median over the rounds. */
  ours: number;
  floor: number;
  /** ours / floor, of the medians. */
  ratio: number;
}

export interface Measured extends Timed {
  /** Milliseconds of processor time per piece, of all threads, median over the rounds: what other work on the machine changes least. */
  cpu: { ours: number; floor: number };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

async function timed(step: () => Promise<unknown>): Promise<{ ms: number; cpu: number }> {
  const [started, before] = [performance.now(), process.cpuUsage()];
  await step();
  const { user, system } = process.cpuUsage(before);
  return { ms: performance.now() - started, cpu: (user + system) / 1000 };
}

/**
 * Runs both in turn, one round of each uncounted. A step does `pieces` pieces of work. Uncounted as well: `before` makes ready what
 * ours works on, `settle` waits until what a step left to be done is done.
 */
export async function inTurn(
  ours: () => Promise<unknown>,
  floor: () => Promise<unknown>,
  {
    rounds,
    pieces,
    before,
    settle,
  }: { rounds: number; pieces: number; before?: () => Promise<unknown>; settle?: () => Promise<unknown> },
): Promise<Measured> {
  await before?.();
  await ours();
  await floor();
  await settle?.();
  const taken = { ours: [] as { ms: number; cpu: number }[], floor: [] as { ms: number; cpu: number }[] };
  for (let round = 0; round < rounds; round += 1) {
    await before?.();
    taken.ours.push(await timed(ours));
    await settle?.();
    taken.floor.push(await timed(floor));
  }
  const of = (whose: 'ours' | 'floor', what: 'ms' | 'cpu'): number =>
    median(taken[whose].map((one) => one[what] / pieces));
  const [a, b] = [of('ours', 'ms'), of('floor', 'ms')];
  return { ours: a, floor: b, ratio: a / b, cpu: { ours: of('ours', 'cpu'), floor: of('floor', 'cpu') } };
}

/** One line of the table: what, both medians, the ratio, and the goal. */
export function row(what: string, measured: Timed, goal: string): string {
  const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`.padStart(10);
  return `${what.padEnd(46)}${ms(measured.ours)}${ms(measured.floor)}   ${goal}`;
}
