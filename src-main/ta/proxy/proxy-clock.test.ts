/** The proxy's own clock, gone back behind what it did last. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestApp } from '../../testing/test-app.ts';
import {
  answeredBy,
  associatedHalves,
  endHalves,
  makeRequest,
  proxyOf,
  take,
} from '../../testing/test-proxy-app.ts';
import { dateOf } from '../../testing/test-signer.ts';

const DAY_MS = 86_400_000;

let proxy: TestApp;
let signer: TestApp;
beforeEach(async () => {
  ({ proxy, signer } = await associatedHalves());
});
afterEach(endHalves);

test('a request is made with a clock that went back only after the date was read from another one', async () => {
  await take(proxy, await answeredBy(proxy, signer, await makeRequest(proxy)));
  expect(await proxyOf(proxy)).toMatchObject({ clockBehind: null });
  proxy.clock.advance(-DAY_MS);
  const { clockBehind, warnings } = await proxyOf(proxy);
  expect(clockBehind).toMatch(
    /^The last response was taken at .*, and this machine says .*set it before a request/,
  );
  expect(warnings[0]).toEqual({ severity: 'bad', text: clockBehind });
  expect((await proxy.call('overview.get', {})).attention[0]).toMatchObject({ detail: clockBehind });
  for (const today of [null, '2019-12-31'])
    await expect(proxy.call('ta.makeRequest', { ask: false, today })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  const { rows } = await proxy.call('audit.list', { limit: 1 });
  expect(rows[0]).toMatchObject({ action: 'ta.makeRequest', outcome: 'refused' });
  expect((await proxyOf(proxy)).open).toBeNull();
  await proxy.result(await proxy.call('ta.makeRequest', { ask: false, today: dateOf(proxy) }));
  await expect(proxy.call('ta.refreshRequest', {})).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await proxy.result(await proxy.call('ta.refreshRequest', { today: dateOf(proxy) }));
  proxy.clock.advance(DAY_MS);
  expect(await proxyOf(proxy)).toMatchObject({ clockBehind: null });
}, 60_000);
