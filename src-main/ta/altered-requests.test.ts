/** Requests that the enrolled proxy signed, each with one thing altered: refused, asked about, or taken (krill-ta.md 15, 16). */
import { beforeAll, describe, expect, test } from 'vitest';
import { makeCsr } from '../rpki/make-csr.ts';
import { makeMessage } from '../rpki/make-message.ts';
import { testKey, type TestKey } from '../testing/test-proxy.ts';
import { judgeRequest } from './judge-request.ts';
import { ALL_RESOURCES } from './signer/make-trust-anchor.ts';

const NOW = new Date('2026-11-24T02:00:00Z');
const BASE = 'rsync://localhost/repo/';
const [identity, ta, known, other, fresh] = [testKey(), testKey(), testKey(), testKey(), testKey()];
const ALL = { asn: 'AS0-AS4294967295', ipv4: '0.0.0.0/0', ipv6: '::/0' };
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

async function issue(key: TestKey, folder = `${BASE}new/0/`, manifest = `${folder}${key.keyId}.mft`) {
  const csr = await makeCsr(key, { repository: folder, manifest, notify: null }, key.sign);
  return { Issuance: { class_name: 'default', limit: {}, csr: base64(csr) } };
}
const revoke = (key: string, className = 'default') => ({ Revocation: { class_name: className, key } });

type Fields = Record<string, unknown>;
interface Clear {
  nonce: unknown;
  child_requests: Fields[];
}

let wish: Awaited<ReturnType<typeof issue>>;
beforeAll(async () => void (wish = await issue(fresh)));

const clear = (child: Fields = {}, more: Fields = {}): Clear & Fields => ({
  nonce: 'one',
  child_requests: [{ child: 'online', resources: ALL, requests: { [fresh.keyId]: wish }, ...child }],
  ...more,
});

const message = (text: string): Promise<Uint8Array> =>
  makeMessage(
    Buffer.from(text),
    { keyId: identity.keyId, certificate: identity.sign, crl: identity.sign },
    testKey(),
    {
      now: NOW,
      notBefore: new Date(NOW.getTime() - 300_000),
      notAfter: new Date(NOW.getTime() + 14 * 86_400_000),
      serial: Uint8Array.of(7),
    },
  );

async function file(
  signed: string,
  beside: unknown,
  outer: Fields = {},
  around: Fields = {},
): Promise<Buffer> {
  const made = { message: base64(await message(signed)), ...around };
  return Buffer.from(JSON.stringify({ request: beside, signed: made, ...outer }));
}

const both = (value: unknown): Promise<Buffer> => file(JSON.stringify(value, null, 2), value);

type Verdict = 'accept' | 'refuse' | 'stop-for-operator';

function verdict(bytes: Uint8Array): { got: Verdict; why: string } {
  const { faults, questions } = judgeRequest(
    bytes,
    {
      proxySpki: identity.spkiDer,
      taKeyId: ta.keyId,
      taResources: ALL_RESOURCES,
      baseUri: BASE,
      owners: new Map([
        [known.keyId, 'online'],
        [other.keyId, 'second'],
      ]),
      issued: new Map([[other.keyId, { caRepository: `${BASE}second/0/` }]]),
      nonces: new Set(['seen']),
    },
    NOW,
  );
  const got = faults.length > 0 ? 'refuse' : questions.length > 0 ? 'stop-for-operator' : 'accept';
  return { got, why: [...faults.map(({ text }) => text), ...questions].join('\n') };
}

type Row = [what: string, make: () => Promise<Uint8Array>, wanted: Verdict];

function check(rows: readonly Row[]): void {
  test.each(rows)('%s', async (_what, make, wanted) => {
    const { got, why } = verdict(await make());
    expect(got, why).toBe(wanted);
  });
}

const child = (what: string, wanted: Verdict, fields: () => Fields | Promise<Fields>): Row => [
  what,
  async () => both(clear(await fields())),
  wanted,
];
const wishes = (what: string, wanted: Verdict, make: () => Fields | Promise<Fields>): Row =>
  child(what, wanted, async () => ({ requests: await make() }));
const altered = (what: string, wanted: Verdict, change: Fields): Row =>
  wishes(what, wanted, () => ({ [fresh.keyId]: { Issuance: { ...wish.Issuance, ...change } } }));

