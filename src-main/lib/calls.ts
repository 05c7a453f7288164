/** Calls that change something and are under way. The lock waits for them, so that none is cut in two. */

export interface Calls {
  /** Runs a call. */
  during<T>(run: () => T | Promise<T>): Promise<T>;
  /** Resolves when those that are under way now have ended, however they ended. */
  settled(): Promise<void>;
}

export function createCalls(): Calls {
  const running = new Set<Promise<unknown>>();
  return {
    async during(run) {
      const call = (async () => run())();
      running.add(call);
      try {
        return await call;
      } finally {
        running.delete(call);
      }
    },
    async settled() {
      await Promise.allSettled([...running]);
    },
  };
}
