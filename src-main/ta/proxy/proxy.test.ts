import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { wordsOf } from '../../lib/pgp-words.ts';
import { type TestApp, testApp } from '../../testing/test-app.ts';
import { testKey } from '../../testing/test-proxy.ts';
import {
  associate,
  associated,
  BASE,
  chosenFolder,
  endHalves,
  initProxy,
  makeRequest,
  openResponse,
  proxyFileOf,
  proxyOf,
  signerFor,
  signerInfoOf,
  take,
  twoHalves,
} from '../../testing/test-proxy-app.ts';
import { approve, exportTo, openRequest, signerOf } from '../../testing/test-signer.ts';
import { remoteChild } from '../../testing/test-remote-child.ts';
import { type ServedChild, servedChild } from '../../testing/test-served-child.ts';
import { nodeNet } from '../../testing/test-net.ts';

let proxy: TestApp;
let signer: TestApp;
let folder: string;
beforeEach(async () => {
  ({ proxy, signer, folder } = await twoHalves());
});
afterEach(endHalves);

/** Both clocks: exchanges are a second apart at least. */
function later(ms: number): void {
  proxy.clock.advance(ms);
  signer.clock.advance(ms);
}

/** The response of the signer to `request`, as it is carried back. */
async function responseTo(request: Buffer): Promise<Buffer> {
  later(60_000);
  const exchange = await approve(signer, request);
  proxy.clock.advance(60_000);
  const path = join(signer.folder, 'response.json');
  await exportTo(signer, 'response', path, exchange);
  return readFileSync(path);
}

const lastAudit = async (app: TestApp) => (await app.call('audit.list', { limit: 1 })).rows[0];

describe('set-up', () => {
  test('each step once, wrong files named, the fingerprint compared, an offline station has no proxy', async () => {
    await expect(signer.call('ta.proxyInit', {})).rejects.toThrow(/offline station holds the signer/);
    const { job } = await proxy.call('ta.makeRequest', { ask: false });
    expect(await proxy.ended(job)).toMatchObject({
      state: 'failed',
      error: { message: expect.stringMatching(/no trust anchor proxy/) as string },
    });
    await initProxy(proxy, folder);
    await expect(proxy.call('ta.proxyInit', {})).rejects.toThrow(/already initialised/);
    const idFile = await proxyFileOf(proxy, 'proxy-id');
    const openInfo = async (bytes: Uint8Array) =>
      proxy.call('ta.openSignerInfo', { blob: await proxy.blob('file.json', bytes, 'transfer') });
    await expect(openInfo(idFile)).rejects.toThrow(/is the identity of a proxy or signer/);
    await signerFor(proxy, signer);
    const info = await signerInfoOf(signer);
    const { sha256 } = (await signerOf(signer)).identity;
    await expect(
      associate(proxy, info, sha256.replace(/^./, sha256.startsWith('0') ? '1' : '0')),
    ).rejects.toThrow(/another fingerprint/);
    expect((await proxyOf(proxy)).signer).toBeNull();
    expect((await lastAudit(proxy))?.outcome).toBe('refused');
    await associate(proxy, info, sha256);
    const view = await proxyOf(proxy);
    expect(view).toMatchObject({ step: 'child', unpublished: false, warnings: [], airGapped: true });
    expect(view.signer?.number).toBe('1');
    // Until then it could be chosen anew.
    await expect(initRepository()).rejects.toThrow(/already has a repository/);
    // The same again is no second association; nobody signed the file, so it is compared again.
    await expect(associate(proxy, info, '')).rejects.toThrow(/fingerprint/i);
    await associate(proxy, info, sha256);
    const other = await testApp();
    try {
      await other.create('offline', 'Other');
      await signerFor(proxy, other);
      await expect(
        associate(proxy, await signerInfoOf(other), (await signerOf(other)).identity.sha256),
      ).rejects.toThrow(/different associated signer/);
    } finally {
      await other.remove();
    }
  });

  async function initRepository(): Promise<unknown> {
    return proxy.call('ta.proxyFolder', {
      folder: await chosenFolder(proxy, folder),
      base: BASE,
      notify: null,
    });
  }
});

