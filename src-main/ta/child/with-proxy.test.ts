import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../testing/test-app.ts';
import {
  ALL,
  associated,
  BASE,
  endHalves,
  makeRequest,
  NOTIFY,
  proxyFileOf,
  proxyOf,
  take,
  twoHalves,
} from '../../testing/test-proxy-app.ts';
import { addSigner } from '../../testing/real-signers.ts';
import { describeSoftHsm, PIN, softhsm } from '../../testing/softhsm.ts';
import { addLocal } from '../../testing/test-service.ts';
import { approve, exportTo, signerOf } from '../../testing/test-signer.ts';
import { readRepositoryResponseXml } from '../../rpki/setup-xml.ts';

let proxy: TestApp;
let signer: TestApp;
let folder: string;
beforeEach(async () => {
  ({ proxy, signer, folder } = await twoHalves());
});
afterEach(endHalves);

async function child() {
  const [found] = (await proxy.call('ta.localChildren', {})).children;
  if (found === undefined) throw new Error('no child');
  return found;
}

/** One exchange: the request is carried to the signer, the response back. */
async function exchange(): Promise<void> {
  const request = await makeRequest(proxy);
  proxy.clock.advance(60_000);
  signer.clock.advance(60_000);
  const id = await approve(signer, request);
  proxy.clock.advance(60_000);
  const path = join(signer.folder, 'response.json');
  await exportTo(signer, 'response', path, id);
  await take(proxy, readFileSync(path));
}

async function written(what: 'online' | 'child-request' | 'pub-req' | 'repo-res'): Promise<Buffer> {
  const path = join(proxy.folder, what);
  proxy.places.push(path);
  const { chosen } = await proxy.call('dialogs.saveFile', { purpose: 'export', suggestedName: what });
  await proxy.call('ta.localExport', {
    handle: 'online',
    what,
    target: chosen?.ticket ?? '',
    overwrite: true,
  });
  return readFileSync(path);
}

const localFile = async (name: string, bytes: Uint8Array) =>
  proxy.call('ta.localConfigure', { handle: 'online', blob: await proxy.blob(name, bytes, 'transfer') });

/** Where the one child publishes, and what lies there. */
const own = (): string => join(folder, 'rsync', 'online', '0');
const laid = (): string[] => readdirSync(own());

