import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdsPrivateKey } from './secret-check.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const ed = generateKeyPairSync('ed25519');

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
    const spki = ec.publicKey.export({ format: 'der', type: 'spki' });
    expect(
      holdsPrivateKey({ bytes: new Uint8Array(spki), text: '-----BEGIN CERTIFICATE-----', n: 1, none: null }),
    ).toBe(false);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 31 }), (bytes) => !holdsPrivateKey(bytes)));
  });
});
