/** A signer restored from a backup that misses exchanges takes its own responses back, and its proxy publishes on. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestApp } from '../../testing/test-app.ts';
import { testKey, type TestKey } from '../../testing/test-proxy.ts';
import {
  addChild,
  answeredBy,
  associatedHalves,
  endHalves,
  makeRequest,
  openResponse,
  proxyFileOf,
  proxyOf,
  take,
} from '../../testing/test-proxy-app.ts';
import { type RemoteChild, remoteChild } from '../../testing/test-remote-child.ts';
import { sender, startService } from '../../testing/test-service.ts';
import { openRequest, signerOf } from '../../testing/test-signer.ts';

const LONG = 120_000;

let proxy: TestApp;
let signer: TestApp;
let folder: string;
let child: RemoteChild;
let key: TestKey;
let ask: (payload: Parameters<RemoteChild['message']>[0]) => Promise<ReturnType<RemoteChild['open']>>;
/** Puts the signer back to where it had issued one certificate, with number 2. */
let restore: () => Promise<void>;

beforeEach(async () => {
  ({ proxy, signer, folder } = await associatedHalves({ live: true }));
  child = await remoteChild('kid', proxy.clock.now());
  key = testKey();
  await addChild(proxy, child.requestXml, child.handle, { asn: '', ipv4: '192.0.2.0/24', ipv6: '' });
  await startService(proxy);
  ask = await sender(proxy, child);
  await asks('one');
  await exchange();
  await asks('one');
  restore = await signer.backup();
});
afterEach(endHalves);

/** Another place: a renewal, by which the certificate before it is revoked. */
const asks = async (place: string) => ask(await child.issue(key, `rsync://child.example.net/repo/${place}/`));

/** Answers the two files. */
async function exchange(): Promise<{ request: Buffer; response: Buffer }> {
  const request = await makeRequest(proxy, false);
  const response = await answeredBy(proxy, signer, request);
  await take(proxy, response);
  return { request, response };
}
async function renewal(place: string) {
  await asks(place);
  const files = await exchange();
  expect(await asks(place)).toMatchObject({ type: 'issue_response' });
  return files;
}

async function opened(response: Uint8Array, request: Uint8Array | null = null) {
  const blob = await signer.blob('response.json', response, 'transfer');
  const { back: id } = await signer.call('ta.openTakeBack', { blob });
  if (request !== null)
    await signer.call('ta.takeBackRequest', {
      id,
      blob: await signer.blob('request.json', request, 'transfer'),
    });
  return { id, view: await signer.call('ta.takeBackReview', { id }) };
}
const takenBack = async (id: string) => signer.result(await signer.call('ta.takeBack', { id }));
const lastAudit = async () => (await signer.call('audit.list', { limit: 1 })).rows[0];
const certificates = (): string[] =>
  readdirSync(join(folder, 'rsync')).filter((name) => name.endsWith('.cer'));

