import 'reflect-metadata';
import { Extension, Name, PublicKey, X509CertificateGenerator } from '@peculiar/x509';
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import { cryptoShim, webAlgorithm } from '../testing/crypto-shim.ts';
import { makeKeyPair } from '../signers/software/key-pair.ts';
import { SOFTWARE_ALGORITHMS } from '../signers/software/software-signer.ts';
import { testRandom } from '../testing/test-ports.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { nameDer } from '../x509/distinguished-name.ts';
import { type CertificateContent, certificateContent } from './certificate-content.ts';
import { certificateDer, toBeSigned } from './certificate-der.ts';
import type { Order } from './order.ts';
import { PROFILES, type ProfileId } from './profiles/index.ts';
import { newSerial } from './serial.ts';

/** The same certificate by the library, with this signature. */
async function byLibrary(
  content: CertificateContent,
  algorithm: KeyAlgorithm,
  sign: (data: Uint8Array) => Promise<Uint8Array>,
): Promise<Buffer> {
  const { crypto, privateKey } = cryptoShim(algorithm, sign);
  const { rawData } = await X509CertificateGenerator.create(
    {
      serialNumber: Buffer.from(content.serial).toString('hex'),
      issuer: new Name(Buffer.from(content.issuerDer)),
      subject: new Name(Buffer.from(content.subjectDer)),
      notBefore: content.notBefore,
      notAfter: content.notAfter,
      publicKey: new PublicKey(Buffer.from(content.spkiDer)),
      signingAlgorithm: webAlgorithm(algorithm),
      signingKey: privateKey,
      extensions: content.extensions.map(
        ({ oid, critical, valueDer }) => new Extension(oid, critical, Buffer.from(valueDer)),
      ),
    },
    crypto,
  );
  return Buffer.from(rawData);
}

/** ECDSA-Sig-Value of two numbers that are as long as the curve's, RSA and Ed25519 any octets of the right length. */
function anySignature(algorithm: KeyAlgorithm): Buffer {
  const field = { 'p-256': 32, 'p-384': 48, 'p-521': 66 }[algorithm as string];
  if (field === undefined) return randomBytes(algorithm === 'ed25519' ? 64 : Number(algorithm.slice(4)) / 8);
  const number = Buffer.concat([Buffer.from([2, field, 1]), randomBytes(field - 1)]);
  const both = Buffer.concat([number, number]);
  return Buffer.concat([
    Buffer.from(both.length < 128 ? [0x30, both.length] : [0x30, 0x81, both.length]),
    both,
  ]);
}

async function expectSame(content: CertificateContent, algorithm: KeyAlgorithm): Promise<void> {
  const signature = anySignature(algorithm);
  let signed = Buffer.alloc(0);
  const expected = await byLibrary(content, algorithm, async (data) => {
    signed = Buffer.from(data);
    return signature;
  });
  const tbsDer = toBeSigned(content, algorithm);
  expect(Buffer.from(tbsDer).toString('hex')).toBe(signed.toString('hex'));
  expect(Buffer.from(certificateDer(tbsDer, algorithm, signature)).toString('hex')).toBe(
    expected.toString('hex'),
  );
}

const spkis = new Map(
  await Promise.all(
    SOFTWARE_ALGORITHMS.map(
      async (algorithm) => [algorithm, (await makeKeyPair(algorithm)).spkiDer] as const,
    ),
  ),
);
const spkiOf = (algorithm: KeyAlgorithm): Uint8Array => spkis.get(algorithm) ?? new Uint8Array();

const profileIds = Object.keys(PROFILES) as ProfileId[];

