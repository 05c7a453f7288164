/** How often one caller may ask: a burst at once, then one in each interval. Callers that went quiet are forgotten. */

export interface Rate {
  /** Counts the call and answers whether it is within the pace. */
  allows(caller: string): boolean;
}

const MOST_CALLERS = 10_000;

export function createRate(options: { now(): number; burst: number; eachMs: number }): Rate {
  const { now, burst, eachMs } = options;
  /** When the caller's allowance is full again. */
  const fullAt = new Map<string, number>();
  return {
    allows(caller) {
      const at = now();
      const full = fullAt.get(caller) ?? at;
      // Further away than a whole burst: the clock went back.
      const next = (full > at + burst * eachMs ? at : Math.max(full, at)) + eachMs;
      if (next - at > burst * eachMs) return false;
      fullAt.delete(caller);
      fullAt.set(caller, next);
      const [oldest] = fullAt.keys();
      if (fullAt.size > MOST_CALLERS && oldest !== undefined) fullAt.delete(oldest);
      return true;
    },
  };
}