describe('exchanges', () => {
  let child: ServedChild['child'];
  let key: ServedChild['key'];
  let uri: ServedChild['uri'];
  let send: ServedChild['send'];
  let ask: ServedChild['ask'];
  beforeEach(async () => {
    await associated(proxy, signer, folder);
    ({ child, key, uri, send, ask } = await servedChild(proxy));
  });

  test('a remote child: 1104, 1101, the certificate once; then its key is revoked and it is removed', async () => {
    expect(await ask({ type: 'list' })).toMatchObject({
      classes: [{ className: 'default', certificates: [] }],
    });
    const wish = await child.issue(key, 'rsync://child.example.net/repo/one/');
    expect(await ask(wish)).toMatchObject({ type: 'error_response', status: 1104 });
    expect(await ask(wish)).toMatchObject({ type: 'error_response', status: 1101 });
    const request = await makeRequest(proxy);
    await expect(makeRequest(proxy)).rejects.toThrow(/already has a signer request/);
    expect(await proxyFileOf(proxy, 'request')).toEqual(request);
    const response = await responseTo(request);
    const { view } = await openResponse(proxy, response);
    expect(view).toMatchObject({
      canPublish: true,
      faults: [],
      number: { before: '1', after: '2' },
      answers: [{ child: 'remote/one', what: 'issued' }],
      objects: { added: [`${key.keyId}.cer`], unchanged: 0 },
    });
    expect(view.timing.filter(({ differs }) => differs)).toEqual([]);
    await take(proxy, response);
    expect((await proxyOf(proxy)).warnings).toEqual([]);
    expect(existsSync(join(folder, 'rsync', `${key.keyId}.cer`))).toBe(true);
    await expect(openResponse(proxy, response)).rejects.toThrow(/already processed on/);
    expect(await ask(wish)).toMatchObject({ type: 'issue_response' });
    expect(await ask({ type: 'list' })).toMatchObject({ classes: [{ certificates: [{}] }] });
    expect(await ask({ type: 'revoke', className: 'default', keyId: '00'.repeat(20) })).toMatchObject({
      status: 1302,
    });
    await proxy.call('ta.childRemove', { handle: child.handle, confirm: child.handle });
    expect((await proxyOf(proxy)).children).toMatchObject([{ leaving: true, keys: [{ state: 'revoking' }] }]);
    const second = await responseTo(await makeRequest(proxy));
    await take(proxy, second);
    expect((await proxyOf(proxy)).children).toEqual([]);
    const { rows } = await proxy.call('ta.exchanges', {});
    expect(rows.map(({ half, issued, revoked }) => [half, issued, revoked])).toEqual([
      ['proxy', 0, 1],
      ['proxy', 1, 0],
    ]);
    for (const { id } of rows) expect(await proxy.call('ta.exchange', { id })).toMatchObject({ holds: true });
  });

  test('strangers, other messages and earlier ones are refused and change nothing', async () => {
    const stranger = await remoteChild('remote/one', proxy.clock.now());
    expect((await send(await stranger.message({ type: 'list' }, proxy.clock.now()))).status).toBe(403);
    expect((await send(Buffer.from('garbage'))).status).toBe(403);
    const early = await child.message({ type: 'list' }, new Date(proxy.clock.now().getTime() - 60_000));
    expect(await ask({ type: 'list' })).toMatchObject({ type: 'list_response' });
    expect((await send(early)).status).toBe(400);
    const get = await nodeNet.request({
      method: 'GET',
      url: uri.replace(/\/rfc6492.*/, '/ta/ta.tal'),
      trust: 'system',
      timeoutMs: 5000,
      maxBytes: 10_000,
    });
    expect(Buffer.from(get.body).toString()).toContain('rsync://rpki.example.net/ta/ta.cer');
    const { running } = await proxy.call('ta.service', {});
    expect(running).toMatchObject({ refused: 3 });
  });

  test('the same octets again are refused, in the second they were signed as well, and eat no delivery', async () => {
    const wish = await child.issue(key, 'rsync://child.example.net/repo/one/');
    proxy.clock.advance(1000);
    const message = await child.message(wish, proxy.clock.now());
    expect((await send(message)).status).toBe(200);
    expect((await send(message)).status).toBe(400);
    await take(proxy, await responseTo(await makeRequest(proxy)));
    expect((await send(message)).status).toBe(400);
    expect(await ask(wish)).toMatchObject({ type: 'issue_response' });
  });

  test('a child has a bounded number of open wishes', async () => {
    const replies: unknown[] = [];
    for (let at = 0; at < 18; at += 1)
      replies.push(await ask(await child.issue(testKey(), 'rsync://child.example.net/repo/one/')));
    expect(replies.filter((reply) => (reply as { status?: number }).status === 1104)).toHaveLength(16);
    expect(replies.at(-1)).toMatchObject({ type: 'error_response', status: 2001 });
  });

  test('a withdrawn request refuses its response with the date; what the signer issued for it is called unusual', async () => {
    const wish = await child.issue(key, 'rsync://child.example.net/repo/one/');
    await ask(wish);
    const lost = await responseTo(await makeRequest(proxy));
    await proxy.call('ta.cancelRequest', { reason: 'the stick was lost' });
    await expect(openResponse(proxy, lost)).rejects.toThrow(/withdrawn on/);
    const again = await makeRequest(proxy);
    const seen = await openRequest(signer, again);
    expect(seen.view.unusual.join()).toMatch(/may never have used the last response/);
    const { view } = await openResponse(proxy, lost);
    expect(view.canPublish).toBe(false);
    expect(view.faults[0]?.text).toMatch(/withdrawn on/);
    const response = await responseTo(again);
    const review = await openResponse(proxy, response);
    expect(review.view.unusual).toEqual([expect.stringMatching(/skipped 1 number/)]);
    await take(proxy, response);
    expect((await proxyOf(proxy)).signer?.number).toBe('3');
  });

  test('signing anew keeps the nonce of the same wishes and changes it for others', async () => {
    const first = JSON.parse((await makeRequest(proxy)).toString('utf8')) as { request: { nonce: string } };
    later(60_000);
    await proxy.result(await proxy.call('ta.refreshRequest', {}));
    const same = JSON.parse((await proxyFileOf(proxy, 'request')).toString('utf8')) as typeof first;
    expect(same.request).toEqual(first.request);
    await ask(await child.issue(key, 'rsync://child.example.net/repo/one/'));
    expect((await proxyOf(proxy)).open?.outdated).toHaveLength(1);
    await proxy.result(await proxy.call('ta.refreshRequest', {}));
    const other = JSON.parse((await proxyFileOf(proxy, 'request')).toString('utf8')) as typeof first;
    expect(other.request.nonce).not.toBe(first.request.nonce);
    const { open } = await proxyOf(proxy);
    expect(open?.outdated).toEqual([]);
    expect(open?.words).toEqual(wordsOf(open?.sha256 ?? ''));
  });
});
