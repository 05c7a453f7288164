/**
 * What the store keeps of keys and X.509 objects: the columns callers compute once at import, and the rows they get
 * back. Types only; parsing certificates is x509's work.
 */
import type { IssueDraft, Purpose } from '#shared/contract/issue-draft.ts';
import type { CertificateRow } from '#shared/contract/ca.ts';
import type { KeyAlgorithm, KeyUse } from '#shared/contract/keys.ts';

/** A certificate as the caller read it. Instants are ISO with `Z`; hashes, serial and identifiers upper-case hex. */
export interface CertificateColumns {
  der: Uint8Array;
  sha256: string;
  /** What people call it: CN, else the first name, else the subject. */
  name: string;
  subject: string;
  issuer: string;
  /** SHA-256 of the raw Name DER: joins are on bytes, never on text. */
  subjectNameSha256: string;
  issuerNameSha256: string;
  serial: string;
  notBefore: string;
  notAfter: string;
  renewAt: string;
  /** "P-256", "RSA 2048". */
  key: string;
  spkiSha256: string;
  ski: string | null;
  aki: string | null;
  isCa: boolean;
  pathLength: number | null;
  selfSigned: boolean;
  /** Subject alternative names as text, for search. */
  names: string[];
}

export type LeafLimits = IssueDraft['leafLimits'];

/** The authority a CA certificate makes. */
export interface AuthorityColumns {
  purpose: 'root' | 'intermediate';
  leafLimits: LeafLimits;
}

/** A certificate on its way in. `authority` only with a CA certificate. */
export interface NewCertificate extends CertificateColumns {
  id: string;
  purpose: Purpose | '';
  authority: AuthorityColumns | null;
}

/** Extends the row the renderer sees by what only main needs. */
export interface StoredCertificate extends CertificateRow {
  purpose: Purpose | '';
  subjectNameSha256: string;
  issuerNameSha256: string;
  spkiSha256: string;
  ski: string | null;
  aki: string | null;
  pathLength: number | null;
  selfSigned: boolean;
  /** The workspace's key of this certificate, when it holds it and it was not destroyed. */
  keyId: string | null;
  replaces: string | null;
  replacedBy: string | null;
  action: 'issued' | 'renew' | 'rekey' | 'imported';
  /** The id of the first certificate in its line of renewals and re-keyings. */
  lineage: string;
  revokedAt: string | null;
  addedAt: string;
}

/** What of an authority decides about what it signs. */
export interface IssuingAuthority {
  /** The id of its current certificate. */
  id: string;
  purpose: 'root' | 'intermediate';
  certificate: StoredCertificate;
  leafLimits: LeafLimits;
  /** Grows with each change of the limits. */
  version: number;
}

/** And how it stands among the others, which is counted over all it issued. */
export interface StoredAuthority extends IssuingAuthority {
  parent: string | null;
  canSign: boolean;
  /** Certificates issued by it, its predecessors included. */
  issued: number;
  /** Of them, those that are no authority. */
  leaves: number;
  /** Issued leaves past the renewal mark or expired, neither replaced nor revoked. */
  attention: number;
}

/** A key on its way in; `sealed` is the signer's handle (software: the vault's sealed bytes). */
export interface NewKey {
  id: string;
  label: string;
  algorithm: KeyAlgorithm;
  spkiDer: Uint8Array;
  /** RFC 5280 4.2.1.2 method 1, upper-case hex. */
  keyIdentifier: string;
  spkiSha256: string;
  signer: string;
  source: 'generated' | 'imported';
  uses: KeyUse[];
  sealed: Uint8Array;
  /** Its device does not say that it keeps the private key to itself. */
  mayLeave: boolean;
}

/** A key as lists show it: without what only its signer can read. */
export interface ListedKey extends Omit<NewKey, 'sealed'> {
  createdAt: string;
  /** The newest certificate that uses it, by name; "" while none does. */
  ownerId: string | null;
  owner: string;
  /** What it is to the trust anchor, in words; null when it is nothing to it. */
  trustAnchor: string | null;
  /** The handle of the RPKI child whose key or identity it is. */
  child: string | null;
  /** Why the trust anchor or that child needs it, and how it ends; null: neither does. */
  kept: string | null;
  certificates: { id: string; name: string }[];
}

export interface StoredKey extends ListedKey {
  sealed: Uint8Array;
}

/** A request or CRL that was kept as it came. */
export interface NewObject {
  id: string;
  der: Uint8Array;
  sha256: string;
  name: string;
  /** What lists show: instants, counts; the store does not look inside. */
  facts: Record<string, string | number | null>;
}

export interface Page<T> {
  total: number;
  rows: T[];
  cursor: string | null;
}

export interface PageRequest {
  query: string;
  cursor: string | null;
  limit: number;
}
