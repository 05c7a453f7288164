import { expect, test } from 'vitest';
import { softwareOnly, testClock } from '../../testing/test-ports.ts';
import { createKeepFresh } from './keep-fresh.ts';

const MINUTE_MS = 60_000;

test('looks at once, again every quarter of an hour, and no more once it is stopped; a failed look is followed by the next', async () => {
  const clock = testClock();
  let looks = 0;
  const failures: unknown[] = [];
  const fresh = createKeepFresh({
    around: softwareOnly,
    clock,
    async look() {
      looks += 1;
      if (looks === 2) throw new Error('the disk is full');
    },
    failed: (error) => void failures.push(error),
  });
  await fresh.start();
  await fresh.start();
  expect(looks).toBe(1);
  for (let minutes = 0; minutes < 31; minutes += 1) clock.advance(MINUTE_MS);
  await Promise.resolve();
  expect(looks).toBe(3);
  expect(failures).toHaveLength(1);
  fresh.stop();
  for (let minutes = 0; minutes < 31; minutes += 1) clock.advance(MINUTE_MS);
  expect(looks).toBe(3);
});
