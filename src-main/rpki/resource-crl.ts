/** A CRL held against the RPKI profile (RFC 6487 5, RFC 9829). Who signed it is judge.ts. */
import { type CertificateList, parseCrl } from '../x509/crl.ts';
import { children, readWhole, smallInteger, TAG } from '../x509/der-reader.ts';
import { readCrlNumber } from '../x509/extension-reader.ts';
import { EXTENSION } from '../x509/oids.ts';
import { checkName, hex, SHA256_WITH_RSA } from './certificate-fields.ts';
import type { Faults } from './fault.ts';

export interface ResourceCrl {
  crl: CertificateList;
  /** Upper-case hex. */
  authorityKeyId: string | null;
  number: bigint | null;
}

/** Throws X509Error when it is no CRL. */
export function resourceCrl(der: Uint8Array, faults: Faults): ResourceCrl {
  const crl = parseCrl(der);
  const fields = children(readWhole(crl.tbsDer, TAG.sequence, 'the signed part'));
  const [version] = fields;
  const isV2 = version?.tag === TAG.integer && smallInteger(version, 'the version') === 1;
  faults.check(isV2, 'the version is not 2', 'RFC 6487 5');
  const inner = fields[isV2 ? 1 : 0];
  faults.check(
    hex(crl.signatureAlgorithm.raw) === SHA256_WITH_RSA &&
      inner !== undefined &&
      hex(inner.raw) === SHA256_WITH_RSA,
    'the signature algorithm is not sha256WithRSAEncryption with NULL, twice the same',
    'RFC 7935 2',
  );
  faults.read('RFC 6487 5', () => checkName(faults, crl.issuer, 'issuer'));
  const times = fields.filter(({ tag }) => tag === TAG.utcTime || tag === TAG.generalizedTime);
  for (const [at, value] of [crl.thisUpdate, crl.nextUpdate].entries())
    faults.check(
      value === null || (times[at]?.tag === TAG.utcTime) === value.getUTCFullYear() < 2050,
      'a time has the wrong type: UTCTime through 2049, GeneralizedTime from 2050',
      'RFC 5280 5.1.2.4',
    );
  if (faults.check(crl.nextUpdate !== null, 'there is no nextUpdate', 'RFC 6487 5'))
    faults.check(
      crl.thisUpdate.getTime() < (crl.nextUpdate?.getTime() ?? 0),
      'nextUpdate is not later than thisUpdate',
      'RFC 6487 5',
    );
  const oids = crl.extensions.map(({ oid }) => oid);
  faults.check(
    oids.length === 2 &&
      oids.includes(EXTENSION.authorityKeyIdentifier) &&
      oids.includes(EXTENSION.crlNumber),
    'the extensions are not the authority key identifier and the CRL number alone',
    'RFC 6487 5',
  );
  faults.check(
    crl.extensions.every(({ critical }) => !critical),
    'an extension is critical',
    'RFC 6487 5',
  );
  faults.check(
    crl.entries.every(({ extensions }) => extensions.length === 0),
    'an entry has extensions',
    'RFC 6487 5',
  );
  faults.check(
    new Set(crl.entries.map(({ serial }) => serial)).size === crl.entries.length,
    'a serial number is revoked twice',
    'RFC 5280 5.1.2.6',
  );
  const numberDer = crl.extensions.find(({ oid }) => oid === EXTENSION.crlNumber)?.valueDer;
  const number = numberDer === undefined ? null : faults.read('RFC 6487 5', () => readCrlNumber(numberDer));
  faults.check(
    number === null || (number >= 0n && number < 1n << 159n),
    'the CRL number is negative or has more than 159 bits',
    'RFC 9829 3',
  );
  const aki = crl.extensions.find(({ oid }) => oid === EXTENSION.authorityKeyIdentifier)?.valueDer;
  const plain = aki?.length === 24 && hex(aki.subarray(0, 4)) === '30168014';
  faults.check(
    aki === undefined || plain,
    'the authority key identifier is not one key identifier',
    'RFC 6487 5',
  );
  return {
    crl,
    number,
    authorityKeyId: aki !== undefined && plain ? hex(aki.subarray(4)).toUpperCase() : null,
  };
}
