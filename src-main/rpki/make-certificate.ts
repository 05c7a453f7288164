/**
 * Makes certificates of the RPKI: trust anchors, authorities, one-off signers (RFC 6487 4), identities and the signers of
 * their messages (RFC 6492 3.1.1, RFC 8183 A). It gets a `sign` function and never a key, and shares nothing with the readers.
 */
import {
  bitStringOf,
  boolean,
  contextConstructed,
  contextPrimitive,
  ia5String,
  integer,
  octetString,
  oid,
  printableString,
  sequence,
  setOf,
  time,
  unsignedInteger,
} from '../x509/der-writer.ts';
import { AS_IDS_OID, asIdsDer, IP_BLOCKS_OID, ipBlocksDer, type Resources } from './resource-der.ts';

/** Signs octets with sha256WithRSAEncryption. */
export type Sign = (toBeSigned: Uint8Array) => Promise<Uint8Array>;

/** A key that signs certificates and lists, each by its own permission. */
export interface IssuerSign {
  certificate: Sign;
  crl: Sign;
}

export interface Validity {
  notBefore: Date;
  notAfter: Date;
}

interface Extension {
  oid: string;
  critical: boolean;
  valueDer: Uint8Array;
}

interface Subject {
  /** Big-endian, not zero, at most 20 octets (RFC 5280 4.1.2.2). */
  serial: Uint8Array;
  /** Upper-case hex of the issuer's and the subject's key identifier; they are the names as well. */
  issuerKeyId: string;
  keyId: string;
  spkiDer: Uint8Array;
  validity: Validity;
}

/** Where things are: `rsync://` URIs, `notify` an https one. */
export interface AuthorityLocations {
  repository: string;
  manifest: string;
  notify: string | null;
}

export interface ResourceFields {
  asn: Resources;
  ipv4: Resources;
  ipv6: Resources;
}

export const SHA256_WITH_RSA = sequence(oid('1.2.840.113549.1.1.11'), Uint8Array.of(0x05, 0x00));
const POLICY = sequence(sequence(oid('1.3.6.1.5.5.7.14.2')));
const CA_USAGE = Uint8Array.of(0x03, 0x02, 0x01, 0x06);
const OBJECT_USAGE = Uint8Array.of(0x03, 0x02, 0x07, 0x80);

/** One RDN: the key identifier as a PrintableString (RFC 6487 4.5). */
export function keyIdName(keyId: string): Uint8Array {
  return sequence(setOf(sequence(oid('2.5.4.3'), printableString(keyId))));
}

/** TBS and signature together, twice the same algorithm. */
export async function signedDer(tbsDer: Uint8Array, sign: Sign): Promise<Uint8Array> {
  return sequence(tbsDer, SHA256_WITH_RSA, bitStringOf(await sign(tbsDer)));
}

export function extensionDer({ oid: dotted, critical, valueDer }: Extension): Uint8Array {
  return sequence(oid(dotted), ...(critical ? [boolean(true)] : []), octetString(valueDer));
}

export const authorityKeyIdDer = (keyId: string): Uint8Array =>
  extensionDer({
    oid: '2.5.29.35',
    critical: false,
    valueDer: sequence(contextPrimitive(0, Buffer.from(keyId, 'hex'))),
  });

function tbs(subject: Subject, extensions: readonly Uint8Array[]): Uint8Array {
  return sequence(
    contextConstructed(0, integer(2)),
    unsignedInteger(subject.serial),
    SHA256_WITH_RSA,
    keyIdName(subject.issuerKeyId),
    sequence(time(subject.validity.notBefore), time(subject.validity.notAfter)),
    keyIdName(subject.keyId),
    subject.spkiDer,
    contextConstructed(3, sequence(...extensions)),
  );
}

const uriName = (uri: string): Uint8Array => contextPrimitive(6, Buffer.from(asciiUri(uri), 'latin1'));

function asciiUri(uri: string): string {
  ia5String(uri);
  return uri;
}

const accessDer = (method: string, uri: string): Uint8Array => sequence(oid(method), uriName(uri));

/** CA:TRUE without a path length. */
export const basicConstraints = extensionDer({
  oid: '2.5.29.19',
  critical: true,
  valueDer: sequence(boolean(true)),
});
const usageDer = (valueDer: Uint8Array): Uint8Array =>
  extensionDer({ oid: '2.5.29.15', critical: true, valueDer });
/** keyCertSign and cRLSign alone. */
export const authorityUsage = usageDer(CA_USAGE);
const subjectKeyIdDer = (keyId: string): Uint8Array =>
  extensionDer({ oid: '2.5.29.14', critical: false, valueDer: octetString(Buffer.from(keyId, 'hex')) });
const policyDer = extensionDer({ oid: '2.5.29.32', critical: true, valueDer: POLICY });

