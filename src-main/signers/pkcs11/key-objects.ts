/** Key objects of a token as the rest of Baleen has keys, and the forms of signatures and templates between them. Pure. */
import { hash, X509Certificate } from 'node:crypto';
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import type { Pkcs11Settings } from '#shared/contract/signer-settings.ts';
import {
  bitStringOf,
  nullValue,
  octetString,
  oid,
  sequence,
  unsignedInteger,
} from '../../x509/der-writer.ts';
import type { DeviceKey } from '../device.ts';
import { signatureScheme } from '../signature-scheme.ts';
import { CKA, CKK, CKM, CKO } from './cryptoki.ts';
import { faultOf } from './faults.ts';
import type { HostRequest, ObjectRow } from './protocol.ts';

interface Curve {
  /** Octets of a coordinate. */
  size: number;
  /** CKA_EC_PARAMS: the curve's OID, DER. */
  params: Uint8Array;
}
const CURVES: Partial<Record<KeyAlgorithm, Curve>> = {
  'p-256': { size: 32, params: oid('1.2.840.10045.3.1.7') },
  'p-384': { size: 48, params: oid('1.3.132.0.34') },
};
const RSA_BITS: Partial<Record<KeyAlgorithm, number>> = {
  'rsa-2048': 2048,
  'rsa-3072': 3072,
  'rsa-4096': 4096,
};

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** The point of CKA_EC_POINT: in an OCTET STRING by the standard, bare with some tokens. null: neither. */
function pointOf(curve: Curve, value: Uint8Array): Uint8Array | null {
  const length = 1 + 2 * curve.size;
  const bare = value.length === length ? value : value.subarray(value.length - length);
  const wrapped = value.length > length && sameBytes(octetString(bare), value);
  return bare[0] === 4 && (wrapped || value.length === length) ? bare : null;
}

/** The public key that one object shows, SubjectPublicKeyInfo in DER; null when it shows none that Baleen uses. */
export function spkiOf(row: ObjectRow): Uint8Array | null {
  if (row.class === CKO.certificate) return row.value === null ? null : spkiOfCertificate(row.value);
  if (row.keyType === CKK.rsa && row.modulus !== null && row.exponent !== null) {
    const key = sequence(unsignedInteger(row.modulus), unsignedInteger(row.exponent));
    return sequence(sequence(oid('1.2.840.113549.1.1.1'), nullValue()), bitStringOf(key));
  }
  const { ecParams, ecPoint } = row;
  if (row.keyType !== CKK.ec || ecParams === null || ecPoint === null) return null;
  const curve = Object.values(CURVES).find(({ params }) => sameBytes(params, ecParams));
  const point = curve === undefined ? null : pointOf(curve, ecPoint);
  return point === null ? null : sequence(sequence(oid('1.2.840.10045.2.1'), ecParams), bitStringOf(point));
}

function spkiOfCertificate(der: Uint8Array): Uint8Array | null {
  try {
    return new X509Certificate(der).publicKey.export({ format: 'der', type: 'spki' });
  } catch {
    // Some tokens keep other things under this class; they name no public key.
    return null;
  }
}

export type Key = DeviceKey & { alwaysAuthenticate: boolean };

/** The private keys among the objects, each with the public half that lies under its CKA_ID. */
export function keysOf(rows: readonly ObjectRow[]): Key[] {
  const beside = rows.filter((row) => row.class !== CKO.privateKey && row.id.length > 0);
  return rows
    .filter((row) => row.class === CKO.privateKey)
    .map((row) => {
      const others = beside.filter(({ id }) => sameBytes(id, row.id)).map(spkiOf);
      const halves = [spkiOf(row), ...others].filter((spki) => spki !== null);
      const [spki] = halves;
      // SECURITY: halves that contradict each other name no public key at all.
      const agree = spki !== undefined && halves.every((other) => sameBytes(other, spki));
      return {
        handle: row.id,
        identifier: Buffer.from(row.id).toString('hex'),
        label: row.label,
        spkiDer: agree ? spki : null,
        uses: row.uses,
        sensitive: row.sensitive,
        neverExtractable: row.neverExtractable,
        extractable: row.extractable,
        alwaysAuthenticate: row.alwaysAuthenticate === true,
      };
    });
}

