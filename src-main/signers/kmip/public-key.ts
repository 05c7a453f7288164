/** A public key as KMIP hands it out (Key Block: KMIP 1.4, 2.1.3 and 2.1.7) as SubjectPublicKeyInfo, and ECDSA signatures as DER. */
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import { children, readWhole, TAG as DER } from '../../x509/der-reader.ts';
import { sequence, unsignedInteger } from '../../x509/der-writer.ts';
import { itemsOf, maybeStructure, need, needStructure, valueAs } from './items.ts';
import { KEY_FORMAT, RECOMMENDED_CURVE, TAG } from './names.ts';
import { TtlvError, type TtlvItem } from './ttlv.ts';

const CURVES: Readonly<Record<number, string>> = {
  [RECOMMENDED_CURVE.p256]: 'P-256',
  [RECOMMENDED_CURVE.p384]: 'P-384',
  [RECOMMENDED_CURVE.p521]: 'P-521',
};

/** SubjectPublicKeyInfo, DER; null for a format or curve that Baleen does not use. Throws TtlvError when it is damaged. */
export function readPublicKey(keyBlock: TtlvItem): Uint8Array | null {
  const format = need(keyBlock, TAG.keyFormatType, 'enumeration');
  const value = needStructure(keyBlock, TAG.keyValue);
  const material = itemsOf(value).find((item) => item.tag === TAG.keyMaterial);
  if (material === undefined) throw new TtlvError('the key material is missing');
  const key = read(format, material);
  return key === null ? null : new Uint8Array(key.export({ format: 'der', type: 'spki' }));
}

function read(format: number, material: TtlvItem): KeyObject | null {
  switch (format) {
    case KEY_FORMAT.pkcs1:
      return parse(() => createPublicKey({ key: octets(material), format: 'der', type: 'pkcs1' }));
    case KEY_FORMAT.x509:
      return parse(() => createPublicKey({ key: octets(material), format: 'der', type: 'spki' }));
    case KEY_FORMAT.raw:
      // "Raw" is whatever the server thinks of: one of the two above is what it usually is.
      try {
        return read(KEY_FORMAT.x509, material);
      } catch {
        return read(KEY_FORMAT.pkcs1, material);
      }
    case KEY_FORMAT.transparentRsaPublicKey: {
      const [n, e] = [
        need(material, TAG.modulus, 'bigInteger'),
        need(material, TAG.publicExponent, 'bigInteger'),
      ];
      return fromJwk({ kty: 'RSA', n: base64(n), e: base64(e) });
    }
    case KEY_FORMAT.transparentEcdsaPublicKey:
    case KEY_FORMAT.transparentEcPublicKey: {
      const parameters = maybeStructure(material, TAG.cryptographicDomainParameters) ?? material;
      const crv = CURVES[need(parameters, TAG.recommendedCurve, 'enumeration')];
      if (crv === undefined) return null;
      const point = need(material, TAG.qString, 'bytes');
      const size = (point.length - 1) / 2;
      if (point[0] !== 4 || !Number.isInteger(size)) throw new TtlvError('the point is not uncompressed');
      const half = (at: number): string => Buffer.from(point.subarray(at, at + size)).toString('base64url');
      return fromJwk({ kty: 'EC', crv, x: half(1), y: half(1 + size) });
    }
    default:
      return null;
  }
}

const octets = (material: TtlvItem): Buffer => Buffer.from(valueAs(material, 'bytes'));

function base64(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}

const fromJwk = (key: JsonWebKey): KeyObject => parse(() => createPublicKey({ key, format: 'jwk' }));

function parse(make: () => KeyObject): KeyObject {
  try {
    return make();
  } catch (error) {
    throw new TtlvError('the public key cannot be read', { cause: error });
  }
}

const FIELD_OCTETS: Partial<Record<KeyAlgorithm, number>> = { 'p-256': 32, 'p-384': 48, 'p-521': 66 };

/**
 * An ECDSA signature as DER (RFC 3279 2.2.3), whether the server made it so or as r and s side by side: KMIP does not say.
 * Other signatures pass as they are.
 */
export function asDerSignature(algorithm: KeyAlgorithm, signature: Uint8Array): Uint8Array {
  const size = FIELD_OCTETS[algorithm];
  if (size === undefined || signature.length !== 2 * size || isDerPair(signature)) return signature;
  return sequence(unsignedInteger(signature.subarray(0, size)), unsignedInteger(signature.subarray(size)));
}

function isDerPair(signature: Uint8Array): boolean {
  try {
    const parts = children(readWhole(signature, DER.sequence, 'the signature'));
    return parts.length === 2 && parts.every((part) => part.tag === DER.integer);
  } catch {
    return false;
  }
}
