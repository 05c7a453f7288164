/**
 * Makes the request with which an authority asks its parent for a certificate (PKCS#10, RFC 6487 6, RFC 6492 3.4.1), as a CA
 * of Krill does but in DER throughout: no `critical FALSE`. It asks for no resources; those are the parent's to say.
 */
import { contextConstructed, integer, oid, sequence, setOf } from '../x509/der-writer.ts';
import {
  authorityInfo,
  type AuthorityLocations,
  authorityUsage,
  basicConstraints,
  keyIdName,
  type Sign,
  signedDer,
} from './make-certificate.ts';

const EXTENSION_REQUEST = oid('1.2.840.113549.1.9.14');

/** CertificationRequest, DER; signed by the key it is for, whose identifier (upper-case hex) is its name. */
export function makeCsr(
  key: { keyId: string; spkiDer: Uint8Array },
  at: AuthorityLocations,
  sign: Sign,
): Promise<Uint8Array> {
  const extensions = sequence(basicConstraints, authorityUsage, authorityInfo(at));
  return signedDer(
    sequence(
      integer(0),
      keyIdName(key.keyId),
      key.spkiDer,
      contextConstructed(0, sequence(EXTENSION_REQUEST, setOf(extensions))),
    ),
    sign,
  );
}
