import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testRequest } from '../testing/test-request.ts';
import { vectorPath } from '../testing/vectors.ts';
import { holdsPrivateKey } from './secret-check.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const ed = generateKeyPairSync('ed25519');

const vector = (path: string): Buffer => readFileSync(vectorPath(path));
const spki = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' });

/** What everybody may see, of every kind that answers carry. */
const PUBLIC: [kind: string, bytes: Buffer][] = [
  ['certificate in PEM', vector('golden/agent-1.crt')],
  ['certificate', vector('pkits/certs/GoodCACert.crt')],
  ['CRL', vector('pkits/crls/GoodCACRL.crl')],
  ['request', testRequest('web.internal', [])],
  ['RSA public key', spki(rsa.publicKey)],
  ['PKCS#1 public key', rsa.publicKey.export({ format: 'der', type: 'pkcs1' })],
  ['EC public key', spki(ec.publicKey)],
  ['Ed25519 public key', spki(ed.publicKey)],
  [
    'signed object',
    vector('krill-ta/krill-0.16.1/repository/online/0/3139322e302e322e302f32342d3234203d3e203634343936.roa'),
  ],
];

describe('holdsPrivateKey', () => {
  it.each([
    ['PKCS#8 RSA', rsa.privateKey.export({ format: 'der', type: 'pkcs8' })],
    ['PKCS#1', rsa.privateKey.export({ format: 'der', type: 'pkcs1' })],
    ['PKCS#8 EC', ec.privateKey.export({ format: 'der', type: 'pkcs8' })],
    ['SEC1', ec.privateKey.export({ format: 'der', type: 'sec1' })],
    ['PKCS#8 Ed25519', ed.privateKey.export({ format: 'der', type: 'pkcs8' })],
    [
      'PEM bytes after text',
      Buffer.from(`note\n${ec.privateKey.export({ format: 'pem', type: 'sec1' }).toString()}`),
    ],
  ])('sees %s in bytes, wherever they stand', (_name, bytes) => {
    expect(holdsPrivateKey(new Uint8Array(bytes))).toBe(true);
    expect(holdsPrivateKey({ rows: [{ deep: new Uint8Array(bytes) }] })).toBe(true);
  });

  it('sees armour of every label in text', () => {
    for (const label of [
      'PRIVATE KEY',
      'RSA PRIVATE KEY',
      'EC PRIVATE KEY',
      'ENCRYPTED PRIVATE KEY',
      'OPENSSH PRIVATE KEY',
    ])
      expect(holdsPrivateKey({ a: [`x -----BEGIN ${label}-----`] })).toBe(true);
  });

  it('lets public things pass', () => {
    expect(
      holdsPrivateKey({
        bytes: new Uint8Array(spki(ec.publicKey)),
        text: '-----BEGIN CERTIFICATE-----',
        n: 1,
        none: null,
      }),
    ).toBe(false);
  });

  it.each(PUBLIC)('lets a %s pass, as it is and altered behind its head', (_kind, bytes) => {
    expect(bytes.length).toBeGreaterThan(31);
    expect(holdsPrivateKey(new Uint8Array(bytes))).toBe(false);
    fc.assert(
      fc.property(fc.nat(bytes.length - 17), fc.nat(255), (at, octet) => {
        const altered = Uint8Array.from(bytes);
        altered[16 + at] = octet;
        return !holdsPrivateKey(altered);
      }),
    );
  });

  it('sees a key in whatever follows its head', () => {
    const heads = [rsa, ec, ed].map(({ privateKey }) =>
      privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(0, 12),
    );
    fc.assert(
      fc.property(fc.constantFrom(...heads), fc.uint8Array({ minLength: 20, maxLength: 300 }), (head, rest) =>
        holdsPrivateKey(new Uint8Array(Buffer.concat([head, rest]))),
      ),
    );
  });

  it('takes no SEQUENCE for a key that begins with anything but a version', () => {
    const notVersion = fc.nat(255).filter((tag) => tag !== 0x02);
    fc.assert(
      fc.property(
        fc.nat(0x7f),
        notVersion,
        fc.uint8Array({ minLength: 32, maxLength: 300 }),
        (length, tag, rest) => !holdsPrivateKey(Uint8Array.from([0x30, length, tag, ...rest])),
      ),
    );
  });
});
