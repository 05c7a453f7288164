import { afterEach, expect, test } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';

let app: TestApp | null = null;
afterEach(() => app?.remove());

test('a screen that failed is in the log, with where it was', async () => {
  app = await testApp();
  const message = 'TypeError: l is not a function';
  await app.call('app.screenFailed', {
    screen: 'ta-network',
    message,
    stack: `${message}\n  at Body (x.js:1:2)`,
  });
  const line = app.lines.find((one) => one.includes('ta-network')) ?? '';
  expect(JSON.parse(line)).toMatchObject({
    msg: 'the screen ta-network',
    error: expect.stringContaining('l is not a function'),
    stack: expect.stringContaining('at Body (x.js:1:2)'),
  });
});
