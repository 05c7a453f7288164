/** Runs tasks, only so many at a time, in the order they came. */
export function atMost(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  const queue: (() => void)[] = [];
  return async (task) => {
    if (running >= most) await new Promise<void>((resolve) => queue.push(resolve));
    else running += 1;
    try {
      return await task();
    } finally {
      // The next one takes the place as it is.
      const next = queue.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
