/** SubjectPublicKeyInfo: what kind of key it is and its two digests. It checks no signature. */
import { createHash } from 'node:crypto';
import type { KeyView } from '#shared/contract/certificate-view.ts';
import { sha256Hex, toHex } from '../lib/bytes.ts';
import { bitString, children, expectTag, oidText, readTlv, readWhole, TAG, type Tlv } from './der-reader.ts';
import { CURVES, named, OTHER_KEYS } from './oids.ts';
import { X509Error } from './x509-error.ts';

function rsaBits(key: Uint8Array): number {
  const modulus = children(readWhole(key, TAG.sequence, 'the RSA key'))[0];
  const hex = Buffer.from(expectTag(modulus, TAG.integer, 'the RSA modulus').content)
    .toString('hex')
    .replace(/^(00)+/, '');
  return hex === '' ? 0 : hex.length * 4 - (Math.clz32(Number.parseInt(hex.slice(0, 2), 16)) - 24);
}

/** The public exponent of an RSA key, or null for other keys. */
export function rsaExponent(spkiDer: Uint8Array): bigint | null {
  const { algorithm, key } = parts(readTlv(spkiDer));
  if (algorithm !== '1.2.840.113549.1.1.1' && algorithm !== '1.2.840.113549.1.1.10') return null;
  const exponent = children(readWhole(key, TAG.sequence, 'the RSA key'))[1];
  return BigInt(
    `0x${Buffer.from(expectTag(exponent, TAG.integer, 'the RSA exponent').content).toString('hex') || '0'}`,
  );
}

function parts(spki: Tlv): { algorithm: string; parameters: Tlv | undefined; key: Uint8Array } {
  const [algorithm, key] = children(expectTag(spki, TAG.sequence, 'the public key'));
  if (algorithm === undefined || key === undefined) throw new X509Error('the public key is incomplete');
  const [type, parameters] = children(algorithm);
  if (type === undefined) throw new X509Error('the public key names no algorithm');
  return {
    algorithm: oidText(type),
    parameters,
    key: bitString(expectTag(key, TAG.bitString, 'the public key'), 'the public key').bytes,
  };
}

type Kind = Pick<KeyView, 'text' | 'algorithm' | 'bits' | 'curve'>;

function kind(algorithm: string, parameters: Tlv | undefined, key: Uint8Array): Kind {
  switch (algorithm) {
    case '1.2.840.113549.1.1.1':
    case '1.2.840.113549.1.1.10': {
      const bits = rsaBits(key);
      const pss = algorithm.endsWith('10');
      return {
        text: `${pss ? 'RSA-PSS' : 'RSA'} ${bits}`,
        algorithm: pss ? 'RSA-PSS' : 'RSA',
        bits,
        curve: null,
      };
    }
    case '1.2.840.10045.2.1': {
      if (parameters?.tag !== TAG.oid)
        return { text: 'EC, curve given by its parameters', algorithm: 'EC', bits: null, curve: null };
      const dotted = oidText(parameters);
      const curve = CURVES[dotted];
      return {
        text: curve?.name ?? `EC ${dotted}`,
        algorithm: 'EC',
        bits: curve?.bits ?? null,
        curve: curve?.name ?? dotted,
      };
    }
    case '1.3.101.112':
      return { text: 'Ed25519', algorithm: 'Ed25519', bits: 256, curve: null };
    case '1.3.101.113':
      return { text: 'Ed448', algorithm: 'Ed448', bits: 456, curve: null };
    default:
      return { text: named(OTHER_KEYS, algorithm), algorithm: 'other', bits: null, curve: null };
  }
}

/** RFC 5280 4.2.1.2 method 1: SHA-1 over the bits of the key, upper-case hex. */
export function keyId(spkiDer: Uint8Array): string {
  return toHex(
    createHash('sha1')
      .update(parts(readTlv(spkiDer)).key)
      .digest(),
  );
}

/** Facts about a SubjectPublicKeyInfo. Throws X509Error when it is none. */
export function keyView(spkiDer: Uint8Array): KeyView {
  const { algorithm, parameters, key } = parts(readTlv(spkiDer));
  return {
    ...kind(algorithm, parameters, key),
    spkiSha256: sha256Hex(spkiDer),
    keyId: toHex(createHash('sha1').update(key).digest()),
  };
}