test(
  'a child below the real proxy, by files: pending, certified by an exchange, rolled, the old key revoked (S001-1, 2, 3, 7)',
  { timeout: 120_000 },
  async () => {
    await associated(proxy, signer, folder);
    const nothing = proxy.call('ta.localAdd', {
      handle: 'online',
      resources: { asn: '', ipv4: '', ipv6: '' },
    });
    await expect(nothing).rejects.toThrow(/at least one AS number or address range/);
    expect((await proxy.call('ta.localChildren', {})).children).toEqual([]);
    await proxy.result(await proxy.call('ta.localCreate', { handle: 'online' }));
    await expect(proxy.call('ta.localConnect', { handle: 'online' })).rejects.toThrow(/add it there first/);
    // online.json to the trust anchor, res.xml back (T-030).
    const { info } = await proxy.call('ta.openChildInfo', {
      blob: await proxy.blob('online.json', await written('online'), 'transfer'),
    });
    await proxy.call('ta.childAdd', { from: { kind: 'file', id: info }, handle: 'online', resources: ALL });
    await localFile('res.xml', await proxyFileOf(proxy, 'parent-response', 'online'));
    // The folder's own answer (T-023).
    const answer = await written('repo-res');
    expect(readRepositoryResponseXml(answer)).toMatchObject({
      publisherHandle: 'online',
      siaBase: `${BASE}online/`,
      rrdpNotificationUri: NOTIFY,
    });
    await localFile('repo-res.xml', answer);
    await expect(localFile('repo-res.xml', answer)).rejects.toThrow(/has a repository already/);
    const entry = (await proxy.call('audit.list', { limit: 1 })).rows[0];
    expect(entry).toMatchObject({ action: 'ta.localConfigure', outcome: 'refused' });
    expect(await child()).toMatchObject({
      resources: [],
      parent: { handle: 'ta' },
      keys: [{ state: 'pending', csr: true }],
    });
    expect((await proxyOf(proxy)).children).toMatchObject([{ handle: 'online', local: true }]);

    const ask = async () => (await proxy.call('ta.localAsk', { handle: 'online' })).told[0]?.says ?? '';
    expect(await ask()).toMatch(/\(1104\)/);
    expect(await ask()).toMatch(/\(1101\)/);
    await exchange();
    // Fetched by itself (T-007), and nothing more to ask.
    expect(await child()).toMatchObject({ step: 'running', keys: [{ state: 'active', number: '1' }] });
    expect(await ask()).toMatch(/^Nothing to ask/);
    expect((await proxyOf(proxy)).children).toMatchObject([{ keys: [{ state: 'in-use', waiting: false }] }]);
    expect(laid()).toHaveLength(2);

    const wanted = async () => {
      const { wants, ball } = await proxyOf(proxy);
      return { ...wants, ball };
    };
    expect(await wanted()).toMatchObject({ wishes: [], activate: [], ball: { who: 'nobody' } });
    await proxy.call('ta.localRoll', { handle: 'online', step: 'start' });
    expect(await wanted()).toEqual({
      wishes: [expect.stringMatching(/^online wants a certificate for key/)],
      activate: [],
      ball: { who: 'proxy', text: 'One wish waits for a request: make one.' },
    });
    await exchange();
    expect(await wanted()).toMatchObject({
      wishes: [],
      activate: ['online'],
      ball: { who: 'proxy', text: expect.stringMatching(/^The new key of online .*activate it/) },
    });
    expect((await child()).keys.map(({ state }) => state)).toEqual(['active', 'new']);
    const onOverview = async () =>
      (await proxy.call('overview.get', {})).attention.filter(({ subject }) => subject === 'Child online');
    expect(await onOverview()).toMatchObject([{ detail: 'Activate the new key: its certificate is here.' }]);
    expect(laid()).toHaveLength(4);
    await proxy.call('ta.localRoll', { handle: 'online', step: 'activate' });
    expect(await onOverview()).toEqual([]);
    expect((await wanted()).wishes).toEqual([expect.stringMatching(/^online wants its old key .* revoked$/)]);
    await ask();
    // Asked: it is the proxy's to carry now, and not counted twice.
    expect(await wanted()).toMatchObject({ wishes: [], ball: { text: expect.stringMatching(/^One wish/) } });
    expect((await proxyOf(proxy)).waiting).toEqual([
      expect.stringMatching(/^online asked for the revocation of key [0-9A-F]{8}…$/),
    ]);
    await exchange();
    await proxy.call('ta.childResources', { handle: 'online', resources: { ...ALL, asn: 'AS64496' } });
    expect((await wanted()).wishes).toEqual([
      expect.stringMatching(/^online wants a certificate for other resources/),
    ]);
    // It keeps what it has until it asks, which nobody can do for it; then it waits for the exchange.
    const more = async () => {
      const { children, warnings } = await proxyOf(proxy);
      return [children[0]?.overhang.map(({ asked }) => asked), warnings.map(({ text }) => text).join(' ')];
    };
    expect(await more()).toEqual([
      [false],
      expect.stringMatching(/online holds .*: only the child can ask .* let it ask, then make a request\./),
    ]);
    await ask();
    expect(await more()).toEqual([
      [true],
      expect.stringMatching(/it has asked .* the next exchange brings\./),
    ]);
    await proxy.call('ta.childResources', { handle: 'online', resources: ALL });
    expect((await child()).keys.map(({ state }) => state)).toEqual(['active']);
    expect(laid()).toHaveLength(2);
    expect(await signerOf(signer)).toMatchObject({ number: '4', revoked: 1, issued: [{ child: 'online' }] });
    expect(await proxy.call('audit.verify', { written: '' })).toMatchObject({ faults: [] });
  },
);