/**
 * The handle of the key with this public half, alone under its CKA_ID; null: there is none. Throws DeviceError KEY_AMBIGUOUS.
 */
export function theOne(keys: readonly Key[], spkiDer: Uint8Array): Uint8Array | null {
  const found = keys.filter((key) => key.spkiDer !== null && sameBytes(key.spkiDer, spkiDer));
  const [key] = found;
  if (key === undefined) return null;
  const twins = keys.filter(({ identifier }) => identifier === key.identifier);
  if (found.length > 1 || twins.length > 1 || key.handle.length === 0) throw faultOf('KEY_AMBIGUOUS');
  return key.handle;
}

/** Throws DeviceError ANOTHER_KEY when what lies there is shown to be another key. */
export function requireKey(rows: readonly ObjectRow[], spkiDer: Uint8Array): void {
  const others = keysOf(rows).filter((key) => key.spkiDer !== null && !sameBytes(key.spkiDer, spkiDer));
  if (others.length > 0) throw faultOf('ANOTHER_KEY');
}

/** A way to sign. */
export interface SignWay {
  mechanism: number;
  /** Of the longest signature, in octets. */
  most: number;
  /** What the mechanism gets of what is to be signed. */
  input(data: Uint8Array): Uint8Array;
}

const SHA256_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');

const itself = (data: Uint8Array): Uint8Array => data;
const hashed = (algorithm: KeyAlgorithm, data: Uint8Array): Buffer =>
  hash(signatureScheme(algorithm).hash ?? 'sha256', data, 'buffer');

/**
 * The ways to sign, the best first: hashed here and signed plainly, then hashed by the device (some take few octets, some know
 * only that). Empty: an algorithm that tokens are not asked for.
 */
export function signWays(algorithm: KeyAlgorithm): SignWay[] {
  if (RSA_BITS[algorithm] !== undefined)
    return [
      {
        mechanism: CKM.CKM_RSA_PKCS,
        most: 1024,
        input: (data) => Buffer.concat([SHA256_INFO, hashed(algorithm, data)]),
      },
      { mechanism: CKM.CKM_SHA256_RSA_PKCS, most: 1024, input: itself },
    ];
  if (CURVES[algorithm] === undefined) return [];
  return [
    { mechanism: CKM.CKM_ECDSA, most: 256, input: (data) => hashed(algorithm, data) },
    {
      mechanism: algorithm === 'p-256' ? CKM.CKM_ECDSA_SHA256 : CKM.CKM_ECDSA_SHA384,
      most: 256,
      input: itself,
    },
  ];
}

/** A token's ECDSA signature is r and s side by side; certificates want them in DER (RFC 3279 2.2.3). */
export function signatureOf(algorithm: KeyAlgorithm, raw: Uint8Array): Uint8Array {
  const curve = CURVES[algorithm];
  if (curve === undefined) return raw;
  if (raw.length !== 2 * curve.size)
    throw faultOf('SIGNATURE_MALFORMED', `${raw.length} octets, ${2 * curve.size} expected`);
  return sequence(unsignedInteger(raw.subarray(0, curve.size)), unsignedInteger(raw.subarray(curve.size)));
}

/** What tokens can be asked to make, with what that needs. */
export function makeable(mechanisms: ReadonlyMap<number, { min: number; max: number }>): KeyAlgorithm[] {
  const algorithms: KeyAlgorithm[] = ['rsa-2048', 'rsa-3072', 'rsa-4096', 'p-256', 'p-384'];
  return algorithms.filter((algorithm) => {
    const bits = RSA_BITS[algorithm] ?? (CURVES[algorithm]?.size ?? 0) * 8;
    const sizes = mechanisms.get(keyMechanism(algorithm));
    // Some devices give no sizes: zero says nothing.
    const fits = sizes !== undefined && (sizes.max === 0 || (sizes.min <= bits && bits <= sizes.max));
    return fits && signWays(algorithm).some(({ mechanism }) => mechanisms.has(mechanism));
  });
}