test(
  'with what the proxy writes again: the signer says what is missing, takes it back, and the next exchange is published',
  { timeout: LONG },
  async () => {
    await renewal('two');
    await restore();
    const missing = await signerOf(signer);
    expect(missing).toMatchObject({ number: '2', missingUpTo: '3' });
    expect(missing.warnings.map(({ text }) => text).join()).toMatch(
      /number 3 was signed here before, and these objects end at 2\. .*Take the later response\.json files back/,
    );
    const request = await makeRequest(proxy, false);
    signer.clock.advance(60_000);
    const seen = (await openRequest(signer, request)).view;
    expect(seen).toMatchObject({ canSign: true, verdict: { severity: 'careful' } });
    expect(seen.verdict.title).toMatch(
      /revocations since this signer was restored may be missing: take its responses back first$/,
    );
    expect(seen.unusual[0]).toMatch(
      /numbers up to 3 were signed here, and it knows nothing after 2.* If they are lost, .*Baleen will not publish it.*Krill’s proxy publishes it without a look/,
    );

    const [lastRequest, lastResponse] = [
      await proxyFileOf(proxy, 'last-request'),
      await proxyFileOf(proxy, 'last-response'),
    ];
    const { id, view } = await opened(lastResponse, lastRequest);
    expect(view).toMatchObject({
      ...{ number: '3', before: '2', after: '3', request: true, remarks: [] },
      wishes: [{ child: 'kid', keyId: key.keyId, what: 'issued', resources: ['192.0.2.0/24'] }],
      certificates: { before: 1, after: 1 },
      revoked: { before: 0, after: 1 },
    });
    const back = await takenBack(id);
    expect(await signerOf(signer)).toMatchObject({
      number: '3',
      revoked: 1,
      missingUpTo: null,
      warnings: [],
    });
    expect(await lastAudit()).toMatchObject({ action: 'ta.takeBack', outcome: 'done' });
    const { rows } = await signer.call('ta.exchanges', { half: 'signer' });
    expect(rows.map(({ number, how }) => [number, how])).toEqual([
      ['3', 'signed by this signer, and taken back after a restore'],
      ['2', expect.stringMatching(/^signed here/)],
    ]);
    expect(await signer.call('ta.exchange', { id: back })).toMatchObject({ holds: true });
    const events = await signer.call('ta.recordEvents', { half: 'signer' });
    expect(events.rows[0]).toMatchObject({
      kind: 'taken-back',
      says: expect.stringMatching(/^Took response 3 of .* back/) as unknown,
    });
    // Twice is once.
    await expect(opened(lastResponse)).rejects.toThrow(/Response 3 is in this workspace already/);

    const response = await answeredBy(proxy, signer, request);
    expect((await openResponse(proxy, response)).view).toMatchObject({ canPublish: true, unusual: [] });
    await take(proxy, response);
    expect(await proxyOf(proxy)).toMatchObject({ signer: { number: '4', revoked: 1 } });
    expect(certificates()).toEqual([`${key.keyId}.cer`]);
  },
);

test(
  'several in their order, without requests: a later revocation of the key is known, and the proxy publishes it',
  { timeout: LONG },
  async () => {
    const files = [await renewal('two')];
    const rolled = testKey();
    const rolls = await child.issue(rolled, 'rsync://child.example.net/repo/two/');
    await ask(rolls);
    files.push(await exchange());
    await ask(rolls);
    await restore();
    const [first, second] = files.map(({ response }) => response);
    if (first === undefined || second === undefined) throw new Error('no responses');
    expect((await opened(second)).view.remarks.join('\n')).toMatch(/Numbers between 2 and 4 are missing too/);
    const one = await opened(first);
    expect(one.view.remarks.join('\n')).toMatch(
      /Number 4 was used here as well.*\n?.*Its request is not here/,
    );
    await takenBack(one.id);
    expect(await signerOf(signer)).toMatchObject({ number: '3', missingUpTo: '4' });
    await takenBack((await opened(second)).id);
    expect(await signerOf(signer)).toMatchObject({
      number: '4',
      missingUpTo: null,
      revoked: 1,
      // Whose key it is, the response alone said.
      issued: [{ child: 'kid' }, { child: 'kid' }],
    });

    await ask({ type: 'revoke', className: 'default', keyId: rolled.keyId });
    await exchange();
    expect(await proxyOf(proxy)).toMatchObject({ signer: { number: '5', issued: 1, revoked: 2 } });
  },
);

