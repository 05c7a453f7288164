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

const KEYS: [name: string, der: Buffer][] = [
  ['PKCS#8 RSA', rsa.privateKey.export({ format: 'der', type: 'pkcs8' })],
  ['PKCS#1', rsa.privateKey.export({ format: 'der', type: 'pkcs1' })],
  ['PKCS#8 EC', ec.privateKey.export({ format: 'der', type: 'pkcs8' })],
  ['SEC1', ec.privateKey.export({ format: 'der', type: 'sec1' })],
  ['PKCS#8 Ed25519', ed.privateKey.export({ format: 'der', type: 'pkcs8' })],
];

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
    ...KEYS,
    [
      'PEM bytes after text',
      Buffer.from(`note\n${ec.privateKey.export({ format: 'pem', type: 'sec1' }).toString()}`),
    ],
  ])('sees %s in bytes, wherever they stand', (_name, bytes) => {
    expect(holdsPrivateKey(new Uint8Array(bytes))).toBe(true);
    expect(holdsPrivateKey({ rows: [{ deep: new Uint8Array(bytes) }] })).toBe(true);
  });

  it.each(KEYS)('sees %s at any place of bytes, and in text as base64, base64url and hex', (_name, der) => {
    for (const before of [1, 2, 3, 1000]) {
      const bytes = Buffer.concat([Buffer.alloc(before, 7), der, Buffer.alloc(5)]);
      expect(holdsPrivateKey({ a: new Uint8Array(bytes) })).toBe(true);
      for (const form of ['base64', 'base64url', 'hex'] as const)
        expect(holdsPrivateKey({ a: [`it is ${bytes.toString(form)}.`] })).toBe(true);
    }
    const lines = der.toString('base64').replaceAll(/.{64}/g, '$&\r\n');
    expect(holdsPrivateKey(lines)).toBe(true);
    for (const skip of [1, 2, 3])
      expect(holdsPrivateKey(`${'x'.repeat(skip)}${der.toString('base64')}`)).toBe(true);
    expect(holdsPrivateKey(der.toString('hex').toUpperCase().replaceAll(/../g, '$&:'))).toBe(true);
  });

  it('sees a private JWK, as an object and as text, and lets a public one pass', () => {
    for (const { privateKey, publicKey } of [rsa, ec, ed]) {
      const secret = privateKey.export({ format: 'jwk' });
      expect(holdsPrivateKey({ rows: [secret] })).toBe(true);
      expect(holdsPrivateKey({ text: JSON.stringify(secret, null, 2) })).toBe(true);
      const open = publicKey.export({ format: 'jwk' });
      expect(holdsPrivateKey({ rows: [open], text: JSON.stringify(open) })).toBe(false);
    }
  });

  it.each(['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'])(
    'sees armour %s with a key behind it, and not the words alone',
    (label) => {
      const begin = `-----BEGIN ${label}-----`;
      const base64 = ec.privateKey.export({ format: 'der', type: 'sec1' }).toString('base64');
      for (const between of ['\n', '\r\n', '\\n', '\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n'])
        expect(holdsPrivateKey({ a: [`x ${begin}${between}${base64}`] })).toBe(true);
      for (const text of [
        begin,
        `${begin}.txt is not understood.`,
        `"${begin}" was refused: choose another file`,
      ])
        expect(holdsPrivateKey({ a: [text], b: new Uint8Array(Buffer.from(text)) })).toBe(false);
    },
  );

  it('sees encrypted armour of OpenSSH and of old', () => {
    const openssh = Buffer.from('openssh-key-v1\0and more of it, and more').toString('base64');
    expect(holdsPrivateKey(`-----BEGIN OPENSSH PRIVATE KEY-----\n${openssh}`)).toBe(true);
    expect(
      holdsPrivateKey(
        '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n/4x4x4x4x4x4x4x4x4x4x4',
      ),
    ).toBe(true);
  });

  it.each(PUBLIC)('lets a %s pass in text and inside other bytes', (_kind, bytes) => {
    for (const form of ['base64', 'base64url', 'hex'] as const)
      expect(holdsPrivateKey({ text: `it is ${bytes.toString(form)}.` })).toBe(false);
    expect(holdsPrivateKey(new Uint8Array(Buffer.concat([Buffer.alloc(9), bytes])))).toBe(false);
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
