import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { testKey, testProxy } from '../testing/test-proxy.ts';
import { approve, exportTo, groupsOf, openRequest, setUpSigner } from '../testing/test-signer.ts';

let app: TestApp;
beforeEach(async () => {
  app = await testApp();
  await app.create('offline');
});
afterEach(() => app.remove());

const RESOURCES = { asn: 'AS64496', ipv4: '192.0.2.0/24', ipv6: '' };

async function enrolled() {
  const proxy = await testProxy(app.clock.now());
  await setUpSigner(app, {
    proxyId: { name: 'proxy-id.json', text: proxy.idFile },
    fingerprint: proxy.fingerprint,
    repository: { name: 'proxy-repo.json', text: proxy.repositoryFile },
    https: 'https://rpki.example.net/ta/ta.cer',
    rsync: 'rsync://rpki.example.net/ta/ta.cer',
  });
  return proxy;
}

const signer = async () => (await app.call('ta.signer', {})).signer;

test('a workspace restored from before an exchange says so, and its numbers never go back', async () => {
  const proxy = await enrolled();
  const restore = await app.backup();
  const request = await proxy.request(
    [{ handle: 'a', resources: RESOURCES, issue: [testKey()], revoke: [] }],
    app.clock.now(),
  );
  await approve(app, request);
  expect((await signer())?.number).toBe('2');

  await restore();
  const restored = await signer();
  expect(restored?.number).toBe('1');
  expect(restored?.warnings[0]).toMatchObject({ severity: 'bad' });
  expect(restored?.warnings[0]?.text).toMatch(/number 2 was signed here before.*next number will be 3/);
  const { attention } = await app.call('overview.get', {});
  expect(attention[0]).toMatchObject({ subject: 'Trust anchor', severity: 'bad' });
  // Krill's proxy waits for this very nonce: it may be answered again, upwards, and the review says what it is.
  app.clock.advance(60_000);
  const { id, view } = await openRequest(app, request);
  expect(view.unusual[0]).toMatch(/^This signer was restored: numbers up to 2 were signed here/);
  expect(view.unusual[1]).toMatch(/lost with a restore/);
  expect(view.verdict.checks).toContainEqual({ ok: false, text: 'its nonce was answered before' });
  await app.result(
    await app.call('ta.approve', { id, groups: groupsOf(request, view.groups), number: null }),
  );
  expect(await signer()).toMatchObject({ number: '3', warnings: [] });
  // Whoever closes now is told at the next unlocking.
  const waiting = { severity: 'careful', text: 'has a response for the proxy' };
  expect((await app.call('overview.get', {})).attention).toContainEqual(expect.objectContaining(waiting));
  const { rows } = await app.call('ta.exchanges', {});
  await exportTo(app, 'response', join(app.folder, 'response.json'), rows[0]?.id ?? null);
  expect((await app.call('overview.get', {})).attention).not.toContainEqual(expect.objectContaining(waiting));
});

test('two approvals of one request at the same time: one response, the other changes nothing', async () => {
  const proxy = await enrolled();
  const request = await proxy.request(
    [{ handle: 'a', resources: RESOURCES, issue: [testKey()], revoke: [] }],
    app.clock.now(),
  );
  app.clock.advance(60_000);
  const [one, two] = [await openRequest(app, request), await openRequest(app, request)];
  const jobs = await Promise.all(
    [one, two].map(({ id, view }) =>
      app.call('ta.approve', { id, groups: groupsOf(request, view.groups), number: null }),
    ),
  );
  const ended = await Promise.all(jobs.map(({ job }) => app.ended(job)));
  expect(ended.map(({ state }) => state).toSorted()).toEqual(['done', 'failed']);
  expect((await app.call('ta.exchanges', {})).total).toBe(1);
  expect((await signer())?.number).toBe('2');
});

test('a clock between the beginning of the request and its signing signs nothing, and does so from that second on', async () => {
  const proxy = await enrolled();
  app.clock.advance(60_000);
  // Valid from five minutes before it: this clock is behind by four, after the last exchange, and within what clocks may differ.
  const signedAt = new Date(app.clock.now().getTime() + 4 * 60_000);
  const request = await proxy.request(
    [{ handle: 'a', resources: RESOURCES, issue: [testKey()], revoke: [] }],
    signedAt,
  );
  const behind = await openRequest(app, request);
  expect(behind.view.canSign).toBe(false);
  expect(behind.view.faults.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^this machine's clock says .*, which is before the request was signed/),
  ]);
  await expect(
    app.call('ta.approve', {
      id: behind.id,
      groups: groupsOf(request, behind.view.groups),
      number: null,
    }),
  ).rejects.toMatchObject({ code: 'NOT_ALLOWED_NOW' });
  expect((await signer())?.number).toBe('1');
  app.clock.set(signedAt.toISOString());
  expect((await openRequest(app, request)).view).toMatchObject({ faults: [], canSign: true });
});