describe('children and their resources', () => {
  check([
    child('right', 'accept', () => ({})),
    child('nothing asked', 'accept', () => ({ requests: {} })),
    ['no child', () => both(clear({}, { child_requests: [] })), 'accept'],
    ...['__proto__', '/etc/x', 'constructor', 'a'.repeat(255)].map((handle) =>
      child(`handle ${handle.slice(0, 20)}`, 'accept', () => ({ child: handle })),
    ),
    ...['', 'a b', '../x', 'a.b', 'ä', 'a'.repeat(256)].map((handle) =>
      child(`handle "${handle.slice(0, 20)}"`, 'refuse', () => ({ child: handle })),
    ),
    ...['AS20-AS10', 'AS1, AS2', 'AS1,AS5', 'as1', 'AS01', '1', 'AS4294967296', 'inherit'].map((asn) =>
      child(asn, 'refuse', () => ({ resources: { ...ALL, asn } })),
    ),
    ...['10.0.0.1/8', '10.0.0.0/33', '10.0.0.0/9, 10.128.0.0/9', '10.0.0.5-10.0.0.1', '192.0.2.1/32'].map(
      (ipv4) => child(ipv4, 'refuse', () => ({ resources: { ...ALL, ipv4 } })),
    ),
    ...['2001:DB8::/32', '2001:db8:0:0::/32'].map((ipv6) =>
      child(ipv6, 'refuse', () => ({ resources: { ...ALL, ipv6 } })),
    ),
    child('single places', 'accept', () => ({
      resources: { asn: 'AS1, AS5', ipv4: '192.0.2.1', ipv6: '2001:db8::/32' },
    })),
    child('no resources', 'refuse', () => ({ resources: { asn: '', ipv4: '', ipv6: '' } })),
    child('no resources and no wish', 'accept', () => ({
      resources: { asn: '', ipv4: '', ipv6: '' },
      requests: {},
    })),
    [
      'a child twice, in other letters',
      () => {
        const one = clear();
        return both({
          ...one,
          child_requests: [...one.child_requests, { ...one.child_requests[0], child: 'ONLINE' }],
        });
      },
      'refuse',
    ],
    [
      'one key for two children',
      () => {
        const one = clear();
        return both({
          ...one,
          child_requests: [...one.child_requests, { ...one.child_requests[0], child: 'b' }],
        });
      },
      'refuse',
    ],
    child('something more', 'refuse', () => ({ extra: 1 })),
  ]);
});

describe('wishes', () => {
  check([
    wishes('a renewal', 'accept', async () => ({ [known.keyId]: await issue(known) })),
    wishes('another’s key', 'stop-for-operator', async () => ({ [other.keyId]: await issue(other) })),
    wishes('the key of the trust anchor', 'refuse', async () => ({ [ta.keyId]: await issue(ta) })),
    wishes('another key than it stands under', 'refuse', () => ({ [known.keyId]: wish })),
    wishes('a key in small letters', 'accept', () => ({ [fresh.keyId.toLowerCase()]: wish })),
    wishes('a key twice, in other letters', 'refuse', () => ({
      [fresh.keyId]: wish,
      [fresh.keyId.toLowerCase()]: wish,
    })),
    wishes('two kinds in one', 'refuse', () => ({ [fresh.keyId]: { ...wish, ...revoke(fresh.keyId) } })),
    wishes('an unknown kind', 'refuse', () => ({ [fresh.keyId]: { Renewal: {} } })),
    wishes('a revocation', 'accept', () => ({ [known.keyId]: revoke(known.keyId) })),
    wishes('a revocation of another’s key', 'stop-for-operator', () => ({
      [other.keyId]: revoke(other.keyId),
    })),
    wishes('a revocation of a key of nobody', 'refuse', () => ({ [fresh.keyId]: revoke(fresh.keyId) })),
    wishes('a revocation of another key than it stands under', 'refuse', () => ({
      [known.keyId]: revoke(other.keyId),
    })),
    wishes('a revocation in another class', 'refuse', () => ({ [known.keyId]: revoke(known.keyId, 'x') })),
    wishes('the place of the trust anchor', 'refuse', async () => ({
      [fresh.keyId]: await issue(fresh, BASE),
    })),
    wishes('a manifest on another host', 'refuse', async () => ({
      [fresh.keyId]: await issue(fresh, undefined, 'rsync://other.example/repo/a.mft'),
    })),
    wishes('a place with dots', 'refuse', async () => ({
      [fresh.keyId]: await issue(fresh, `${BASE}../x/`),
    })),
    wishes('https alone', 'refuse', async () => ({
      [fresh.keyId]: await issue(fresh, 'https://localhost/x/'),
    })),
    altered('another class', 'refuse', { class_name: 'other' }),
    altered('a limit within', 'accept', { limit: { asn: 'AS1' } }),
    altered('a limit to nothing', 'refuse', { limit: { asn: '', ipv4: '', ipv6: '' } }),
    altered('no limit', 'refuse', { limit: null }),
    altered('something more', 'refuse', { extra: 1 }),
    altered('no request', 'refuse', { csr: '' }),
    child('a limit beyond', 'refuse', () => ({
      resources: { asn: 'AS1', ipv4: '', ipv6: '' },
      requests: { [fresh.keyId]: { Issuance: { ...wish.Issuance, limit: { ipv4: '10.0.0.0/8' } } } },
    })),
  ]);
});

