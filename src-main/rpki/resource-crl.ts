/** A CRL held against the RPKI profile (RFC 6487 5, RFC 9829). Who signed it is judge.ts. */
import { type CertificateList, parseCrl } from '../x509/crl.ts';
import { TAG } from '../x509/der-reader.ts';
import { readCrlNumber } from '../x509/extension-reader.ts';
import { EXTENSION } from '../x509/oids.ts';
import { checkAlgorithms, checkName, hex } from './certificate-fields.ts';
import type { Faults } from './fault.ts';

export interface ResourceCrl {
  crl: CertificateList;
  /** Upper-case hex. */
  authorityKeyId: string | null;
  number: bigint | null;
}

function isRightType(tag: number | undefined, at: Date): boolean {
  return (tag === TAG.utcTime) === at.getUTCFullYear() < 2050;
}

/** What was revoked: serial numbers that a certificate can have, each once, with a date and nothing more. */
function checkEntries(faults: Faults, { entries, hasList }: CertificateList): void {
  faults.check(!hasList || entries.length > 0, 'the list of entries is there and empty', 'RFC 5280 5.1.2.6');
  faults.check(
    entries.every(({ serialNumber }) => serialNumber > 0n && serialNumber < 1n << 159n),
    'a revoked serial number is not positive or has more than 159 bits',
    'RFC 5280 4.1.2.2',
  );
  faults.check(
    entries.every(({ revokedAt, revokedAtTag }) => isRightType(revokedAtTag, revokedAt)),
    'a revocation date has the wrong type: UTCTime through 2049, GeneralizedTime from 2050',
    'RFC 5280 5.1.2.6',
  );
  faults.check(
    entries.every(({ extensions }) => extensions === null),
    'an entry has extensions',
    'RFC 6487 5',
  );
  faults.check(
    new Set(entries.map(({ serialNumber }) => serialNumber)).size === entries.length,
    'a serial number is revoked twice',
    'RFC 5280 5.1.2.6',
  );
}

/** Throws X509Error when it is no CRL. */
export function resourceCrl(der: Uint8Array, faults: Faults): ResourceCrl {
  const crl = parseCrl(der);
  faults.check(crl.version === 2, 'the version is not 2', 'RFC 6487 5');
  checkAlgorithms(faults, crl, '');
  faults.read('RFC 6487 5', () => checkName(faults, crl.issuer, 'issuer'));
  const times = [crl.thisUpdate, ...(crl.nextUpdate === null ? [] : [crl.nextUpdate])];
  for (const [at, value] of times.entries())
    faults.check(
      isRightType(crl.timeTags[at], value),
      'a time has the wrong type: UTCTime through 2049, GeneralizedTime from 2050',
      at === 0 ? 'RFC 5280 5.1.2.4' : 'RFC 5280 5.1.2.5',
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
  checkEntries(faults, crl);
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
