/** A file that was written here is called that only while it is what would be written now. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StickOrder } from '#shared/contract/ta-stick.ts';
import type { TestApp } from '../../testing/test-app.ts';
import { ALL, associateWith, proxyFileOf, TAL } from '../../testing/test-proxy-app.ts';
import { remoteChild } from '../../testing/test-remote-child.ts';
import { dateOf } from '../../testing/test-signer.ts';
import { judgeFile } from './judge-file.ts';
import type { Situation } from './situation.ts';
import {
  open,
  SLOW,
  stateOf,
  type TestStation,
  testStation,
  write,
  writeDue,
} from '../../testing/test-station.ts';

let station: TestStation;
let proxy: TestApp;
let signer: TestApp;
beforeEach(async () => {
  station = testStation();
  ({ proxy, signer } = await station.startAssociated());
}, SLOW);
afterEach(() => station.end());

const atProxy = (what: 'certificate' | 'tal' | 'proxy-id' | 'proxy-repo'): StickOrder => ({
  half: 'proxy',
  what,
  child: null,
});

test(
  'ta.cer and ta.tal from before a reissue are stale at both halves, and newer ones wait at the proxy',
  async () => {
    for (const what of ['certificate', 'tal'] as const) await write(proxy, atProxy(what));
    for (const app of [proxy, signer])
      for (const name of ['ta.cer', 'ta.tal']) expect(await stateOf(app, name)).toMatch(/^own: /);
    const [cer, tal] = ['ta.cer', 'ta.tal'].map((name) => readFileSync(join(station.place, name)));
    station.later(60_000);
    await signer.result(
      await signer.call('ta.reissue', {
        https: [TAL.https, 'https://mirror.example.net/ta/ta.cer'],
        rsync: TAL.rsync,
        notify: null,
        years: 100,
        today: dateOf(signer),
      }),
    );
    const CER = /^stale: Another ta\.cer was made on .*, and this one is of .*\. Write it anew\.$/;
    const LACKS =
      /^stale: Not the locator of this trust anchor as it was made on .*: it lacks https:\/\/mirror\.example\.net\/ta\/ta\.cer\. Write it anew\.$/;
    expect(await stateOf(signer, 'ta.cer')).toMatch(CER);
    const inspected = async (app: TestApp, bytes: Uint8Array) => {
      const { id } = await app.call('inspect.blob', { blob: await app.blob('ta.cer', bytes, 'inspect') });
      return (await app.call('inspect.known', { id })).anchors;
    };
    expect(await inspected(signer, cer ?? Buffer.of())).toEqual([
      { item: 0, severity: 'careful', says: expect.stringMatching(/^Another ta\.cer was made on /) },
    ]);
    expect(await inspected(proxy, cer ?? Buffer.of())).toMatchObject([{ item: 0, severity: 'good' }]);
    expect(await stateOf(signer, 'ta.tal')).toMatch(LACKS);
    // What is stale is replaced at once. The proxy does not know the new one yet.
    await write(signer, { half: 'signer', what: 'certificate', id: null });
    expect(await stateOf(signer, 'ta.cer')).toMatch(/^own: /);
    expect(await stateOf(proxy, 'ta.cer')).toMatch(/^later: .*take over signer-info\.json first\.$/);
    await associateWith(proxy, signer);
    expect(await stateOf(proxy, 'ta.cer')).toMatch(/^own: /);
    station.put('ta.cer', cer ?? '');
    station.put('ta.tal', tal ?? '');
    expect(await stateOf(proxy, 'ta.cer')).toMatch(CER);
    expect(await stateOf(proxy, 'ta.tal')).toMatch(LACKS);
  },
  SLOW,
);

test(
  'res.xml with another address than children are told now is stale, and due anew; of a removed child it is stale too',
  async () => {
    const child = await remoteChild('remote', proxy.clock.now());
    station.put('child-request.xml', child.requestXml);
    const { id } = await open(proxy, 'child-request.xml');
    await proxy.call('ta.childAdd', { from: { kind: 'file', id }, handle: 'remote', resources: ALL });
    expect(await writeDue(proxy)).toEqual(['res.xml']);
    expect(await stateOf(proxy, 'res.xml')).toMatch(/^own: /);
    const offered = async () => (await proxy.call('ta.sticks', {})).offers[0]?.sha256;
    const before = await offered();
    await proxy.call('ta.setService', { host: '127.0.0.1', port: 7843, publicUri: null, certificate: null });
    expect(await stateOf(proxy, 'res.xml')).toMatch(
      /^stale: It names another address: service_uri is http:\/\/127\.0\.0\.1:3492\/.*, and children of this proxy send to http:\/\/127\.0\.0\.1:7843\/.*\. Write it anew\.$/,
    );
    expect(await offered()).not.toBe(before);
    expect(await writeDue(proxy)).toEqual(['res.xml']);
    expect(await stateOf(proxy, 'res.xml')).toMatch(/^own: /);
    await proxy.call('ta.childRemove', { handle: 'remote', confirm: 'remote' });
    expect(await stateOf(proxy, 'res.xml')).toMatch(/^stale: .*which is no child here any more\.$/);
  },
  SLOW,
);

test(
  'repo-res.xml with another place than was taken is stale',
  async () => {
    await proxy.result(await proxy.call('ta.localCreate', { handle: 'online' }));
    await write(proxy, { half: 'child', what: 'online', child: 'online' });
    await write(proxy, { half: 'child', what: 'repo-res', child: 'online' });
    const { id } = await open(proxy, 'online.json');
    await proxy.call('ta.childAdd', { from: { kind: 'file', id }, handle: 'online', resources: ALL });
    await proxy.call('ta.localConnect', { handle: 'online' });
    expect(await stateOf(proxy, 'repo-res.xml')).toMatch(/^done: /);
    const path = join(station.place, 'repo-res.xml');
    expect(existsSync(path)).toBe(true);
    station.put('repo-res.xml', readFileSync(path, 'utf8').replace('notification.xml', 'other.xml'));
    expect(await stateOf(proxy, 'repo-res.xml')).toMatch(
      /^stale: Not the repository that was taken: rrdp_notification_uri is https:.*\/other\.xml, and the child has https:.*\/notification\.xml/,
    );
  },
  SLOW,
);

test(
  'a file from anywhere is told as one on a stick is, and nothing is on record of it',
  async () => {
    const judged = async (app: TestApp, name: string, bytes: Uint8Array) =>
      app.call('ta.judgeFile', { blob: await app.blob(name, bytes, 'transfer') });
    const id = await proxyFileOf(proxy, 'proxy-id');
    const entries = async () => (await proxy.call('audit.list', { limit: 1 })).total;
    const before = await entries();
    expect(await judged(proxy, 'proxy-id.json', id)).toEqual({
      state: 'own',
      says: "The identity of this proxy: carry it to the signer's machine.",
    });
    expect((await judged(signer, 'proxy-id.json', id)).state).toBe('done');
    expect((await judged(proxy, 'notes.json', Buffer.from('{"a":1}'))).state).toBe('unexpected');
    expect(await entries()).toBe(before);
  },
  SLOW,
);

test('an identity file with another certificate for the same key is stale, for a proxy and for its request to a server', () => {
  const situation = {
    signer: null,
    proxy: { identity: 'AB', identitySha256: '11', children: new Map() },
    children: [],
    setup: null,
    settingUp: false,
  } as unknown as Situation;
  const judged = (kind: 'proxy-id' | 'publisher-request', identitySha256: string): string => {
    const facts = { kind, handle: 'ta', keyId: 'AB', identitySha256 };
    const name = kind === 'proxy-id' ? 'proxy-id.json' : 'pub-req.xml';
    return judgeFile({ name, sha256: '', facts }, situation, new Date()).state;
  };
  expect([judged('proxy-id', '11'), judged('proxy-id', '22')]).toEqual(['own', 'stale']);
  expect([judged('publisher-request', '11'), judged('publisher-request', '22')]).toEqual(['own', 'stale']);
});