test(
  'signed above it already: the proxy says what to do, and the last response is taken back all the same',
  { timeout: LONG },
  async () => {
    await renewal('two');
    await restore();
    // A new place once more: the signer revokes the certificate that it remembers, not the one that is out.
    await asks('three');
    const request = await makeRequest(proxy, false);
    const response = await answeredBy(proxy, signer, request);
    const { view } = await openResponse(proxy, response);
    expect(view.canPublish).toBe(false);
    expect(view.faults.map(({ text }) => text).join()).toMatch(/the certificate it had is not on the CRL/);
    expect(view.advice).toMatch(/restored from a backup\. Write the last response and its request again/);
    expect(await signerOf(signer)).toMatchObject({ number: '4', missingUpTo: null });

    const back = await opened(
      await proxyFileOf(proxy, 'last-response'),
      await proxyFileOf(proxy, 'last-request'),
    );
    expect(back.view).toMatchObject({ number: '3', before: '4', after: '5' });
    expect(back.view.remarks.join()).toMatch(
      /Number 4 is here, which was signed after the restore and without this: it is set aside/,
    );
    signer.clock.advance(60_000);
    await takenBack(back.id);
    expect(await signerOf(signer)).toMatchObject({ number: '5', revoked: 2, sinceExchange: true });
    // The proxy signs the same request anew, and it is signed once more: Krill's waits for its nonce for ever.
    const aside = (await signer.call('ta.exchanges', { half: 'signer' })).rows.find(
      ({ number }) => number === '4',
    );
    expect((await signer.call('ta.exchange', { id: aside?.id ?? '' })).early).toMatch(
      /^Response 4 was signed without a response that this signer took back since: carry it nowhere/,
    );
    proxy.clock.advance(20_000);
    signer.clock.advance(60_000);
    const again = await openRequest(signer, request);
    expect(again.view.canSign).toBe(true);
    expect(again.view.unusual.join()).toMatch(
      /answered this nonce before, without a response that it took back since/,
    );
    await take(proxy, await answeredBy(proxy, signer, request));
    expect(await proxyOf(proxy)).toMatchObject({ signer: { number: '6', issued: 1, revoked: 3 } });
    expect(await asks('three')).toMatchObject({ type: 'issue_response' });
  },
);

test(
  'what was revoked above it has its certificate again, and can be revoked with another request',
  { timeout: LONG },
  async () => {
    await renewal('two');
    // What is taken back says nothing of the key.
    await exchange();
    await restore();
    await ask({ type: 'revoke', className: 'default', keyId: key.keyId });
    const response = await answeredBy(proxy, signer, await makeRequest(proxy, false));
    expect((await openResponse(proxy, response)).view.canPublish).toBe(false);
    await proxy.call('ta.cancelRequest', { reason: 'its signer was restored' });
    signer.clock.advance(60_000);
    await takenBack((await opened(await proxyFileOf(proxy, 'last-response'))).id);
    expect(await signerOf(signer)).toMatchObject({ number: '6', issued: [{ keyId: key.keyId }] });
    proxy.clock.advance(20_000);
    const request = await makeRequest(proxy, false);
    signer.clock.advance(60_000);
    expect((await openRequest(signer, request)).view).toMatchObject({ canSign: true, faults: [] });
    await take(proxy, await answeredBy(proxy, signer, request));
    expect(await proxyOf(proxy)).toMatchObject({ signer: { number: '7', issued: 0 } });
  },
);

test(
  'altered, of another signer, with another request: one sentence each, on record, nothing is changed',
  { timeout: LONG },
  async () => {
    const { request, response } = await renewal('two');
    const other = await renewal('three');
    await restore();
    const before = await signerOf(signer);
    const text = response.toString('utf8');
    const refused = async (bytes: Buffer, words: RegExp): Promise<void> => {
      await expect(opened(bytes)).rejects.toMatchObject({ message: expect.stringMatching(words) as unknown });
      expect(await lastAudit()).toMatchObject({ action: 'ta.openTakeBack', outcome: 'refused' });
    };
    await refused(
      Buffer.from(text.replace('"number": 3', '"number": 4')),
      /^response\.json is not taken back: the clear text differs from what was signed.*copy it again/,
    );
    const json = JSON.parse(text) as { signed: { message: string } };
    const message = Buffer.from(json.signed.message, 'base64');
    message[message.length - 5] = (message[message.length - 5] ?? 0) ^ 1;
    await refused(
      Buffer.from(JSON.stringify({ ...json, signed: { message: message.toString('base64') } })),
      /is not taken back: /,
    );
    await refused(request, /request.*wanted is/);
    await expect(opened(response, other.request)).rejects.toThrow(
      /^The request beside response\.json cannot be used: it is not request /,
    );
    expect(await signerOf(signer)).toEqual(before);
    await endHalves();
    ({ proxy, signer, folder } = await associatedHalves({ live: true }));
    await refused(response, /another signer made it; find out whose it is/);
  },
);