test(
  'within one workspace it is connected without files, and stays fresh over locking',
  { timeout: 120_000 },
  async () => {
    await associated(proxy, signer, folder);
    await proxy.result(await proxy.call('ta.localCreate', { handle: 'online' }));
    await proxy.call('ta.childAdd', {
      from: { kind: 'local', handle: 'online' },
      handle: 'online',
      resources: ALL,
    });
    const { says } = await proxy.call('ta.localConnect', { handle: 'online' });
    expect(says).toBe(`online has its parent and publishes at ${BASE}online/.`);
    await exchange();
    expect(await child()).toMatchObject({ step: 'running', warnings: [] });
    const manifest = join(own(), laid().find((name) => name.endsWith('.mft')) ?? '');
    const before = readFileSync(manifest);
    await proxy.later(50 * 86_400_000);
    // Made anew right after unlocking, and published.
    while ((await child()).keys[0]?.number !== '2') await new Promise(setImmediate);
    while (!existsSync(manifest) || readFileSync(manifest).equals(before)) await new Promise(setImmediate);
    // Until it is known to be out, it is called not out.
    while ((await child()).warnings.length > 0) await new Promise(setImmediate);
    expect((await proxyOf(proxy)).warnings).toEqual([]);
  },
);

test(
  'a child that was removed says so, publishes nothing, is asked for nothing, and goes with its keys',
  { timeout: 120_000 },
  async () => {
    await associated(proxy, signer, folder);
    await addLocal(proxy, 'online');
    await exchange();
    expect(await child()).toMatchObject({ step: 'running' });
    const end = (confirm = 'online') => proxy.call('ta.localRemove', { handle: 'online', confirm });
    await expect(end()).rejects.toThrow(/is a child of the trust anchor. Remove it there first/);
    await proxy.call('ta.childRemove', { handle: 'online', confirm: 'online' });
    await expect(end()).rejects.toThrow(/Delete it after that/);
    expect(await child()).toMatchObject({
      step: 'leaving',
      next: expect.stringMatching(/make an exchange, which revokes its keys/) as string,
      roll: null,
      keys: [{ state: 'active', renewFrom: null }],
    });
    await exchange();
    expect(await child()).toMatchObject({
      ...{ step: 'removed', resources: [], publishes: [], warnings: [], roll: null },
      next: expect.stringMatching(/was removed from the trust anchor/) as string,
      keys: [{ state: 'revoked', renewFrom: null, remakeFrom: null, number: null }],
    });
    expect(existsSync(own())).toBe(false);
    expect((await proxy.call('ta.localAsk', { handle: null })).told).toEqual([]);
    const [said] = (await proxy.call('ta.localAsk', { handle: 'online' })).told;
    expect(said?.says).toMatch(/was removed/);
    await expect(end('other')).rejects.toThrow(/Type the handle/);
    const keys = async () => (await proxy.call('keys.list', { query: '', cursor: null, limit: 50 })).total;
    const before = await keys();
    await end();
    expect((await proxy.call('ta.localChildren', {})).children).toEqual([]);
    expect(await keys()).toBe(before - 2);
    expect((await proxyOf(proxy)).warnings).toEqual([]);
    // The handle is free again, for another child.
    await addLocal(proxy, 'online');
    expect(await child()).toMatchObject({ keys: [{ state: 'pending' }] });
  },
);

describeSoftHsm('with a token beside software', () => {
  test('who holds the keys of a child is chosen when it is added', { timeout: 120_000 }, async () => {
    const hsm = softhsm();
    const live = await testApp({ live: true });
    const station = await testApp({ live: true });
    try {
      await station.create('offline', 'Station');
      await live.create('online', 'Proxy with a token');
      mkdirSync(join(live.folder, 'published'));
      await associated(live, station, join(live.folder, 'published'));
      hsm.addToken('My token 1');
      const token = await addSigner(live, 'SoftHSMv2', hsm.settings('My token 1'), PIN);
      const add = async (handle: string, more: object) =>
        live.result(await live.call('ta.localAdd', { handle, resources: ALL, ...more }));
      await add('here', { signer: 'software' });
      await add('there', { signer: token });
      await add('usual', {});
      const { rows } = await live.call('keys.list', { limit: 100 });
      const of = (handle: string) =>
        rows.filter(({ label }) => label.startsWith(`Child ${handle}`)).map((key) => key.signer);
      expect(of('here')).toEqual(['software', 'software']);
      expect(of('there')).toEqual([token, token]);
      // Nobody chose: the default signer.
      expect(of('usual')).toEqual([token, token]);
    } finally {
      await Promise.all([live.remove(), station.remove()]);
      await hsm.remove();
    }
  });
});