describe('a nonce that was processed before', () => {
  const again =
    (requests: () => Fields): (() => Promise<Buffer>) =>
    () =>
      both(clear({ requests: requests() }, { nonce: 'seen' }));
  check([
    ['with the same wish', again(() => ({ [fresh.keyId]: wish })), 'stop-for-operator'],
    // It was revoked then, and nobody holds it any more.
    ['with a revocation', again(() => ({ [fresh.keyId]: revoke(fresh.keyId) })), 'stop-for-operator'],
    ['with a wish that was never right', again(() => ({ [known.keyId]: wish })), 'refuse'],
  ]);
});

describe('the file around it', () => {
  const text = () => JSON.stringify(clear(), null, 2);
  const outer =
    (more: Fields): (() => Promise<Buffer>) =>
    () =>
      file(text(), clear(), more);
  const wrapped =
    (change: (base: string) => string): (() => Promise<Buffer>) =>
    async () => {
      const one = JSON.parse((await both(clear())).toString()) as { signed: { message: string } };
      one.signed.message = change(one.signed.message);
      return Buffer.from(JSON.stringify(one));
    };
  check([
    [
      'members that a later version adds',
      outer({ comment: 'x', renew_times: null, ta_renew_time: -1 }),
      'accept',
    ],
    ['one beside the message', () => file(text(), clear(), {}, { comment: 'x' }), 'accept'],
    ['one in the clear text', () => file(text(), { ...clear(), comment: 'x' }), 'refuse'],
    ['one in what was signed', () => file(JSON.stringify({ ...clear(), comment: 'x' }), clear()), 'refuse'],
    ['one in both', () => both({ ...clear(), comment: 'x' }), 'refuse'],
    [
      'members in another order',
      () => file(text(), Object.fromEntries(Object.entries(clear()).toReversed())),
      'accept',
    ],
    ['without white space', () => file(JSON.stringify(clear()), clear()), 'accept'],
    ['letters escaped', () => file(text().replace('"one"', String.raw`"\u006fne"`), clear()), 'accept'],
    [
      'a member twice in what was signed',
      () => file(text().replace('"nonce"', '"nonce": 1, "nonce"'), clear()),
      'refuse',
    ],
    ['a structure as a list', () => both({ nonce: 'one', child_requests: [['online', ALL, {}]] }), 'refuse'],
    ['a number that no machine holds', outer({ a: 1e308 }), 'accept'],
    [
      'a byte order mark',
      async () => Buffer.concat([Buffer.from('efbbbf', 'hex'), await both(clear())]),
      'refuse',
    ],
    [
      'white space behind it',
      async () => Buffer.concat([await both(clear()), Buffer.from('\r\n \n')]),
      'accept',
    ],
    ['something behind it', async () => Buffer.concat([await both(clear()), Buffer.from('{}')]), 'refuse'],
    ['the message in lines', wrapped((base) => `${base.slice(0, 76)}\n${base.slice(76)}`), 'refuse'],
    ['the message in the other alphabet', wrapped((base) => base.replaceAll(/[+/]/g, '_')), 'refuse'],
    [
      'the message in armour',
      wrapped((base) => `-----BEGIN CMS-----\n${base}\n-----END CMS-----\n`),
      'refuse',
    ],
    [
      'two messages',
      wrapped((base) => base64(Buffer.concat([0, 1].map(() => Buffer.from(base, 'base64'))))),
      'refuse',
    ],
  ]);
});
