/** Checks the signature of a certificate, request or CRL against a public key. It builds no chain and knows no time. */
import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { algorithmOid } from './certificate.ts';
import { children, smallInteger, type Tlv } from './der-reader.ts';
import { SIGNATURES } from './oids.ts';
import { toPem } from './pem.ts';

const HASHES: Record<string, string | null> = {
  md5WithRSAEncryption: 'md5',
  sha1WithRSAEncryption: 'sha1',
  sha224WithRSAEncryption: 'sha224',
  sha256WithRSAEncryption: 'sha256',
  sha384WithRSAEncryption: 'sha384',
  sha512WithRSAEncryption: 'sha512',
  dsaWithSHA1: 'sha1',
  dsaWithSHA256: 'sha256',
  ecdsaWithSHA1: 'sha1',
  ecdsaWithSHA224: 'sha224',
  ecdsaWithSHA256: 'sha256',
  ecdsaWithSHA384: 'sha384',
  ecdsaWithSHA512: 'sha512',
  Ed25519: null,
  Ed448: null,
};

export interface Signed {
  tbsDer: Uint8Array;
  signatureAlgorithm: Tlv;
  signature: Uint8Array;
}

/** "holds", "broken", or "unknown" when this build cannot check the algorithm (or the key is none it can read). */
export type SignatureVerdict = 'holds' | 'broken' | 'unknown';

/** RFC 4055 3.1: hash [0], mask generation [1], salt length [2] of the parameters. */
function pss(algorithm: Tlv): { hash: string; saltLength: number } {
  const parameters = children(algorithm)[1];
  const fields = parameters === undefined ? [] : children(parameters);
  const hashField = fields.find((field) => field.tag === 0xa0);
  const oid = hashField === undefined ? '' : algorithmOid(children(hashField)[0] ?? hashField);
  const hash =
    {
      '2.16.840.1.101.3.4.2.1': 'sha256',
      '2.16.840.1.101.3.4.2.2': 'sha384',
      '2.16.840.1.101.3.4.2.3': 'sha512',
    }[oid] ?? 'sha1';
  const salt = fields.find((field) => field.tag === 0xa2);
  return {
    hash,
    saltLength: salt === undefined ? 20 : smallInteger(children(salt)[0] ?? salt, 'the salt length'),
  };
}

/** Name of the signature algorithm, dots when unknown. */
export function signatureName(algorithm: Tlv): string {
  const oid = algorithmOid(algorithm);
  return SIGNATURES[oid] ?? oid;
}

/** Reading a key costs as much as one check with it, and an authority's checks thousands. By its octets: each reader makes its own copy. */
const parsed = new Map<string, KeyObject>();
const MOST_PARSED = 64;

/** For node:crypto. null when this build cannot read it. */
export function publicKeyOf(spkiDer: Uint8Array): KeyObject | null {
  const name = Buffer.from(spkiDer).toString('base64');
  const known = parsed.get(name);
  if (known !== undefined) return known;
  try {
    // As PEM: for an object with DER, Node throws and catches four errors on its way, which takes longer than the reading.
    const key = createPublicKey(toPem('PUBLIC KEY', spkiDer));
    if (parsed.size >= MOST_PARSED) parsed.clear();
    parsed.set(name, key);
    return key;
  } catch {
    return null;
  }
}

/** Whether `signed` was signed by the key of `spkiDer`. */
export function verifySignature(signed: Signed, spkiDer: Uint8Array): SignatureVerdict {
  const name = signatureName(signed.signatureAlgorithm);
  const key = publicKeyOf(spkiDer);
  // A key of a type or curve this build does not have: nothing can be said about its signatures.
  if (key === null) return 'unknown';
  try {
    if (name === 'rsassaPss') {
      const { hash, saltLength } = pss(signed.signatureAlgorithm);
      return verify(
        hash,
        signed.tbsDer,
        { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength },
        signed.signature,
      )
        ? 'holds'
        : 'broken';
    }
    const hash = HASHES[name];
    if (hash === undefined) return 'unknown';
    return verify(hash, signed.tbsDer, key, signed.signature) ? 'holds' : 'broken';
  } catch {
    // Key type and algorithm do not fit each other (RSA signature, EC key), or the digest is not in this build.
    return name.startsWith('md') ? 'unknown' : 'broken';
  }
}
