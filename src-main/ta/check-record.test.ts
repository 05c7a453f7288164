import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { vectorPath } from '../testing/vectors.ts';
import { checkRecord } from './check-record.ts';
import type { RecordFile } from './record-files.ts';

const KRILL = 'krill-ta/krill-0.16.1';
const read = (name: string): Buffer => readFileSync(vectorPath(`${KRILL}/${name}`));
const file = (name: string, content: unknown = null): RecordFile => ({
  name: name.split('/').at(-1) ?? name,
  bytes: content === null ? read(name) : Buffer.from(JSON.stringify(content), 'utf8'),
});

interface Exchange {
  time: string;
  request: { request: { nonce: string; child_requests: { child: string }[] }; signed: { message: string } };
  response: {
    response: { nonce: string; objects: { issued: Record<string, { base64: string }> } };
    signed: { message: string };
  };
}
const all = (): Exchange[] => JSON.parse(read('exchanges/exchanges.json').toString('utf8')) as Exchange[];
const PROXY = file('setup/proxy-id.json');
const INFO = file('setup/signer-info.json');
const SIGNER_ID = file('signer-id.json', (JSON.parse(INFO.bytes.toString()) as { id: unknown }).id);
const check = (exchanges: unknown, signer = INFO, proxy = PROXY) =>
  checkRecord({ exchanges: file('exchanges.json', exchanges), proxy, signer });

describe('the nine exchanges of a real Krill', () => {
  test('hold by the two identities, with signer-info.json and without', () => {
    for (const signer of [INFO, SIGNER_ID]) {
      const found = checkRecord({ exchanges: file('exchanges/exchanges.json'), proxy: PROXY, signer });
      expect(found.exchanges.flatMap(({ faults }) => faults)).toEqual([]);
      expect(found.exchanges.map(({ number, holds }) => `${number} ${holds}`)).toEqual(
        all().map((_, at) => `${at + 2} true`),
      );
      expect(found.exchanges.flatMap(({ checks }) => checks.filter(({ ok }) => ok !== true))).toEqual([]);
      expect(found.exchanges[0]).toMatchObject({
        at: '2026-11-24T01:36:31.682Z',
        nonce: '0e402576-9c3b-4410-8ab0-a5f39c835459',
        children: ['online'],
      });
      expect(found.proxy.sha256).toMatch(/^[0-9A-F]{64}$/);
    }
  });

  test('in any order, and one of them alone', () => {
    expect(check(all().toReversed()).exchanges.every(({ holds }) => holds)).toBe(true);
    for (const one of all()) expect(check(one).exchanges).toMatchObject([{ holds: true }]);
  });

  test('without a TA certificate anywhere the signatures of the objects are said to be unchecked', () => {
    const empty = all().find(({ request }) => request.request.child_requests.length === 0);
    const [found] = check(empty, SIGNER_ID).exchanges;
    expect(found?.holds).toBe(true);
    expect(found?.checks.filter(({ ok }) => ok === null)).toEqual([
      { ok: null, text: 'no TA certificate is here: the signatures of its objects were not checked' },
    ]);
  });
});

/** The first exchange, altered and judged alone. */
function altered(change: (one: Exchange) => void, parties: { signer?: RecordFile; proxy?: RecordFile } = {}) {
  const [one] = all();
  if (one === undefined) throw new Error('no exchange');
  change(one);
  const [found] = check(one, parties.signer, parties.proxy).exchanges;
  if (found === undefined) throw new Error('nothing was judged');
  return {
    failed: found.checks.filter(({ ok }) => ok === false).map(({ text }) => text),
    said: found.faults.map(({ text }) => text).join('\n'),
    holds: found.holds,
  };
}

const flipped = (base64: string): string => {
  const bytes = Buffer.from(base64, 'base64');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes.toString('base64');
};

const SIGNED = 'the proxy signed the request';
const ANSWERED = 'the signer signed the response';
const READABLE = 'what is readable is what was signed';
const ANSWERS = 'the response answers this request';
const OBJECTS = 'certificates, CRL and manifest hold under the TA certificate';
const UNSHOWN =
  'certificates, CRL and manifest hold under the key of the TA certificate; the file shows none of that time';
const TIME = 'its time is that of the signature';

