/**
 * The state of a trust anchor's signer as the workspace keeps it: identities, TA certificate, TAL, objects, timing
 * (krill-ta.md 4.5, 6.1). Written as Krill writes it, so that moving in and out loses nothing; it makes and judges nothing.
 */
import { JsonError, type JsonValue, readJson, writeJson } from '../../lib/json-reader.ts';
import { asArray, asBase64, asObject, asText, asWhole, toJson } from '../../lib/json-shape.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import { keyId } from '../../x509/public-key.ts';
import { readIdentity } from '../documents.ts';
import { requireSaidInside } from '../inside.ts';
import {
  type CertInfo,
  certInfoJson,
  objectsJson,
  readCertInfo,
  readObjects,
  type TaObjects,
} from '../objects.ts';

/** Krill's names and defaults (krill-ta.md 6.8). */
export interface Timing {
  certificateValidityYears: number;
  issuedCertificateValidityWeeks: number;
  issuedCertificateReissueWeeksBefore: number;
  mftNextUpdateWeeks: number;
  signedMessageValidityDays: number;
}

export const DEFAULT_TIMING: Timing = {
  certificateValidityYears: 100,
  issuedCertificateValidityWeeks: 52,
  issuedCertificateReissueWeeksBefore: 26,
  mftNextUpdateWeeks: 12,
  signedMessageValidityDays: 14,
};

export const TIMING_NAMES: Record<keyof Timing, string> = {
  certificateValidityYears: 'certificate_validity_years',
  issuedCertificateValidityWeeks: 'issued_certificate_validity_weeks',
  issuedCertificateReissueWeeksBefore: 'issued_certificate_reissue_weeks_before',
  mftNextUpdateWeeks: 'mft_next_update_weeks',
  signedMessageValidityDays: 'signed_message_validity_days',
};

export interface Identity {
  spkiDer: Uint8Array;
  certificateDer: Uint8Array;
  /** Upper-case hex. */
  keyId: string;
}

export interface TrustAnchor {
  identity: Identity;
  proxy: Identity;
  certificate: CertInfo;
  /** https first, in the operator's order; the rsync one last. */
  tal: { https: string[]; rsync: string };
  objects: TaObjects;
  timing: Timing;
}

export function identityOf(spkiDer: Uint8Array, certificateDer: Uint8Array): Identity {
  return { spkiDer, certificateDer, keyId: keyId(spkiDer) };
}

/** `IdCertInfo` (krill-ta.md 4.1). */
export function identityJson({ spkiDer, certificateDer }: Identity): JsonValue {
  return toJson({
    public_key: Buffer.from(spkiDer).toString('base64'),
    base64: Buffer.from(certificateDer).toString('base64'),
    hash: sha256Hex(certificateDer).toLowerCase(),
  });
}

export function detailsJson({ certificate, tal }: Pick<TrustAnchor, 'certificate' | 'tal'>): JsonValue {
  return toJson({
    cert: certInfoJson(certificate),
    tal: {
      uris: tal.https,
      rsync_uri: tal.rsync,
      encoded_ski: Buffer.from(certificate.spkiDer).toString('base64'),
    },
  });
}

/** `TrustAnchorSignerInfo`: signer-info.json. */
export function signerInfoJson(anchor: TrustAnchor): JsonValue {
  return new Map([
    ['id', identityJson(anchor.identity)],
    ['objects', objectsJson(anchor.objects)],
    ['ta_cert_details', detailsJson(anchor)],
  ]);
}

export function timingJson(timing: Timing): JsonValue {
  return toJson(
    Object.fromEntries(
      Object.entries(TIMING_NAMES).map(([name, written]) => [written, timing[name as keyof Timing]]),
    ),
  );
}

/** The text the store keeps. */
export function trustAnchorText(anchor: TrustAnchor): string {
  return writeJson(
    new Map([
      ['id', identityJson(anchor.identity)],
      ['proxy_id', identityJson(anchor.proxy)],
      ['ta_cert_details', detailsJson(anchor)],
      ['objects', objectsJson(anchor.objects)],
      ['timing', timingJson(anchor.timing)],
    ]),
  );
}

/** Throws JsonError. */
export function readTiming(value: JsonValue | undefined): Timing {
  const object = asObject(value, 'timing', { required: Object.values(TIMING_NAMES) });
  const entries = Object.entries(TIMING_NAMES).map(([name, written]) => [
    name,
    Number(asWhole(object.get(written), `timing.${written}`)),
  ]);
  return Object.fromEntries(entries) as Timing;
}

export function readDetails(
  value: JsonValue | undefined,
  path: string,
): Pick<TrustAnchor, 'certificate' | 'tal'> {
  const details = asObject(value, path, { required: ['cert', 'tal'] });
  const tal = asObject(details.get('tal'), `${path}.tal`, { required: ['uris', 'rsync_uri', 'encoded_ski'] });
  const certificate = readCertInfo(details.get('cert') ?? null, `${path}.cert`);
  requireSaidInside(certificate, 'anchor', `${path}.cert`);
  const spki = asBase64(tal.get('encoded_ski'), `${path}.tal.encoded_ski`);
  if (Buffer.compare(spki, certificate.spkiDer) !== 0)
    throw new JsonError('the key of the TAL is not that of the certificate', `${path}.tal.encoded_ski`);
  return {
    certificate,
    tal: {
      https: asArray(tal.get('uris'), `${path}.tal.uris`).map(([uri, at]) => asText(uri, at)),
      rsync: asText(tal.get('rsync_uri'), `${path}.tal.rsync_uri`),
    },
  };
}

/** Reads what `trustAnchorText` wrote. Throws JsonError. */
export function readTrustAnchor(text: string): TrustAnchor {
  const object = asObject(readJson(Buffer.from(text, 'utf8')), '', {
    required: ['id', 'proxy_id', 'ta_cert_details', 'objects', 'timing'],
  });
  const identity = readIdentity(object.get('id'), 'id');
  const proxy = readIdentity(object.get('proxy_id'), 'proxy_id');
  return {
    identity: identityOf(identity.spkiDer, identity.certificateDer),
    proxy: identityOf(proxy.spkiDer, proxy.certificateDer),
    ...readDetails(object.get('ta_cert_details'), 'ta_cert_details'),
    objects: readObjects(object.get('objects'), 'objects'),
    timing: readTiming(object.get('timing')),
  };
}
