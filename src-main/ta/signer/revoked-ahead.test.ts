/** A revocation that was signed by a clock that was ahead: nobody waits for that day. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../testing/test-app.ts';
import { testKey, testProxy } from '../../testing/test-proxy.ts';
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
import { approve, dateOf, exportTo, openRequest, setUpSigner, signerOf } from '../../testing/test-signer.ts';

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
    /online, key [0-9A-F]{8}…: it was revoked already, by the clock that was ahead/,
  );
  const response = await answeredBy(proxy, signer, request, 0);
  const { view: taken } = await openResponse(proxy, response);
  expect(taken.faults).toEqual([]);
  await take(proxy, response);
  expect(await proxyOf(proxy)).toMatchObject({ open: null, children: [], signer: { number: '5' } });
  expect((await signerOf(signer)).revoked).toBe(1);

  // Years later as well.
  const { rows } = await signer.call('ta.exchanges', { half: 'signer' });
  const opened = await Promise.all(rows.map(({ id }) => signer.call('ta.exchange', { id })));
  expect(opened.map(({ row, holds }) => [row.number, holds])).toEqual([
    ['5', true],
    ['3', true],
    ['2', true],
  ]);
});

test('after going on, a request under the same nonce that asks for more says so, and revokes nothing that had no certificate', async () => {
  const app = await testApp({ live: true });
  try {
    await app.create('offline');
    const issuer = await testProxy(app.clock.now());
    await setUpSigner(app, {
      proxyId: { name: 'proxy-id.json', text: issuer.idFile },
      fingerprint: issuer.fingerprint,
      repository: { name: 'proxy-repo.json', text: issuer.repositoryFile },
      https: 'https://rpki.example.net/ta/ta.cer',
      rsync: 'rsync://rpki.example.net/ta/ta.cer',
    });
    const [key, never] = [testKey(), testKey()];
    const child = { handle: 'one', resources: { asn: 'AS1', ipv4: '', ipv6: '' }, issue: [], revoke: [] };
    const asked = (more: object, nonce?: string) =>
      issuer.request([{ ...child, ...more }], app.clock.now(), nonce);
    await approve(app, await asked({ issue: [key] }));
    const nonce = 'the one of the revocation';
    const request = await asked({ revoke: [key.keyId] }, nonce);
    const ahead = await approve(app, request, 12 * DAY_MS);
    app.clock.advance(-12 * DAY_MS);
    await app.result(await app.call('ta.goOn', { today: dateOf(app) }));
    app.clock.advance(60_000);

    const more = await openRequest(app, await asked({ revoke: [key.keyId, never.keyId] }, nonce));
    expect(more.view).toMatchObject({ canSign: false, nonce: { state: 'new' } });
    const wishes = more.view.children[0]?.wishes ?? [];
    expect(wishes.map(({ problems }) => problems.map(({ text }) => text))).toEqual([
      [],
      [expect.stringMatching(/a key that has no certificate cannot be revoked/)],
    ]);
    expect(more.view.unusual).toContain(
      `Other than in the request that was answered: one: key ${never.keyId} is asked for now and was not then.`,
    );
    const same = await openRequest(app, request);
    expect(same.view.canSign).toBe(true);
    expect(same.view.unusual.join()).not.toMatch(/Other than/);

    // Its day comes, and others were signed meanwhile: it stays set aside.
    await approve(app, await asked({ issue: [never] }), 13 * DAY_MS);
    expect((await app.call('ta.exchange', { id: ahead })).early).toMatch(
      /this signer went on from this clock without it/,
    );
    app.clock.advance(60_000);
    const late = await openRequest(app, await asked({ revoke: [key.keyId] }, nonce));
    expect(late.view).toMatchObject({ canSign: true, nonce: { state: 'new' } });
    expect(late.view.unusual[0]).toMatch(/answered this nonce before, by a clock that was ahead/);
  } finally {
    await app.remove();
  }
});