describe('an altered exchange is found out', () => {
  test.each<[string, (one: Exchange) => void, string[], RegExp]>([
    [
      'a bit of the signature of the request',
      ({ request }) => (request.signed.message = flipped(request.signed.message)),
      [SIGNED],
      /The request: the signature does not hold/,
    ],
    [
      'a bit of the signature of the response',
      ({ response }) => (response.signed.message = flipped(response.signed.message)),
      [ANSWERED],
      /The response: the signature does not hold/,
    ],
    [
      'another child in the clear text',
      ({ request }) => request.request.child_requests.forEach((child) => (child.child = 'other')),
      [SIGNED, READABLE, OBJECTS],
      /the clear text differs[\s\S]*an answer to nothing that was asked/,
    ],
    [
      'the response of another exchange',
      (one) => Object.assign(one, { response: all()[1]?.response }),
      [ANSWERS, OBJECTS],
      /it answers the request/,
    ],
    [
      'another certificate in the clear text',
      ({ response }) =>
        Object.values(response.response.objects.issued).forEach(
          (object) => (object.base64 = flipped(object.base64)),
        ),
      [ANSWERED, READABLE, UNSHOWN],
      /the hash is not that of the object/,
    ],
    [
      'another time beside it',
      (one) => (one.time = '2026-11-25T01:36:31Z'),
      [TIME],
      /the response was signed at 2026-11-24T01:36:31/,
    ],
    [
      'a time after the messages ended',
      (one) => (one.time = '2027-11-24T01:36:31Z'),
      [SIGNED, ANSWERED, OBJECTS, TIME],
      /it ended at/,
    ],
  ])('%s', (_what, change, failed, says) => {
    const found = altered(change);
    expect(found.failed).toEqual(failed);
    expect(found.said).toMatch(says);
    expect(found.holds).toBe(false);
  });

  test('judged by other identities, or as of another trust anchor', () => {
    const strange = altered(() => undefined, { proxy: SIGNER_ID });
    expect(strange.failed).toEqual([SIGNED]);
    expect(strange.said).toContain('signed by another identity');
    const info = JSON.parse(INFO.bytes.toString()) as { objects: { key_identifier: string } };
    info.objects.key_identifier = 'AB'.repeat(20);
    const other = altered(() => undefined, { signer: file('signer-info.json', info) });
    expect(other.failed).toEqual([OBJECTS]);
    expect(other.said).toContain('of another trust anchor key than signer-info.json');
  });

  test('the same exchange twice: its number does not grow', () => {
    const [first] = all();
    const { exchanges } = check([first, first]);
    expect(exchanges.map(({ holds }) => holds)).toEqual([true, false]);
    expect(exchanges[1]?.faults[0]?.text).toMatch(/is not above the last one/);
  });

  test('what is no exchange at all is told in place, and the others are judged', () => {
    const [first, second] = all();
    const { exchanges } = check([
      first,
      { ...second, response: { response: {}, signed: { message: 'AA==' } } },
    ]);
    expect(exchanges.map(({ holds }) => holds)).toEqual([true, false]);
    expect(exchanges[1]?.number).toBe('');
  });
});

describe('what a file leaves out', () => {
  const gapsOf = (exchanges: unknown) =>
    check(exchanges).exchanges.map(({ number, holds, gaps }) => ({ number, holds, gaps }));

  test('nothing is said of a whole file, nor of one exchange alone', () => {
    expect(gapsOf(all()).flatMap(({ gaps }) => gaps)).toEqual([]);
    for (const one of all()) expect(gapsOf(one)).toMatchObject([{ gaps: [] }]);
  });

  test('numbers between two are named, and so are keys that were revoked or stand there without having been issued', () => {
    const whole = all();
    const issuer = (key: string): number =>
      whole.findIndex(({ response }) => key in response.response.objects.issued);
    let named = 0;
    // Each exchange taken out in turn, but for the last one, after which nothing shows it.
    for (const [at] of whole.slice(0, -1).entries()) {
      const found = gapsOf(whole.filter((_, place) => place !== at));
      expect(found.every(({ holds }) => holds)).toBe(true);
      const said = found.flatMap(({ gaps }) => gaps);
      expect(said[0]).toBe(
        at === 0
          ? 'what came before number 3 is not in this file'
          : `number ${at + 2} is not in this file: the signer skipped them, or their exchanges were taken out`,
      );
      const first = at === 0 ? 1 : 0;
      const keys = Object.keys(whole[at]?.response.response.objects.issued ?? {}).filter(
        (key) => issuer(key) === at && at > first,
      );
      const after = new Set(Object.keys(whole[at + 1]?.response.response.objects.issued ?? {}));
      named += keys.length;
      for (const key of keys)
        expect(said).toContain(
          after.has(key)
            ? `its manifest has a certificate of key ${key}, which no exchange of this file issued`
            : `it revokes key ${key}, which no exchange of this file issued`,
        );
    }
    expect(named).toBeGreaterThan(1);
    const three = gapsOf([...whole.slice(0, 1), ...whole.slice(4)]);
    expect(three[1]?.gaps[0]).toMatch(/^numbers 3 to 5 are not in this file: /);
  });

  test('after one that cannot be read nothing is said: it may have been any of them', () => {
    const [first, , third, ...rest] = all();
    const broken = { ...all()[1], response: { response: {}, signed: { message: 'AA==' } } };
    const found = gapsOf([first, broken, third, ...rest]);
    expect(found.map(({ holds }) => holds).filter((holds) => !holds)).toHaveLength(1);
    expect(found.flatMap(({ gaps }) => gaps)).toEqual([]);
  });
});

test('an exchange that is judged years later is not asked for anew, and what ended is told once', () => {
  const { said } = altered((one) => (one.time = '2027-11-24T01:36:31Z'));
  expect(said).not.toMatch(/ask for/);
  const lines = said.split('\n');
  expect(lines.filter((line) => line.startsWith('The manifest: it ended at'))).toHaveLength(1);
  expect(new Set(lines).size).toBe(lines.length);
});

test('a file that is another one is named', () => {
  const info = 'signer-info.json is what a signer is and has published (signer-info.json)';
  expect(() => check(all(), INFO, INFO)).toThrow(
    `${info}; wanted is the identity of the proxy (proxy-id.json).`,
  );
  expect(() => check(all(), file('setup/proxy-repo.json'))).toThrow(
    /proxy-repo.json is the repository of a proxy/,
  );
  expect(() =>
    checkRecord({ exchanges: file('exchanges/x1-issue/request.json'), proxy: PROXY, signer: INFO }),
  ).toThrow(/request.json is a request of a proxy to its signer/);
  expect(() => check([])).toThrow('exchanges.json holds no exchange.');
  expect(() => check([{ time: 'now', request: {}, response: {} }])).toThrow(
    /damaged, at \[0\].time: it is no instant/,
  );
  const cut = { name: 'exchanges.json', bytes: read('exchanges/exchanges.json').subarray(0, 5000) };
  expect(() => checkRecord({ exchanges: cut, proxy: PROXY, signer: INFO })).toThrow(
    /^exchanges.json is damaged/,
  );
});
