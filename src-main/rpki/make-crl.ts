/** Makes CRLs as the RPKI wants them (RFC 6487 5): authority key identifier and number, no entry extensions. It signs through `sign`. */
import {
  contextConstructed,
  integer,
  sequence,
  sequenceOf,
  time,
  unsignedInteger,
} from '../x509/der-writer.ts';
import {
  authorityKeyIdDer,
  extensionDer,
  keyIdName,
  SHA256_WITH_RSA,
  type Sign,
  signedDer,
} from './make-certificate.ts';

export interface CrlContent {
  /** Upper-case hex. */
  issuerKeyId: string;
  thisUpdate: Date;
  nextUpdate: Date;
  number: bigint;
  /** Serials as big-endian octets. Left out of the CRL when there is none. */
  revoked: readonly { serial: Uint8Array; at: Date }[];
}

/** A CRL, version 2, DER. */
export function makeCrl(content: CrlContent, sign: Sign): Promise<Uint8Array> {
  const entries = content.revoked.map(({ serial, at }) => sequence(unsignedInteger(serial), time(at)));
  return signedDer(
    sequence(
      integer(1),
      SHA256_WITH_RSA,
      keyIdName(content.issuerKeyId),
      time(content.thisUpdate),
      time(content.nextUpdate),
      ...(entries.length === 0 ? [] : [sequenceOf(entries)]),
      contextConstructed(
        0,
        sequence(
          authorityKeyIdDer(content.issuerKeyId),
          extensionDer({ oid: '2.5.29.20', critical: false, valueDer: integer(content.number) }),
        ),
      ),
    ),
    sign,
  );
}
