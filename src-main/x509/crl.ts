/** A certificate revocation list (RFC 5280 5): taken apart and made ready for showing. Whether it is fresh depends on `now`. */
import type { CrlView } from '#shared/contract/certificate-view.ts';
import type { Finding } from '#shared/contract/channel.ts';
import { sha256Hex } from '../lib/bytes.ts';
import { serialHex } from './certificate.ts';
import { decoded, instantText } from './certificate-view.ts';
import {
  bigInteger,
  wholeOctets,
  children,
  expectTag,
  readTlv,
  readWhole,
  TAG,
  timeValue,
  type Tlv,
} from './der-reader.ts';
import { nameView } from './distinguished-name.ts';
import { type Extension, readAuthorityKeyId, readCrlNumber, readExtensions } from './extension-reader.ts';
import { extensionView, reasonText } from './extension-text.ts';
import { signatureFindings } from './lint-algorithms.ts';
import { EXTENSION } from './oids.ts';
import { toPem } from './pem.ts';
import { longFormFindings } from './shortest-form.ts';
import { signatureName } from './verify-signature.ts';
import { X509Error } from './x509-error.ts';

export interface CrlEntry {
  serial: string;
  revokedAt: Date;
  extensions: Extension[];
}

export interface CertificateList {
  der: Uint8Array;
  tbsDer: Uint8Array;
  issuer: Tlv;
  thisUpdate: Date;
  nextUpdate: Date | null;
  entries: CrlEntry[];
  extensions: Extension[];
  signatureAlgorithm: Tlv;
  signature: Uint8Array;
}

const isTime = (tlv: Tlv | undefined): tlv is Tlv =>
  tlv?.tag === TAG.utcTime || tlv?.tag === TAG.generalizedTime;

function entryOf(tlv: Tlv): CrlEntry {
  const [serial, at, extensions] = children(tlv);
  if (serial === undefined || !isTime(at)) throw new X509Error('an entry of the CRL is incomplete');
  return {
    serial: serialHex(expectTag(serial, TAG.integer, 'a revoked serial number')),
    revokedAt: timeValue(at, 'a revocation date'),
    extensions: extensions === undefined ? [] : readExtensions(extensions),
  };
}

/** Throws X509Error when `der` is no CRL. */
export function parseCrl(der: Uint8Array): CertificateList {
  const [tbs, signatureAlgorithm, signature] = children(readWhole(der, TAG.sequence, 'the CRL'));
  if (tbs === undefined || signatureAlgorithm === undefined || signature === undefined)
    throw new X509Error('a CRL has three parts');
  const fields = children(expectTag(tbs, TAG.sequence, 'the signed part'));
  if (fields[0]?.tag === TAG.integer) fields.shift();
  const [, issuer, thisUpdate, ...rest] = fields;
  if (!isTime(thisUpdate)) throw new X509Error('the CRL has no thisUpdate');
  const nextUpdate = isTime(rest[0]) ? rest.shift() : undefined;
  const revoked = rest[0]?.tag === TAG.sequence ? rest.shift() : undefined;
  const extensions = rest.find((field) => field.tag === 0xa0);
  return {
    der,
    tbsDer: tbs.raw,
    issuer: expectTag(issuer, TAG.sequence, 'the issuer'),
    thisUpdate: timeValue(thisUpdate, 'thisUpdate'),
    nextUpdate: nextUpdate === undefined ? null : timeValue(nextUpdate, 'nextUpdate'),
    entries: revoked === undefined ? [] : children(revoked).map(entryOf),
    extensions: extensions === undefined ? [] : readExtensions(readTlv(extensions.content)),
    signatureAlgorithm: expectTag(signatureAlgorithm, TAG.sequence, 'the signature algorithm'),
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
  return {
    kind: 'crl',
    sha256: sha256Hex(der),
    issuer: nameView(crl.issuer),
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
        entry.extensions,
        EXTENSION.reasonCode,
        (value) => reasonText(Number(bigInteger(readTlv(value), 'the reason'))),
        'unspecified',
      ),
    })),
    extensions: crl.extensions.map(extensionView),
    findings: [...findings(crl, options.now), ...longFormFindings(der)],
    pem: toPem('X509 CRL', der),
  };
}