const keyMechanism = (algorithm: KeyAlgorithm): number =>
  RSA_BITS[algorithm] === undefined ? CKM.CKM_EC_KEY_PAIR_GEN : CKM.CKM_RSA_PKCS_KEY_PAIR_GEN;

type Template = Extract<HostRequest, { op: 'generate' }>['publicKey'];

/** The attributes Krill lets be set, and what they are when its table is not given (krill-ta.md 9.3). */
const SETTABLE = {
  public: {
    names: { CKA_MODIFIABLE: CKA.modifiable, CKA_PRIVATE: CKA.private },
    defaults: { CKA_PRIVATE: true },
  },
  private: {
    names: { CKA_EXTRACTABLE: CKA.extractable, CKA_PRIVATE: CKA.private, CKA_SENSITIVE: CKA.sensitive },
    defaults: { CKA_EXTRACTABLE: false, CKA_PRIVATE: true, CKA_SENSITIVE: true },
  },
} as const;

function settable(half: keyof typeof SETTABLE, table: Readonly<Record<string, boolean>> | null): Template {
  const names: Readonly<Record<string, number>> = SETTABLE[half].names;
  const given: Readonly<Record<string, boolean>> = table ?? SETTABLE[half].defaults;
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(names, name));
  if (unknown.length > 0)
    throw faultOf(
      'ATTRIBUTES_REFUSED',
      '',
      `${unknown.join(', ')} cannot be set for ${half} keys. Use only ${Object.keys(names).join(', ')}.`,
    );
  // SECURITY (H-029): a key that could leave the device is made by no setting.
  if (given['CKA_EXTRACTABLE'] === true || given['CKA_SENSITIVE'] === false)
    throw faultOf(
      'ATTRIBUTES_REFUSED',
      '',
      'Keys are always made sensitive and never extractable. Remove CKA_EXTRACTABLE and CKA_SENSITIVE from the attributes.',
    );
  return Object.entries(given).map(([name, value]) => ({ type: names[name] ?? 0, value }));
}

/** What C_GenerateKeyPair is asked. Throws DeviceError `misconfigured` for attributes that cannot be set. */
export function generateRequest(
  algorithm: KeyAlgorithm,
  id: Uint8Array,
  label: string,
  settings: Pick<Pkcs11Settings, 'publicKeyAttributes' | 'privateKeyAttributes'>,
): Extract<HostRequest, { op: 'generate' }> {
  const curve = CURVES[algorithm];
  const both: Template = [
    { type: CKA.token, value: true },
    { type: CKA.id, value: id },
    { type: CKA.label, value: label },
  ];
  const rsaPublic: Template = [
    { type: CKA.modulusBits, value: RSA_BITS[algorithm] ?? 0 },
    { type: CKA.publicExponent, value: Uint8Array.of(1, 0, 1) },
    { type: CKA.encrypt, value: false },
    { type: CKA.wrap, value: false },
  ];
  const rsaPrivate: Template = [
    { type: CKA.decrypt, value: false },
    { type: CKA.unwrap, value: false },
  ];
  const privateKey = settable('private', settings.privateKeyAttributes);
  for (const [type, value] of [
    [CKA.sensitive, true],
    [CKA.extractable, false],
  ] as const)
    if (!privateKey.some((one) => one.type === type)) privateKey.push({ type, value });
  return {
    op: 'generate',
    mechanism: keyMechanism(algorithm),
    publicKey: [
      ...both,
      { type: CKA.verify, value: true },
      ...(curve === undefined ? rsaPublic : [{ type: CKA.ecParams, value: curve.params }]),
      ...settable('public', settings.publicKeyAttributes),
    ],
    privateKey: [
      ...both,
      { type: CKA.sign, value: true },
      ...(curve === undefined ? rsaPrivate : []),
      ...privateKey,
    ],
  };
}
