/** What stands in the record beside the exchanges: found in the audit, of each half, and written out apart from krillta's files. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { summaryOf } from '../audit/audit-record.ts';
import { sha256Hex } from '../lib/bytes.ts';
import type { TestApp } from '../testing/test-app.ts';
import {
  answeredBy,
  associatedHalves,
  associateWith,
  endHalves,
  makeRequest,
  openResponse,
  proxyFileOf,
  signerInfoOf,
  take,
  TAL,
} from '../testing/test-proxy-app.ts';
import { addLocal } from '../testing/test-service.ts';
import { approve, dateOf, exportTo, openRequest, signerOf } from '../testing/test-signer.ts';

let proxy: TestApp;
let signer: TestApp;
beforeEach(async () => {
  ({ proxy, signer } = await associatedHalves({ live: true }));
  await addLocal(proxy, 'online');
});
afterEach(endHalves);

const later = (): void => {
  signer.clock.advance(60_000);
  proxy.clock.advance(60_000);
};
const eventsOf = async (app: TestApp) => (await app.call('ta.recordEvents', {})).rows;

test('reissues and requests that were refused or rejected, at the signer; each opens', async () => {
  later();
  const request = await makeRequest(proxy);
  const edited = Buffer.from(request.toString('utf8').replaceAll('"child": "online"', '"child": "offline"'));
  const { id, view } = await openRequest(signer, edited, 'stick.json');
  expect(view.canSign).toBe(false);
  // Looked at again: it is one refusal.
  await signer.call('ta.review', { id });
  const good = await openRequest(signer, request);
  await signer.call('ta.reject', { id: good.id, reason: 'Nobody announced it' });
  expect((await openRequest(signer, request)).view.canSign).toBe(true);
  await signer.result(
    await signer.call('ta.reissue', {
      https: [TAL.https, 'https://mirror.example.net/ta/ta.cer'],
      rsync: TAL.rsync,
      notify: null,
      years: 100,
      today: dateOf(signer),
    }),
  );
  const events = await eventsOf(signer);
  expect(events.map(({ kind, half }) => `${half} ${kind}`)).toEqual([
    'signer reissued',
    'signer rejected',
    'signer refused',
  ]);
  const [reissued, rejected, refused] = events;
  const { certificate } = await signerOf(signer);
  expect(reissued?.subjects).toContainEqual(
    expect.objectContaining({ type: 'ta-certificate', sha256: certificate.sha256 }),
  );
  expect(reissued?.subjects).toContainEqual({
    type: 'tal-uri',
    id: 'https://mirror.example.net/ta/ta.cer',
    sha256: null,
  });
  expect(reissued?.says).toMatch(
    /until 2126-\d\d-\d\d \d\d:\d\d Z: the TAL gets https:\/\/mirror\.example\.net\/ta\/ta\.cer/,
  );
  expect(rejected?.says).toMatch(/Nobody announced it/);
  expect(refused?.says).toMatch(/^stick\.json: .*the clear text differs from what was signed/);
  // SECURITY: the digits of the file are asked for; what was signed in it is named instead.
  expect(refused?.subjects).toMatchObject([{ type: 'request-content', sha256: view.contentSha256 }]);
  expect(JSON.stringify(events)).not.toContain(sha256Hex(edited));
  for (const event of events)
    expect(await signer.call('ta.recordEvent', { seq: event.seq })).toEqual({ event });
  await expect(signer.call('ta.recordEvent', { seq: 1 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect((await signer.call('ta.recordEvents', { half: 'proxy' })).total).toBe(0);

  // A file of their own, oldest first; krillta's have no place for them.
  await approve(signer, request);
  const [record, exchanges] = [join(signer.folder, 'record.json'), join(signer.folder, 'exchanges.json')];
  await exportTo(signer, 'record-json', record);
  const written = JSON.parse(readFileSync(record, 'utf8')) as { kind: string; time: string }[];
  expect(written.map(({ kind }) => kind)).toEqual(['refused', 'rejected', 'reissued']);
  expect(written.map(({ time }) => time)).toEqual(events.map(({ at }) => at).toReversed());
  await exportTo(signer, 'exchanges-json', exchanges);
  expect(JSON.parse(readFileSync(exchanges, 'utf8'))).toHaveLength(1);
});

test('requests that were withdrawn and responses that were refused, at the proxy', async () => {
  later();
  const withdrawn = await makeRequest(proxy);
  const late = await answeredBy(proxy, signer, withdrawn);
  await proxy.call('ta.cancelRequest', { reason: 'The stick was lost' });
  later();
  await take(proxy, await answeredBy(proxy, signer, await makeRequest(proxy)));
  await expect(openResponse(proxy, late)).rejects.toThrow(/which was withdrawn on /);
  const events = await eventsOf(proxy);
  expect(events.map(({ kind }) => kind)).toEqual(['refused', 'withdrawn', 'taken-over']);
  expect(events[1]?.says).toMatch(/The stick was lost/);
  expect(events[0]?.subjects).toEqual([{ type: 'response', id: 'response.json', sha256: sha256Hex(late) }]);
  const written = JSON.parse((await proxyFileOf(proxy, 'record-json')).toString('utf8')) as unknown[];
  expect(written).toHaveLength(3);
});

test('what is no such file at all, a signer-info.json that does not fit and one that is taken over, each with its hash', async () => {
  const garbage = Buffer.from('no file of an exchange');
  const hash = { sha256: sha256Hex(garbage) };
  await expect(openResponse(proxy, garbage)).rejects.toThrow(/response\.json is /);
  await expect(openRequest(signer, garbage)).rejects.toThrow(/request\.json is /);
  expect((await eventsOf(signer))[0]).toMatchObject({ kind: 'refused', subjects: [hash] });
  expect((await eventsOf(proxy))[0]).toMatchObject({ kind: 'refused', subjects: [hash] });

  const first = await signerInfoOf(signer);
  later();
  await take(proxy, await answeredBy(proxy, signer, await makeRequest(proxy)));
  const open = async (bytes: Uint8Array) =>
    (await proxy.call('ta.openSignerInfo', { blob: await proxy.blob('signer-info.json', bytes, 'transfer') }))
      .info;
  const id = await open(first);
  // Looked at again: it is one refusal.
  for (const _ of [1, 2]) expect(await proxy.call('ta.signerInfo', { id })).toMatchObject({ older: true });
  const [refused, , ...others] = await eventsOf(proxy);
  expect(refused).toMatchObject({ kind: 'refused', subjects: [{ sha256: sha256Hex(first) }] });
  expect(refused?.says).toMatch(/^signer-info\.json: Its manifest number 1 is below 2/);
  expect(others.map(({ kind }) => kind)).toEqual(['taken-over']);

  signer.clock.advance(60_000);
  await signer.result(
    await signer.call('ta.reissue', {
      ...{ https: [TAL.https, 'https://mirror.example.net/ta/ta.cer'], rsync: TAL.rsync },
      ...{ notify: null, years: 100, today: dateOf(signer) },
    }),
  );
  proxy.clock.advance(120_000);
  await associateWith(proxy, signer);
  expect((await eventsOf(proxy))[0]).toMatchObject({ kind: 'taken-over' });
  expect((await eventsOf(proxy))[0]?.says).toMatch(/^Updated the signer .*TAL https:/);
});

test('digits that are others, at the signer: once for each time the file was opened, and without its own digits', async () => {
  later();
  const request = await makeRequest(proxy);
  const { id, view } = await openRequest(signer, request);
  const order = { id, groups: view.groups.map(() => '0000'), number: null };
  const entries = async () => (await signer.call('audit.list', { limit: 1 })).total;
  // A slip of the hand is no group at all: it is refused, and no word against the file.
  const before = await entries();
  await expect(
    signer.call('ta.approve', { ...order, groups: ['zzzz', ...order.groups.slice(1)] }),
  ).rejects.toThrow(/is not a group/);
  expect(await entries()).toBe(before + 1);
  expect(await eventsOf(signer)).toEqual([]);
  await expect(signer.call('ta.approve', order)).rejects.toThrow(/of the digest (?:is another|are others)/);
  expect(await entries()).toBe(before + 2);
  await expect(signer.call('ta.approve', order)).rejects.toThrow(/of the digest (?:is another|are others)/);
  expect(await entries()).toBe(before + 3);
  const events = await eventsOf(signer);
  expect(events).toMatchObject([
    { kind: 'refused', subjects: [{ type: 'request-content', sha256: view.contentSha256 }] },
  ]);
  expect(events[0]?.says).toMatch(/^request\.json: Groups .* of the digest are others on this machine: /);
  expect(JSON.stringify(events)).not.toContain(sha256Hex(request));
  await approve(signer, request);
  expect(await eventsOf(signer)).toHaveLength(1);
});

test('a response that does not hold any more when it is to be published, at the proxy; once', async () => {
  later();
  const response = await answeredBy(proxy, signer, await makeRequest(proxy));
  const { id, view } = await openResponse(proxy, response);
  expect(view.canPublish).toBe(true);
  proxy.clock.advance(40 * 86_400_000);
  await expect(proxy.result(await proxy.call('ta.takeResponse', { id }))).rejects.toThrow(
    /It cannot be published: it ended at /,
  );
  expect((await proxy.call('ta.responseReview', { id })).canPublish).toBe(false);
  expect(await eventsOf(proxy)).toMatchObject([
    {
      kind: 'refused',
      subjects: [{ type: 'response', id: 'response.json', sha256: sha256Hex(response) }],
    },
    { kind: 'taken-over' },
  ]);
});

test('a reason that is too long ends in a sign that it goes on', () => {
  expect(summaryOf('x'.repeat(400))).toMatch(/^x{299}…$/);
  expect(summaryOf('x'.repeat(300))).toMatch(/^x{300}$/);
});

test('a request that was answered, and edited since, is a refusal too', async () => {
  later();
  const request = await makeRequest(proxy);
  await approve(signer, request);
  await openRequest(signer, request);
  expect(await eventsOf(signer)).toEqual([]);
  await openRequest(
    signer,
    Buffer.from(request.toString('utf8').replaceAll('"child": "online"', '"child": "other"')),
  );
  expect(await eventsOf(signer)).toMatchObject([{ kind: 'refused' }]);
});

test('what this clock alone forbids, and a response that was taken already, is no refusal', async () => {
  later();
  const request = await makeRequest(proxy);
  signer.clock.advance(-3_600_000);
  expect((await openRequest(signer, request)).view.canSign).toBe(false);
  expect(await eventsOf(signer)).toEqual([]);
  signer.clock.advance(3_600_000);

  const response = await answeredBy(proxy, signer, request);
  proxy.clock.advance(-3_600_000);
  expect((await openResponse(proxy, response)).view.verdict.title).toMatch(/from the future/);
  proxy.clock.advance(3_660_000);
  await take(proxy, response);
  await expect(openResponse(proxy, response)).rejects.toThrow(/was already processed on /);
  later();
  await makeRequest(proxy, false);
  expect((await openResponse(proxy, response)).view.verdict.title).toMatch(/was already processed on /);
  expect(await eventsOf(proxy)).toMatchObject([{ kind: 'taken-over' }]);
});
