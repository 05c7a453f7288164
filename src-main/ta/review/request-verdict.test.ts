import { beforeAll, expect, test } from 'vitest';
import { readJson } from '../../lib/json-reader.ts';
import { type TestKey, testKey, type TestProxy, testProxy } from '../../testing/test-proxy.ts';
import { parseCertificate } from '../../x509/certificate.ts';
import { readIdentity } from '../documents.ts';
import { judgeRequest } from '../judge-request.ts';
import { ALL_RESOURCES } from '../signer/make-trust-anchor.ts';
import { verdictOf, type VerdictOrder } from './request-verdict.ts';

const NOW = new Date('2027-03-01T12:00:00Z');
const DAY_MS = 86_400_000;
const NEW = { value: 'n', state: 'new' as const, exchange: null, number: null, differs: [] };
const ANSWERED = { ...NEW, state: 'answered' as const, exchange: 'x', number: '7' };
const NONE = { last: [], request: [] };
const CLOCK = { last: [{ text: 'it stands before the last exchange', clause: 'x' }], request: [] };

let proxy: TestProxy;
let key: TestKey;
let good: Buffer;
beforeAll(async () => {
  [proxy, key] = [await testProxy(NOW), testKey()];
  const resources = { asn: 'AS1', ipv4: '', ipv6: '' };
  good = await proxy.request([{ handle: 'a', resources, issue: [key], revoke: [] }], NOW);
});

function judged(bytes: Uint8Array, at = NOW, idFile = proxy.idFile) {
  const { certificateDer } = readIdentity(readJson(Buffer.from(idFile)), '');
  return judgeRequest(
    bytes,
    {
      proxySpki: parseCertificate(certificateDer).spkiDer,
      taKeyId: testKey().keyId,
      taResources: ALL_RESOURCES,
      baseUri: proxy.base,
      owners: new Map(),
      issued: new Map(),
      nonces: new Set(),
    },
    at,
  );
}

const later = (days: number) => new Date(NOW.getTime() + days * DAY_MS);
const said = (order: Pick<VerdictOrder, 'judgement'> & Partial<VerdictOrder>) =>
  verdictOf({
    now: NOW,
    clock: NONE,
    lost: false,
    missing: false,
    nonce: NEW,
    unusual: [],
    quiet: [],
    ...order,
  });
const edited = (from: string, to: string) => Buffer.from(good.toString('utf8').replace(from, to));

test('a request that is too old, too young, or meets a wrong clock has a headline of its own', () => {
  expect(said({ judgement: judged(good) })).toMatchObject({ severity: 'good' });
  const late = said({ judgement: judged(good, later(20)), now: later(20) });
  expect(late.title).toMatch(
    /^This request ended on 2027-03-15 \d\d:\d\d Z, and the clock of this machine says 2027-03-21 12:00 Z: have the proxy .* if this clock is ahead, set it$/,
  );
  expect(late.severity).toBe('bad');
  // The signature is right, and the time is not.
  expect(late.checks.slice(0, 2).map(({ ok }) => ok)).toEqual([true, false]);
  expect(said({ judgement: judged(good, later(-1)) }).title).toMatch(
    /^Stop: this request is from the future/,
  );
  expect(said({ judgement: judged(good), clock: CLOCK }).title).toBe(
    'Stop: this machine’s clock is before the last exchange. One of the two is wrong',
  );
});

test('answered before wins over wishes, time and clock: nothing of it is to be signed again', async () => {
  const resources = { asn: 'AS1', ipv4: '', ipv6: '' };
  // The key has no certificate any more: its revocation was answered.
  const gone = await proxy.request([{ handle: 'a', resources, issue: [], revoke: [key.keyId] }], NOW);
  expect(said({ judgement: judged(gone) }).title).toMatch(/one wish makes the whole of it fail/);
  for (const judgement of [judged(gone), judged(gone, later(20)), judged(gone, later(-1))])
    expect(said({ judgement, nonce: ANSWERED, clock: CLOCK })).toMatchObject({
      severity: 'careful',
      title: 'This request was answered before, with response 7, which is kept',
    });
  expect(said({ judgement: judged(gone), nonce: { ...ANSWERED, state: 'other-content' } }).title).toMatch(
    /^Stop: another request/,
  );
});

test('only what was checked is called right: a nonce that a restore lost, one that cannot be read, wishes that were answered', () => {
  const texts = (order: Parameters<typeof said>[0]) =>
    said(order).checks.map(({ ok, text }) => `${ok === null ? '?' : ok ? '+' : '-'} ${text}`);
  expect(texts({ judgement: judged(good), lost: true })).toContain('- its nonce was answered before');
  const cut = texts({ judgement: judged(good.subarray(0, -20)) });
  expect(cut).toContain('? its nonce cannot be read');
  expect(cut.filter((text) => text.startsWith('+'))).toEqual([]);
  const answered = texts({ judgement: judged(good), nonce: ANSWERED });
  expect(answered).toContain('? its nonce was answered with response 7');
  expect(answered.join()).not.toContain('wish');
});

test('an edited file is named with its places, and what was signed is what is judged and shown', () => {
  const judgement = judged(edited('"child": "a"', '"child": "b", "more": 1'));
  expect(judgement.faults.map(({ text }) => text)).toEqual([
    'the clear text differs from what was signed, at request.child_requests[0].child and request.child_requests[0].more: the file was edited or damaged on its way; copy it again from where it was made',
  ]);
  expect(judgement.request?.children.map(({ handle }) => handle)).toEqual(['a']);
  expect(said({ judgement }).title).toMatch(/^Do not sign: this file is damaged\. Copy it again/);
  // Read without its mark it says the same.
  expect(said({ judgement }).checks[0]).toEqual({
    ok: false,
    text: 'signature, CRL and clear text do not agree',
  });
});

test('what the enrolled proxy did not sign stays what it is, whatever else is wrong with it', async () => {
  const stranger = await testProxy(NOW);
  const foreign = judged(edited('"child": "a"', '"child": "b"'), later(20), stranger.idFile);
  expect(said({ judgement: foreign }).title).toMatch(
    /^Do not sign: another proxy than the enrolled one made/,
  );
  expect(said({ judgement: foreign }).checks[0]?.text).toBe(
    'signed by another identity than the enrolled proxy',
  );
  // Nobody we know signed it: what stands in it is not looked at.
  expect(foreign.request).toBe(null);
  expect(foreign.edited).toBe(null);
});

test('one octet changed in its certificate or signature is a damaged copy first, with no tick below it', () => {
  const { signed } = JSON.parse(good.toString('utf8')) as { signed: { message: string } };
  const der = Buffer.from(signed.message, 'base64');
  let seen = 0;
  // From the end of the content on: certificate, CRL, signature.
  for (let at = Math.floor(der.length / 4); at < der.length; at += 97) {
    const changed = Buffer.from(der);
    changed[at] = (changed[at] ?? 0) ^ 1;
    const judgement = judged(edited(signed.message, changed.toString('base64')));
    if (judgement.message?.altered !== true) continue;
    seen += 1;
    const { title, checks } = said({ judgement });
    expect(title).toMatch(/^Do not sign: this copy is damaged or was altered\. Copy it again/);
    expect(checks.filter(({ ok }) => ok === true)).toEqual([]);
    expect(judgement.faults.map(({ text }) => text).join()).not.toContain('another identity');
  }
  expect(seen).toBeGreaterThan(5);
});
