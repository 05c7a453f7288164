/**
 * How an X.509 object looks to the renderer: certificate, request, CRL, private key. Pure data; the one
 * shape for inspection, the inventory's detail page and the wizard's result.
 */
import * as z from 'zod';
import { finding, hex, instant, pem } from './channel.ts';

/** A distinguished name: RFC 4514 text for reading, and the attributes in the order they stand in the DER. */
export const nameView = z.strictObject({
  text: z.string(),
  attributes: z.array(z.strictObject({ oid: z.string(), name: z.string(), value: z.string() })),
});
export type NameView = z.infer<typeof nameView>;

export const keyView = z.strictObject({
  /** "RSA 2048", "P-256", "Ed25519"; unknown ones by OID. */
  text: z.string(),
  algorithm: z.enum(['RSA', 'RSA-PSS', 'EC', 'Ed25519', 'Ed448', 'other']),
  bits: z.number().int().nullable(),
  curve: z.string().nullable(),
  spkiSha256: hex,
  /** RFC 5280 4.2.1.2 method 1: SHA-1 of the key's bits. */
  keyId: hex,
});
export type KeyView = z.infer<typeof keyView>;

export const sanView = z.strictObject({
  type: z.enum(['dns', 'ip', 'uri', 'email', 'directory', 'registeredId', 'other']),
  value: z.string(),
});
export type SanView = z.infer<typeof sanView>;

export const extensionView = z.strictObject({
  oid: z.string(),
  /** "" for an OID this build does not know. */
  name: z.string(),
  critical: z.boolean(),
  /** Decoded for reading; "" when only the bytes are known. */
  text: z.string(),
  hex,
});

export type ExtensionView = z.infer<typeof extensionView>;

/** One notation of one digest, exactly as the other tool prints it. */
export const fingerprintView = z.strictObject({
  /** "openssl_3", "step_hex", "spki_sha256_base64", ... the keys of the golden file. */
  notation: z.string(),
  label: z.string(),
  value: z.string(),
});
export type FingerprintView = z.infer<typeof fingerprintView>;

export const certificateView = z.strictObject({
  kind: z.literal('certificate'),
  /** SHA-256 of the DER, upper-case hex. */
  sha256: hex,
  version: z.number().int(),
  serial: hex,
  serialDecimal: z.string(),
  subject: nameView,
  issuer: nameView,
  notBefore: instant,
  notAfter: instant,
  /** 2/3 of the lifetime: the renewal mark (L-055). */
  renewAt: instant,
  key: keyView,
  signatureAlgorithm: z.string(),
  /** Subject equals issuer and the signature verifies with its own key. */
  selfSigned: z.boolean(),
  isCa: z.boolean(),
  pathLength: z.number().int().nullable(),
  keyUsage: z.array(z.string()),
  extendedKeyUsage: z.array(z.string()),
  names: z.array(sanView),
  subjectKeyId: hex.nullable(),
  authorityKeyId: hex.nullable(),
  policies: z.array(z.string()),
  crlUrls: z.array(z.string()),
  ocspUrls: z.array(z.string()),
  caIssuerUrls: z.array(z.string()),
  namesPermitted: z.array(z.string()),
  namesExcluded: z.array(z.string()),
  extensions: z.array(extensionView),
  fingerprints: z.array(fingerprintView),
  findings: z.array(finding),
  pem: pem('CERTIFICATE'),
});
export type CertificateView = z.infer<typeof certificateView>;

export const requestView = z.strictObject({
  kind: z.literal('request'),
  sha256: hex,
  subject: nameView,
  key: keyView,
  signatureAlgorithm: z.string(),
  /** The request's own signature verifies: whoever made it holds the key. */
  proofOfPossession: z.boolean(),
  names: z.array(sanView),
  extensions: z.array(extensionView),
  /** Attributes beside the extension request, by name or OID ("challengePassword": never its value). */
  attributes: z.array(z.string()),
  findings: z.array(finding),
  pem: pem('CERTIFICATE REQUEST'),
});
export type RequestView = z.infer<typeof requestView>;

export const crlView = z.strictObject({
  kind: z.literal('crl'),
  sha256: hex,
  issuer: nameView,
  thisUpdate: instant,
  nextUpdate: instant.nullable(),
  number: z.string().nullable(),
  signatureAlgorithm: z.string(),
  authorityKeyId: hex.nullable(),
  entryCount: z.number().int(),
  /** The first 1,000. */
  entries: z.array(z.strictObject({ serial: hex, revokedAt: instant, reason: z.string() })),
  extensions: z.array(extensionView),
  findings: z.array(finding),
  pem: pem('X509 CRL'),
});
export type CrlView = z.infer<typeof crlView>;

/** A private key is recognised and described by its public half; its bytes never leave main. */
export const privateKeyView = z.strictObject({
  kind: z.literal('privateKey'),
  /** "PKCS#8", "PKCS#1", "SEC1", "PKCS#8 encrypted", "PKCS#1 encrypted (legacy PEM)". */
  format: z.string(),
  encrypted: z.boolean(),
  /** null while it is encrypted and no passphrase was given. */
  key: keyView.nullable(),
  /** `keys.import` takes it: as far as is known while it is encrypted. */
  importable: z.boolean(),
  findings: z.array(finding),
});
export type PrivateKeyView = z.infer<typeof privateKeyView>;

export const publicKeyView = z.strictObject({
  kind: z.literal('publicKey'),
  key: keyView,
  findings: z.array(finding),
  pem: pem('PUBLIC KEY'),
});
export type PublicKeyView = z.infer<typeof publicKeyView>;

export const objectView = z.discriminatedUnion('kind', [
  certificateView,
  requestView,
  crlView,
  privateKeyView,
  publicKeyView,
]);
export type ObjectView = z.infer<typeof objectView>;
