/** A certificate revocation list (RFC 5280 5): taken apart and made ready for showing. Whether it is fresh depends on `now`. */
import type { CrlView } from '#shared/contract/certificate-view.ts';
import type { Finding } from '#shared/contract/channel.ts';
import { sha256Hex } from '../lib/bytes.ts';
import { serialHex } from './certificate.ts';
import { decoded, instantText } from './certificate-view.ts';
import {
  bigInteger,
  exactly,
  expectTag,
  listElements,
  optional,
  readTlv,
  readWhole,
  smallInteger,
  TAG,
  timeValue,
  type Tlv,
  wholeOctets,
} from './der-reader.ts';
import { nameView } from './distinguished-name.ts';
import { type Extension, readAuthorityKeyId, readCrlNumber, readExtensions } from './extension-reader.ts';
import { extensionView, reasonText } from './extension-text.ts';
import { signatureFindings } from './lint-algorithms.ts';
import { EXTENSION } from './oids.ts';
import { hiddenInName } from './lint-hidden.ts';
import { toPem } from './pem.ts';
import { longFormFindings } from './shortest-form.ts';
import { signatureName } from './verify-signature.ts';

export interface CrlEntry {
  serial: string;
  serialNumber: bigint;
  revokedAt: Date;
  revokedAtTag: number;
  /** null: there is no list of them. */
  extensions: Extension[] | null;
}

export interface CertificateList {
  der: Uint8Array;
  tbsDer: Uint8Array;
  version: number;
  issuer: Tlv;
  thisUpdate: Date;
  nextUpdate: Date | null;
  timeTags: number[];
  /** The list of entries stands there, be it empty. */
  hasList: boolean;
  entries: CrlEntry[];
  extensions: Extension[];
  /** As the signature says, and as the signed part says. */
  signatureAlgorithm: Tlv;
  innerAlgorithm: Tlv;
  signature: Uint8Array;
}

const TIMES = [TAG.utcTime, TAG.generalizedTime] as const;

function entryOf(tlv: Tlv): CrlEntry {
  const [serial, at, extensions] = exactly(
    expectTag(tlv, TAG.sequence, 'an entry of the CRL'),
    'an entry of the CRL',
    TAG.integer,
    TIMES,
    optional(TAG.sequence),
  );
  return {
    serial: serialHex(serial),
    serialNumber: bigInteger(serial, 'a revoked serial number'),
    revokedAt: timeValue(at, 'a revocation date'),
    revokedAtTag: at.tag,
    extensions: extensions === undefined ? null : readExtensions(extensions),
  };
}

/** Throws X509Error when `der` is no CRL, or holds an element that RFC 5280 5.1 does not name. */
export function parseCrl(der: Uint8Array): CertificateList {
  const [tbs, signatureAlgorithm, signature] = exactly(
    readWhole(der, TAG.sequence, 'the CRL'),
    'the CRL',
    TAG.sequence,
    TAG.sequence,
    TAG.bitString,
  );
  const [version, innerAlgorithm, issuer, thisUpdate, nextUpdate, revoked, extensions] = exactly(
    tbs,
    'the signed part',
    optional(TAG.integer),
    TAG.sequence,
    TAG.sequence,
    TIMES,
    optional(TIMES),
    optional(TAG.sequence),
    optional(0xa0),
  );
  return {
    der,
    tbsDer: tbs.raw,
    version: version === undefined ? 1 : smallInteger(version, 'the version') + 1,
    issuer,
    thisUpdate: timeValue(thisUpdate, 'thisUpdate'),
    nextUpdate: nextUpdate === undefined ? null : timeValue(nextUpdate, 'nextUpdate'),
    timeTags: [thisUpdate.tag, ...(nextUpdate === undefined ? [] : [nextUpdate.tag])],
    hasList: revoked !== undefined,
    entries: revoked === undefined ? [] : listElements(revoked).map(entryOf),
    extensions:
      extensions === undefined
        ? []
        : readExtensions(readWhole(extensions.content, TAG.sequence, 'the extensions')),
    signatureAlgorithm,
    innerAlgorithm,
    signature: wholeOctets(signature, 'the signature'),
  };
}

function findings(crl: CertificateList, now: Date): Finding[] {
  const found: Finding[] = signatureFindings(signatureName(crl.signatureAlgorithm));
  if (crl.nextUpdate === null)
    found.push({
      code: 'CRL_NO_NEXT_UPDATE',
      severity: 'careful',
      text: 'The CRL does not say when the next one comes.',
      where: 'nextUpdate',
      clause: 'RFC 5280 5.1.2.5',
    });
  else if (crl.nextUpdate.getTime() < now.getTime())
    found.push({
      code: 'CRL_STALE',
      severity: 'bad',
      text: `The CRL is out of date: the next one was due on ${instantText(crl.nextUpdate)}.`,
      where: 'nextUpdate',
      clause: 'RFC 5280 5.1.2.5',
    });
  if (crl.thisUpdate.getTime() > now.getTime())
    found.push({
      code: 'CRL_NOT_YET',
      severity: 'bad',
      text: `The CRL is not valid before ${instantText(crl.thisUpdate)}.`,
      where: 'thisUpdate',
      clause: 'RFC 5280 5.1.2.4',
    });
  if (!crl.extensions.some(({ oid }) => oid === EXTENSION.crlNumber))
    found.push({
      code: 'CRL_NO_NUMBER',
      severity: 'careful',
      text: 'The CRL has no number.',
      where: 'cRLNumber',
      clause: 'RFC 5280 5.2.3',
    });
  return found;
}

const SHOWN = 1000;

/** Everything about one CRL; the first 1,000 entries. Throws X509Error when `der` is none. */
export function crlView(der: Uint8Array, options: { now: Date }): CrlView {
  const crl = parseCrl(der);
  const issuer = nameView(crl.issuer);
  return {
    kind: 'crl',
    sha256: sha256Hex(der),
    issuer,
    thisUpdate: instantText(crl.thisUpdate),
    nextUpdate: crl.nextUpdate === null ? null : instantText(crl.nextUpdate),
    number: decoded(crl.extensions, EXTENSION.crlNumber, (value) => readCrlNumber(value).toString(), null),
    signatureAlgorithm: signatureName(crl.signatureAlgorithm),
    authorityKeyId: decoded(crl.extensions, EXTENSION.authorityKeyIdentifier, readAuthorityKeyId, null),
    entryCount: crl.entries.length,
    entries: crl.entries.slice(0, SHOWN).map((entry) => ({
      serial: entry.serial,
      revokedAt: instantText(entry.revokedAt),
      reason: decoded(
        entry.extensions ?? [],
        EXTENSION.reasonCode,
        (value) => reasonText(Number(bigInteger(readTlv(value), 'the reason'))),
        'unspecified',
      ),
    })),
    extensions: crl.extensions.map(extensionView),
    findings: [...findings(crl, options.now), ...hiddenInName('issuer', issuer), ...longFormFindings(der)],
    pem: toPem('X509 CRL', der),
  };
}
