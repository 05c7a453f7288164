/** Keys with a certificate that no child here has: a proxy restored from before its child, and its signer that goes on. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestApp } from '../../testing/test-app.ts';
import {
  addChild,
  answeredBy,
  associatedHalves,
  endHalves,
  makeRequest,
  openResponse,
  proxyOf,
  take,
  TAL,
} from '../../testing/test-proxy-app.ts';
import { krillta } from '../../testing/krillta.ts';
import { missingPeers } from '../../testing/peers.ts';
import { testKey, testProxy } from '../../testing/test-proxy.ts';
import { servedChild } from '../../testing/test-served-child.ts';
import { openRequest, signerOf } from '../../testing/test-signer.ts';
import { PASSPHRASE } from '../../testing/test-workspace.ts';
import { UNOWNED_HANDLE } from './unowned.ts';

const PLACE = 'rsync://child.example.net/repo/one/';

let proxy: TestApp;
let signer: TestApp;
beforeEach(async () => {
  ({ proxy, signer } = await associatedHalves());
});
afterEach(endHalves);

/** The proxy knows the child no more, and the signer has certified its key. */
async function forgottenChild() {
  const restore = await proxy.backup();
  const served = await servedChild(proxy);
  const { child, key, ask } = served;
  await ask(await child.issue(key, PLACE));
  await answeredBy(proxy, signer, await makeRequest(proxy, false));
  await restore();
  proxy.clock.advance(60_000);
  signer.clock.advance(60_000);
  const response = await answeredBy(proxy, signer, await makeRequest(proxy, false));
  const { view } = await openResponse(proxy, response);
  expect(view.unusual.join('\n')).toMatch(
    /certificate for key .*, which no child here has.*Revoke it on the trust anchor's page/,
  );
  await take(proxy, response);
  return { ...served, keyId: key.keyId };
}

test(
  'its revocation is asked for by the operator, goes with the next exchange, and the signer says whose it was',
  { timeout: 120_000 },
  async () => {
    const { keyId } = await forgottenChild();
    const before = await proxyOf(proxy);
    expect(before.children).toEqual([]);
    expect(before.unowned).toMatchObject([{ keyId, repository: PLACE, mayBe: [], revoking: false }]);
    expect(before.warnings.map(({ text }) => text).join('\n')).toMatch(
      /One certificate is for keys that no child here has/,
    );

    // Not without the digits, nor for another key; nothing is changed by that.
    await expect(proxy.call('ta.unownedRevoke', { keyId, confirm: 'yes' })).rejects.toThrow(
      /last eight digits/,
    );
    const other = 'AB'.repeat(20);
    await expect(proxy.call('ta.unownedRevoke', { keyId: other, confirm: other.slice(-8) })).rejects.toThrow(
      /No such key is without a child here/,
    );
    expect(await proxyOf(proxy)).toEqual(before);

    await proxy.call('ta.unownedRevoke', { keyId, confirm: keyId.slice(-8) });
    expect((await proxyOf(proxy)).unowned).toMatchObject([{ keyId, revoking: true }]);
    expect((await proxyOf(proxy)).ball).toMatchObject({
      who: 'proxy',
      text: expect.stringMatching(/One wish waits/) as unknown,
    });
    // Taken back and asked again: what a lock and an unlock keep.
    await proxy.call('ta.unownedKeep', { keyId });
    expect((await proxyOf(proxy)).ball.who).toBe('nobody');
    await proxy.call('ta.unownedRevoke', { keyId, confirm: keyId.slice(-8).toLowerCase() });
    await proxy.call('workspace.lock', {});
    await proxy.call('workspace.unlock', { passphrase: PASSPHRASE });

    const request = await makeRequest(proxy, false);
    signer.clock.advance(60_000);
    const { view } = await openRequest(signer, request);
    expect(view.faults).toEqual([]);
    expect(view.canSign).toBe(true);
    expect(view.unusual.join('\n')).toMatch(/this key belongs to remote\/one/);
    await take(proxy, await answeredBy(proxy, signer, request));
    expect((await signerOf(signer)).issued).toEqual([]);
    const after = await proxyOf(proxy);
    expect(after.unowned).toEqual([]);
    expect(after.children).toEqual([]);
    expect(after.ball.who).toBe('nobody');
    // The next one says nothing of it any more.
    await take(proxy, await answeredBy(proxy, signer, await makeRequest(proxy, false)));
    const actions = (await proxy.call('audit.list', { query: '', cursor: null, limit: 100 })).rows;
    expect(
      actions
        .filter(({ action }) => action.startsWith('ta.unowned'))
        .map(({ outcome }) => outcome)
        .toSorted(),
    ).toEqual(['done', 'done', 'done', 'refused', 'refused']);
  },
);

const missing = missingPeers('krillta');
const why = missing.length === 0 ? '' : ` SKIPPED: missing ${missing.join(', ')}; type npm run peers`;

test.skipIf(missing.length > 0)(
  `a real krillta revokes a key under that name${why}`,
  { timeout: 120_000 },
  async () => {
    const other = await testProxy(new Date());
    const real = krillta(join(signer.folder, 'krillta'));
    real.init(Buffer.from(other.idFile), Buffer.from(other.repositoryFile), TAL);
    const key = testKey();
    const resources = { asn: 'AS64496', ipv4: '192.0.2.0/24', ipv6: '' };
    const issue = { handle: 'one', resources, issue: [key], revoke: [] };
    real.process(await other.request([issue], new Date()));
    expect(real.show().toString('utf8')).toContain(`"${key.keyId}"`);
    const none = { asn: '', ipv4: '', ipv6: '' };
    const revoke = { handle: UNOWNED_HANDLE, resources: none, issue: [], revoke: [key.keyId] };
    const response = JSON.parse(real.process(await other.request([revoke], new Date())).toString('utf8')) as {
      response: { child_responses: Record<string, unknown>; objects: { issued: object } };
    };
    expect(response.response.child_responses[UNOWNED_HANDLE]).toEqual({
      [key.keyId]: { Revocation: { class_name: 'default', key: key.keyId } },
    });
    expect(response.response.objects.issued).toEqual({});
  },
);

test('a child that asks again for its key has it, and nothing is revoked', { timeout: 120_000 }, async () => {
  const { keyId, child, key, ask } = await forgottenChild();
  await proxy.call('ta.unownedRevoke', { keyId, confirm: keyId.slice(-8) });
  await addChild(proxy, child.requestXml, child.handle);
  // It is enrolled and has asked for nothing here: the key may be its own.
  expect((await proxyOf(proxy)).unowned).toMatchObject([{ keyId, mayBe: [child.handle] }]);
  await ask(await child.issue(key, PLACE));
  expect((await proxyOf(proxy)).unowned).toEqual([]);
  await take(proxy, await answeredBy(proxy, signer, await makeRequest(proxy, false)));
  expect((await signerOf(signer)).issued.map((one) => one.keyId)).toEqual([keyId]);
  expect((await proxyOf(proxy)).children[0]?.keys).toMatchObject([{ keyId, state: 'in-use' }]);
});
