/** A revocation that was signed by a clock that was ahead: nobody waits for that day. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestApp } from '../../testing/test-app.ts';
import {
  answeredBy,
  associatedHalves,
  endHalves,
  makeRequest,
  openResponse,
  proxyOf,
  take,
} from '../../testing/test-proxy-app.ts';
import { addLocal } from '../../testing/test-service.ts';
import { approve, dateOf, exportTo, openRequest, signerOf } from '../../testing/test-signer.ts';

const DAY_MS = 86_400_000;

let proxy: TestApp;
let signer: TestApp;
beforeEach(async () => {
  ({ proxy, signer } = await associatedHalves({ live: true }));
});
afterEach(endHalves);

test('after going on, the same request is answered again, and the revocation that is done is said once more', async () => {
  await addLocal(proxy, 'online');
  proxy.clock.advance(60_000);
  signer.clock.advance(60_000);
  await take(proxy, await answeredBy(proxy, signer, await makeRequest(proxy)));
  await proxy.call('ta.childRemove', { handle: 'online', confirm: 'online' });
  const request = await makeRequest(proxy, false);

  const exchange = await approve(signer, request, 12 * DAY_MS);
  signer.clock.advance(-12 * DAY_MS);
  const path = join(signer.folder, 'ahead.json');
  await exportTo(signer, 'response', path, exchange);
  expect((await openResponse(proxy, readFileSync(path))).view.canPublish).toBe(false);
  expect(await signerOf(signer)).toMatchObject({ number: '3', issued: [], revoked: 1 });
  await signer.result(await signer.call('ta.goOn', { today: dateOf(signer) }));

  signer.clock.advance(60_000);
  proxy.clock.advance(60_000);
  const { view } = await openRequest(signer, request);
  expect(view.children[0]?.wishes[0]).toMatchObject({ what: 'revoke', problems: [] });
  expect(view.unusual.join('\n')).toMatch(
    /online, key [0-9A-F]{8}: it was revoked already, by the clock that was ahead/,
  );
  const response = await answeredBy(proxy, signer, request, 0);
  const { view: taken } = await openResponse(proxy, response);
  expect(taken.faults).toEqual([]);
  await take(proxy, response);
  expect(await proxyOf(proxy)).toMatchObject({ open: null, children: [], signer: { number: '5' } });
  expect((await signerOf(signer)).revoked).toBe(1);

  // Years later as well; and one that was never revoked is still refused.
  const { rows } = await signer.call('ta.exchanges', { half: 'signer' });
  const opened = await Promise.all(rows.map(({ id }) => signer.call('ta.exchange', { id })));
  expect(opened.map(({ row, holds }) => [row.number, holds])).toEqual([
    ['5', true],
    ['3', true],
    ['2', true],
  ]);
});