test('one wish that cannot be signed is named with its child, key and clause; the rest is not signed either', async () => {
  const proxy = await enrolled();
  const stranger = testKey();
  const request = await proxy.request(
    [
      { handle: 'good', resources: RESOURCES, issue: [testKey()], revoke: [] },
      { handle: 'wrong', resources: RESOURCES, issue: [], revoke: [stranger.keyId] },
    ],
    app.clock.now(),
  );
  app.clock.advance(60_000);
  const { id, view } = await openRequest(app, request);
  expect(view.verdict.title).toMatch(/one wish makes the whole of it fail/);
  const wrong = view.children.find(({ handle }) => handle === 'wrong')?.wishes[0];
  expect(wrong?.problems[0]?.text).toMatch(/cannot be revoked/);
  expect(view.children.find(({ handle }) => handle === 'good')?.wishes[0]?.problems).toEqual([]);
  await expect(
    app.call('ta.approve', { id, groups: groupsOf(request, view.groups), number: null }),
  ).rejects.toMatchObject({ code: 'NOT_ALLOWED_NOW' });
});

test('a child that has a certificate and is not in the request is named in the verdict, and unusual once it is due', async () => {
  const proxy = await enrolled();
  const [one, two] = [testKey(), testKey()];
  const child = (handle: string, key: typeof one) => ({
    handle,
    resources: RESOURCES,
    issue: [key],
    revoke: [],
  });
  await approve(app, await proxy.request([child('stays', one), child('gone', two)], app.clock.now()));
  const look = async () => {
    const { view } = await openRequest(app, await proxy.request([child('stays', one)], app.clock.now()));
    return view;
  };
  app.clock.advance(60_000);
  const soon = await look();
  expect(soon.quietChildren).toBe(1);
  expect(soon.verdict.checks).toContainEqual({
    ok: null,
    text: 'not in it, though it has a certificate: gone',
  });
  expect(soon.unusual.join()).not.toContain('gone');
  await app.later(30 * 7 * 86_400_000);
  const due = await look();
  expect(due.verdict.severity).toBe('careful');
  expect(due.unusual).toEqual([expect.stringMatching(/^gone asks for nothing.*until \d{4}-\d\d-\d\d.*due/)]);
});

test('a child that is called like a member of every object is a child like any other', async () => {
  const proxy = await enrolled();
  const request = await proxy.request(
    ['__proto__', 'constructor', 'toString'].map((handle) => ({
      handle,
      resources: RESOURCES,
      issue: [testKey()],
      revoke: [],
    })),
    app.clock.now(),
  );
  const exchange = await approve(app, request);
  expect((await app.call('ta.exchange', { id: exchange })).holds).toBe(true);
  expect((await signer())?.issued.map(({ child }) => child)).toEqual([
    '__proto__',
    'constructor',
    'toString',
  ]);
});

test(
  '300 children with one request each, and a file of 25 MiB that is none',
  { timeout: 240_000 },
  async () => {
    const proxy = await enrolled();
    // One key for all would be refused; making them takes longer than everything else.
    const keys = Array.from({ length: 300 }, testKey);
    const request = await proxy.request(
      keys.map((key, at) => ({
        handle: `child-${at}`,
        resources: { asn: `AS${at + 1}`, ipv4: `10.${at >> 8}.${at & 255}.0/24`, ipv6: '' },
        issue: [key],
        revoke: [],
      })),
      app.clock.now(),
    );
    const exchange = await approve(app, request);
    const { row, holds } = await app.call('ta.exchange', { id: exchange });
    expect(row.issued).toBe(300);
    expect(holds).toBe(true);
    const huge = Buffer.concat([request.subarray(0, 2000), Buffer.alloc(25 * 1_048_576, 0x41)]);
    await expect(openRequest(app, huge, 'huge.json')).rejects.toThrow(/huge\.json is .*wanted is a request/);
  },
);
