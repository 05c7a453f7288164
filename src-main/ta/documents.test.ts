import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type JsonObject, readJson } from '../lib/json-reader.ts';
import { toJson } from '../lib/json-shape.ts';
import { vectorPath } from '../testing/vectors.ts';
import { readIdentity, readRequest } from './documents.ts';
import { readSignerInfo } from './signer-info.ts';

const file = (...parts: string[]): Buffer => readFileSync(vectorPath('krill-ta', 'krill-0.16.1', ...parts));

test('real identities and signer-info are read', () => {
  const proxy = readIdentity(readJson(file('setup', 'proxy-id.json')), '');
  expect(proxy.spkiDer).toHaveLength(294);
  for (const name of ['signer-info.json', 'signer-info-reissued.json'])
    expect(readSignerInfo(readJson(file('setup', name)))).toMatchObject({
      baseUri: expect.stringMatching(/\/$/),
    });
});

test.each([
  ['hash', /hash is not that/],
  ['public_key', /key is not that/],
])('an identity whose %s is of another one is refused', (member, said) => {
  const identity = readJson(file('setup', 'proxy-id.json')) as JsonObject;
  const other = (readJson(file('setup', 'signer-info.json')) as JsonObject).get('id') as JsonObject;
  expect(() => readIdentity(new Map([...identity, [member, other.get(member) ?? null]]), '')).toThrow(said);
});

const KEY = '0123456789ABCDEF0123456789ABCDEF01234567';
const CHILD = { child: 'a', resources: { asn: 'AS1', ipv4: '', ipv6: '' }, requests: {} };
const wish = (key = KEY) => ({ Revocation: { class_name: 'default', key } });

describe('a request that is not in its form is refused with the place', () => {
  test.each<[string, object, RegExp, string]>([
    [
      'a child twice',
      { child_requests: [CHILD, { ...CHILD, child: 'A' }] },
      /stands twice/,
      'r.child_requests[1]',
    ],
    [
      'a key twice',
      { child_requests: [{ ...CHILD, requests: { [KEY]: wish(), [KEY.toLowerCase()]: wish() } }] },
      /stands twice/,
      '',
    ],
    ['no handle', { child_requests: [{ ...CHILD, child: 'a b' }] }, /no handle/, 'r.child_requests[0].child'],
    [
      'backward resources',
      { child_requests: [{ ...CHILD, resources: { asn: 'AS20-AS10', ipv4: '', ipv6: '' } }] },
      /before it begins/,
      '',
    ],
    [
      'resources in another form',
      { child_requests: [{ ...CHILD, resources: { asn: 'AS1-AS1', ipv4: '', ipv6: '' } }] },
      /canonical/,
      '',
    ],
    [
      'an unknown field',
      { child_requests: [{ ...CHILD, more: 1 }] },
      /not known here/,
      'r.child_requests[0]',
    ],
    [
      'an unknown wish',
      { child_requests: [{ ...CHILD, requests: { [KEY]: { Other: {} } } }] },
      /no kind of request/,
      '',
    ],
    ['a short key', { child_requests: [{ ...CHILD, requests: { AB: wish() } }] }, /40 hex digits/, ''],
    ['an empty nonce', { nonce: '', child_requests: [] }, /1 to 255 visible/, 'r.nonce'],
    ['a nonce without end', { nonce: 'n'.repeat(256), child_requests: [] }, /1 to 255 visible/, 'r.nonce'],
    ['a nonce of control characters', { nonce: 'a\n', child_requests: [] }, /1 to 255 visible/, 'r.nonce'],
    ['no list', { child_requests: {} }, /list is missing/, 'r.child_requests'],
  ])('%s', (_name, part, said, path) => {
    const text = JSON.stringify({ nonce: 'n', ...part });
    expect(() => readRequest(readJson(Buffer.from(text)), 'r')).toThrow(said);
    if (path !== '')
      expect(() => readRequest(readJson(Buffer.from(text)), 'r')).toThrow(expect.objectContaining({ path }));
  });

  test('handles that look like paths or properties are only names', () => {
    for (const child of ['__proto__', '/etc/x', 'constructor']) {
      const request = readRequest(
        readJson(Buffer.from(`{"nonce":"n","child_requests":[${JSON.stringify({ ...CHILD, child })}]}`)),
        'r',
      );
      expect(request.children[0]?.handle).toBe(child);
    }
  });
});

test.each(['', '   ', 'a\nb', 'x'.repeat(256)])(
  'a nonce that cannot be told or shown is none: %j',
  (nonce) => {
    const request = toJson({ nonce, child_requests: [] });
    expect(() => readRequest(request, 'request')).toThrow('1 to 255 visible');
  },
);