const crlPointDer = (uri: string): Uint8Array =>
  extensionDer({
    oid: '2.5.29.31',
    critical: false,
    valueDer: sequence(sequence(contextConstructed(0, contextConstructed(0, uriName(uri))))),
  });

const issuerAtDer = (uri: string): Uint8Array =>
  extensionDer({
    oid: '1.3.6.1.5.5.7.1.1',
    critical: false,
    valueDer: sequence(accessDer('1.3.6.1.5.5.7.48.2', uri)),
  });

const subjectInfoDer = (...accesses: Uint8Array[]): Uint8Array =>
  extensionDer({ oid: '1.3.6.1.5.5.7.1.11', critical: false, valueDer: sequence(...accesses) });

function resourcesDer({ asn, ipv4, ipv6 }: ResourceFields): Uint8Array[] {
  const [ip, as] = [ipBlocksDer({ ipv4, ipv6 }), asIdsDer(asn)];
  return [
    ...(ip === null ? [] : [extensionDer({ oid: IP_BLOCKS_OID, critical: true, valueDer: ip })]),
    ...(as === null ? [] : [extensionDer({ oid: AS_IDS_OID, critical: true, valueDer: as })]),
  ];
}

/** Subject information access of an authority: folder, manifest, notification (RFC 6487 4.8.8.1). */
export function authorityInfo({ repository, manifest, notify }: AuthorityLocations): Uint8Array {
  return subjectInfoDer(
    accessDer('1.3.6.1.5.5.7.48.5', repository),
    accessDer('1.3.6.1.5.5.7.48.10', manifest),
    ...(notify === null ? [] : [accessDer('1.3.6.1.5.5.7.48.13', notify)]),
  );
}

/** A self-signed trust anchor certificate, DER (krill-ta.md 6.4). */
export function makeAnchor(
  subject: Omit<Subject, 'issuerKeyId'>,
  at: AuthorityLocations,
  resources: ResourceFields,
  sign: Sign,
): Promise<Uint8Array> {
  return signedDer(
    tbs({ ...subject, issuerKeyId: subject.keyId }, [
      basicConstraints,
      subjectKeyIdDer(subject.keyId),
      authorityUsage,
      authorityInfo(at),
      policyDer,
      ...resourcesDer(resources),
    ]),
    sign,
  );
}

/** The certificate of an authority below another, DER (krill-ta.md 6.5). */
export function makeAuthority(
  subject: Subject,
  at: AuthorityLocations,
  issuer: { crlUri: string; certificateUri: string },
  resources: ResourceFields,
  sign: Sign,
): Promise<Uint8Array> {
  return signedDer(
    tbs(subject, [
      basicConstraints,
      subjectKeyIdDer(subject.keyId),
      authorityKeyIdDer(subject.issuerKeyId),
      authorityUsage,
      crlPointDer(issuer.crlUri),
      issuerAtDer(issuer.certificateUri),
      authorityInfo(at),
      policyDer,
      ...resourcesDer(resources),
    ]),
    sign,
  );
}

/**
 * The one-off certificate of a signed object, DER (krill-ta.md 6.7). `families`: what it inherits.
 */
export function makeObjectSigner(
  subject: Subject,
  objectUri: string,
  families: ResourceFields,
  issuer: { crlUri: string; certificateUri: string },
  sign: Sign,
): Promise<Uint8Array> {
  return signedDer(
    tbs(subject, [
      subjectKeyIdDer(subject.keyId),
      authorityKeyIdDer(subject.issuerKeyId),
      usageDer(OBJECT_USAGE),
      crlPointDer(issuer.crlUri),
      issuerAtDer(issuer.certificateUri),
      subjectInfoDer(accessDer('1.3.6.1.5.5.7.48.11', objectUri)),
      policyDer,
      ...resourcesDer(families),
    ]),
    sign,
  );
}

/** The self-signed certificate of an identity that signs messages, serial 1, DER (krill-ta.md 5.5). */
export function makeIdentity(
  subject: Pick<Subject, 'keyId' | 'spkiDer' | 'validity'>,
  sign: Sign,
): Promise<Uint8Array> {
  return signedDer(
    tbs({ ...subject, issuerKeyId: subject.keyId, serial: Uint8Array.of(1) }, [
      basicConstraints,
      subjectKeyIdDer(subject.keyId),
    ]),
    sign,
  );
}

/** The one-off certificate of a message, DER (krill-ta.md 5.2). */
export function makeMessageSigner(subject: Subject, sign: Sign): Promise<Uint8Array> {
  return signedDer(
    tbs(subject, [subjectKeyIdDer(subject.keyId), authorityKeyIdDer(subject.issuerKeyId)]),
    sign,
  );
}