function orderOf(id: ProfileId, more: Partial<Order> = {}): Order {
  return {
    profile: PROFILES[id],
    subject: [
      { type: 'C', value: 'DE' },
      { type: 'O', value: 'Größere Bäume, "Inc."' },
      { type: 'CN', value: 'www.example.net' },
    ],
    names: [
      { type: 'dns', value: 'www.example.net' },
      { type: 'ip', value: '2001:db8::1' },
      { type: 'email', value: 'a@example.net' },
      { type: 'uri', value: 'https://www.example.net/a' },
    ],
    validity: { notBefore: new Date('2026-11-24T11:59:00Z'), notAfter: new Date('2027-11-24T12:00:00.987Z') },
    pathLength: PROFILES[id].pathLength,
    permitted: [
      { type: 'dns', value: 'example.net' },
      { type: 'ip', value: '10.0.0.0/8' },
    ],
    status: {
      crl: ['http://crl.example.net/a.crl'],
      ocsp: ['http://ocsp.example.net'],
      caIssuers: ['http://ca.example.net/a.crt'],
    },
    ...more,
  };
}

function contentOf(
  order: Order,
  key: KeyAlgorithm,
  serial = newSerial(order.profile.serialBits, testRandom),
) {
  const issuer =
    order.profile.signedBy === 'itself'
      ? null
      : {
          nameDer: nameDer([{ type: 'CN', value: 'Example Intermediate CA' }]),
          keyIdentifier: 'AB'.repeat(20),
        };
  return certificateContent({ order, spkiDer: spkiOf(key), issuer, serial });
}

describe('what is written is what @peculiar/x509 writes, octet for octet', () => {
  test.each(profileIds.flatMap((id) => SOFTWARE_ALGORITHMS.map((algorithm) => [id, algorithm] as const)))(
    '%s signed by %s',
    async (id, algorithm) => {
      for (const key of SOFTWARE_ALGORITHMS) await expectSame(contentOf(orderOf(id), key), algorithm);
    },
  );

  test.each(profileIds)('%s with nothing that may be left out', async (id) => {
    const bare = orderOf(id, {
      subject: [],
      names: [{ type: 'dns', value: 'a.example' }],
      permitted: [],
      pathLength: null,
      status: { crl: [], ocsp: [], caIssuers: [] },
    });
    await expectSame(contentOf(bare, 'p-256'), 'p-256');
  });

  test.each(['01', '7f', '80', 'ff', '00ff', '0100', `7f${'ff'.repeat(19)}`])(
    'serial number %s',
    async (serial) => {
      await expectSame(contentOf(orderOf('step-server'), 'p-256', Buffer.from(serial, 'hex')), 'p-256');
    },
  );

  test.each([
    '1950-01-01T00:00:00Z',
    '1999-12-31T23:59:59Z',
    '2049-12-31T23:59:59Z',
    '2050-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
  ])('a certificate that ends at %s', async (at) => {
    const validity = { notBefore: new Date('1950-01-01T00:00:00Z'), notAfter: new Date(at) };
    await expectSame(contentOf(orderOf('step-server', { validity }), 'p-256'), 'p-256');
  });

  test('a thousand serial numbers and names', async () => {
    for (let count = 0; count < 1000; count += 1) {
      const subject = [{ type: 'CN' as const, value: `host-${count}${'x'.repeat(count % 60)}` }];
      const names = Array.from({ length: 1 + (count % 40) }, (_, at) => ({
        type: 'dns' as const,
        value: `host-${count}-${at}.example.net`,
      }));
      await expectSame(contentOf(orderOf('step-server', { subject, names }), 'p-256'), 'p-256');
    }
  }, 60_000);
});

test('no extensions are no field, where the library writes an empty list (RFC 5280 4.1.2.9 has at least one)', () => {
  const tbsDer = toBeSigned({ ...contentOf(orderOf('step-server'), 'p-256'), extensions: [] }, 'p-256');
  const { extensions } = parseCertificate(certificateDer(tbsDer, 'p-256', anySignature('p-256')));
  expect(extensions).toEqual([]);
  expect(Buffer.from(tbsDer).toString('hex').endsWith('3000')).toBe(false);
});
