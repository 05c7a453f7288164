/** The fields of a certificate made into a certificate by @peculiar/x509, signed through the crypto shim. */
import type * as PeculiarX509 from '@peculiar/x509';
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import { cryptoShim, webAlgorithm } from '../signers/crypto-shim.ts';
import type { CertificateContent } from './certificate-content.ts';

/** Loaded at the first signature: the library takes a tenth of a second that no start should pay. */
async function library(): Promise<typeof PeculiarX509> {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

/** Certificate DER. `sign` answers as the signer port does; what it throws passes through. */
export async function signContent(
  content: CertificateContent,
  algorithm: KeyAlgorithm,
  sign: (data: Uint8Array) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const { Extension, Name, PublicKey, X509CertificateGenerator } = await library();
  const { crypto, privateKey } = cryptoShim(algorithm, sign);
  const certificate = await X509CertificateGenerator.create(
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
  return new Uint8Array(certificate.rawData);
}
