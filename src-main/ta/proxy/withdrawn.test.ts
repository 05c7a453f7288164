/** A request that is withdrawn at the proxy and signed all the same: the way on. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TestApp } from '../../testing/test-app.ts';
import {
  answeredBy,
  associate,
  associatedHalves,
  endHalves,
  makeRequest,
  openResponse,
  proxyFileOf,
  proxyOf,
  signerInfoOf,
  take,
} from '../../testing/test-proxy-app.ts';
import { servedChild } from '../../testing/test-served-child.ts';
import { openRequest, signerOf } from '../../testing/test-signer.ts';

let proxy: TestApp;
let signer: TestApp;
beforeEach(async () => {
  ({ proxy, signer } = await associatedHalves());
});
afterEach(endHalves);

const withdraw = () => proxy.call('ta.cancelRequest', { reason: 'the stick was lost' });
const PLACE = 'rsync://child.example.net/repo/one/';

describe('signed all the same', { timeout: 240_000 }, () => {
  test('a revocation: the next request cannot be signed until signer-info.json is taken over', async () => {
    const { child, key, ask } = await servedChild(proxy);
    const wish = await child.issue(key, PLACE);
    await ask(wish);
    await take(proxy, await answeredBy(proxy, signer, await makeRequest(proxy, false)));
    expect(await ask(wish)).toMatchObject({ type: 'issue_response' });
    const revoke = { type: 'revoke', className: 'default', keyId: key.keyId } as const;
    expect(await ask(revoke)).toMatchObject({ status: 1104 });
    const late = await answeredBy(proxy, signer, await makeRequest(proxy, false));
    await withdraw();
    await expect(openResponse(proxy, late).then(({ id }) => id)).rejects.toThrow(
      /withdrawn on .*take its signer-info\.json over/,
    );
    // It is remembered until that is done.
    const { infoWanted, ball } = await proxyOf(proxy);
    expect(infoWanted).toMatch(/^The signer signed a withdrawn request all the same, as number 3;/);
    expect(ball).toEqual({ who: 'proxy', text: infoWanted });
    const second = await makeRequest(proxy, false);
    expect((await proxyOf(proxy)).ball.who).toBe('courier');
    signer.clock.advance(60_000);
    const { view } = await openRequest(signer, second);
    expect(view.children[0]?.wishes[0]?.problems[0]?.text).toMatch(
      /cannot be revoked: .*take signer-info\.json of this signer over on the proxy/,
    );
    const info = await signerInfoOf(signer);
    const blob = await proxy.blob('signer-info.json', info, 'transfer');
    const { info: opened } = await proxy.call('ta.openSignerInfo', { blob });
    // Which key lost what is named before it is taken over.
    expect((await proxy.call('ta.signerInfo', { id: opened })).changes).toMatchObject([
      { what: 'Manifest number', before: '2', after: '3' },
      { what: `${child.handle}, key ${key.keyId.slice(0, 8)}…`, after: 'none' },
    ]);
    await associate(proxy, info, (await signerOf(signer)).identity.sha256);
    expect((await proxyOf(proxy)).open?.outdated).not.toEqual([]);
    expect((await proxyOf(proxy)).ball).toMatchObject({
      who: 'proxy',
      text: expect.stringMatching(
        /^This request no longer fits: .* Sign it anew, or withdraw it\.$/,
      ) as string,
    });
    await proxy.result(await proxy.call('ta.refreshRequest', {}));
    expect((await proxyOf(proxy)).ball.who).toBe('courier');
    await take(proxy, await answeredBy(proxy, signer, await proxyFileOf(proxy, 'request')));
    expect((await proxyOf(proxy)).infoWanted).toBeNull();
    expect(await ask(revoke)).toMatchObject({ type: 'revoke_response' });
    expect((await signerOf(signer)).issued).toEqual([]);
  });

  test('a certificate of a child that was removed meanwhile is revoked with the next exchange but one', async () => {
    const { child, key, ask } = await servedChild(proxy);
    await ask(await child.issue(key, PLACE));
    await answeredBy(proxy, signer, await makeRequest(proxy, false));
    await withdraw();
    await proxy.call('ta.childRemove', { handle: child.handle, confirm: child.handle });
    expect((await proxyOf(proxy)).children).toMatchObject([{ handle: child.handle }]);
    const response = await answeredBy(proxy, signer, await makeRequest(proxy, false));
    const { view } = await openResponse(proxy, response);
    expect(view.unusual.join('\n')).toMatch(/remote\/one: there is a certificate for key/);
    await take(proxy, response);
    expect((await signerOf(signer)).issued).toHaveLength(1);
    await take(proxy, await answeredBy(proxy, signer, await makeRequest(proxy, false)));
    expect((await signerOf(signer)).issued).toEqual([]);
    expect((await proxyOf(proxy)).children).toEqual([]);
  });
});
