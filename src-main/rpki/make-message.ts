/**
 * Makes the signed message of an exchange and of RFC 6492 and 8181: a one-off certificate and a CRL of the identity key
 * around the content (krill-ta.md 5). The keys are the caller's.
 */
import { makeCrl } from './make-crl.ts';
import { type IssuerSign, makeMessageSigner, type Sign } from './make-certificate.ts';
import { makeSignedObject } from './make-signed-object.ts';

/** id-ct-xml, whatever is inside. */
const CONTENT = '1.2.840.113549.1.9.16.1.28';

export interface OneOffKey {
  keyId: string;
  spkiDer: Uint8Array;
  sign: Sign;
}

/** ContentInfo, DER. Valid from `notBefore` to `notAfter`; signed at `now`. */
export async function makeMessage(
  content: Uint8Array,
  identity: IssuerSign & { keyId: string },
  oneOff: OneOffKey,
  at: { now: Date; notBefore: Date; notAfter: Date; serial: Uint8Array },
): Promise<Uint8Array> {
  const certificateDer = await makeMessageSigner(
    {
      serial: at.serial,
      issuerKeyId: identity.keyId,
      keyId: oneOff.keyId,
      spkiDer: oneOff.spkiDer,
      validity: { notBefore: at.notBefore, notAfter: at.notAfter },
    },
    identity.certificate,
  );
  const crlDer = await makeCrl(
    {
      issuerKeyId: identity.keyId,
      thisUpdate: at.notBefore,
      nextUpdate: at.notAfter,
      number: BigInt(at.now.getTime()),
      revoked: [],
    },
    identity.crl,
  );
  return makeSignedObject(
    { contentType: CONTENT, content, certificateDer, keyId: oneOff.keyId, crlDer, signingTime: at.now },
    oneOff.sign,
  );
}
