/**
 * Makes CMS signed data with exactly the three attributes that Krill reads right (krill-ta.md 5.1, 5.4): objects of a
 * repository and messages of an exchange. The key of `certificateDer` signs through `sign`.
 */
import { createHash } from 'node:crypto';
import {
  contextConstructed,
  contextPrimitive,
  integer,
  octetString,
  oid,
  sequence,
  setOf,
  time,
  tlv,
} from '../x509/der-writer.ts';
import type { Sign } from './make-certificate.ts';

export interface SignedContent {
  contentType: string;
  content: Uint8Array;
  certificateDer: Uint8Array;
  /** The key identifier of that certificate, upper-case hex. */
  keyId: string;
  /** A message carries one, an object none. */
  crlDer: Uint8Array | null;
  signingTime: Date;
}

const SHA256 = sequence(oid('2.16.840.1.101.3.4.2.1'));
const RSA = sequence(oid('1.2.840.113549.1.1.1'), Uint8Array.of(0x05, 0x00));
const SIGNED_DATA = oid('1.2.840.113549.1.7.2');

const attribute = (type: string, value: Uint8Array): Uint8Array => sequence(oid(type), tlv(0x31, value));

/** ContentInfo with SignedData, DER (RFC 5652, RFC 6488 2). */
export async function makeSignedObject(object: SignedContent, sign: Sign): Promise<Uint8Array> {
  const attributes = setOf(
    attribute('1.2.840.113549.1.9.3', oid(object.contentType)),
    attribute('1.2.840.113549.1.9.5', time(object.signingTime)),
    attribute('1.2.840.113549.1.9.4', octetString(createHash('sha256').update(object.content).digest())),
  );
  const signature = await sign(attributes);
  const attributesImplicit = Uint8Array.from(attributes);
  attributesImplicit[0] = 0xa0;
  const signer = sequence(
    integer(3),
    contextPrimitive(0, Buffer.from(object.keyId, 'hex')),
    SHA256,
    attributesImplicit,
    RSA,
    octetString(signature),
  );
  const signedData = sequence(
    integer(3),
    setOf(SHA256),
    sequence(oid(object.contentType), contextConstructed(0, octetString(object.content))),
    contextConstructed(0, object.certificateDer),
    ...(object.crlDer === null ? [] : [contextConstructed(1, object.crlDer)]),
    setOf(signer),
  );
  return sequence(SIGNED_DATA, contextConstructed(0, signedData));
}
