/** Objects of a token as the host reads them, attribute by attribute where a token refuses to answer for all. Runs in the child. */
import { Buffer } from 'node:buffer';
import { type Attribute, CKA, CKK, CKO, type Cryptoki, type Handle, numberOf } from './cryptoki.ts';
import type { ObjectRow } from './protocol.ts';

/** So many handles are asked for at a time. */
const AT_ONCE = 100;

/** Every object that fits; the search is ended whatever happens. */
export function findObjects(library: Cryptoki, session: Handle, template: Attribute[]): Handle[] {
  library.C_FindObjectsInit(session, template);
  try {
    const found: Handle[] = [];
    for (;;) {
      const some = library.C_FindObjects(session, AT_ONCE);
      found.push(...some);
      if (some.length < AT_ONCE) return found;
    }
  } finally {
    library.C_FindObjectsFinal(session);
  }
}

type Values = Map<number, Buffer>;

function readAttributes(
  library: Cryptoki,
  session: Handle,
  object: Handle,
  types: readonly number[],
): Values {
  const values: Values = new Map();
  const read = (some: readonly number[]): void => {
    const template = some.map((type) => ({ type }));
    for (const { type, value } of library.C_GetAttributeValue(session, object, template))
      if (Buffer.isBuffer(value)) values.set(type, value);
  };
  try {
    read(types);
  } catch {
    values.clear();
    // One attribute that the token does not have or show spoils the answer to all: each is asked alone.
    for (const type of types) {
      try {
        read([type]);
      } catch (error) {
        if (!/CKR_ATTRIBUTE_(TYPE_INVALID|SENSITIVE|VALUE_INVALID)/.test(String(error))) throw error;
      }
    }
  }
  return values;
}

const USES = [
  [CKA.sign, 'sign'],
  [CKA.decrypt, 'decrypt'],
  [CKA.unwrap, 'unwrap'],
  [CKA.derive, 'derive'],
] as const;

const OF_PUBLIC = [CKA.id, CKA.label, CKA.keyType];
const OF_PRIVATE = [
  ...OF_PUBLIC,
  ...[CKA.sensitive, CKA.extractable, CKA.neverExtractable, CKA.alwaysAuthenticate],
  ...USES.map(([type]) => type),
];

function typesOf(objectClass: number): readonly number[] {
  if (objectClass === CKO.privateKey) return OF_PRIVATE;
  return objectClass === CKO.publicKey ? OF_PUBLIC : [CKA.id, CKA.label, CKA.value];
}

/** An object of that class, with its public half as far as the token shows it. */
export function objectRowOf(
  library: Cryptoki,
  session: Handle,
  object: Handle,
  objectClass: number,
): ObjectRow {
  const values = readAttributes(library, session, object, typesOf(objectClass));
  const keyBytes = values.get(CKA.keyType);
  const keyType = keyBytes === undefined ? null : numberOf(keyBytes);
  const isPublic = objectClass === CKO.publicKey;
  const more: number[] = [];
  if (keyType === CKK.rsa) more.push(CKA.modulus, CKA.publicExponent);
  if (keyType === CKK.ec) more.push(CKA.ecParams, ...(isPublic ? [CKA.ecPoint] : []));
  if (more.length > 0)
    for (const [type, value] of readAttributes(library, session, object, more)) values.set(type, value);
  const bytes = (type: number): Uint8Array | null => {
    const value = values.get(type);
    return value === undefined || value.length === 0 ? null : value;
  };
  const flag = (type: number): boolean | null => {
    const value = bytes(type);
    return value === null ? null : value[0] !== 0;
  };
  return {
    class: objectClass,
    id: bytes(CKA.id) ?? Buffer.alloc(0),
    label: values.get(CKA.label)?.toString('utf8') ?? '',
    keyType,
    modulus: bytes(CKA.modulus),
    exponent: bytes(CKA.publicExponent),
    ecParams: bytes(CKA.ecParams),
    ecPoint: bytes(CKA.ecPoint),
    value: objectClass === CKO.certificate ? bytes(CKA.value) : null,
    sensitive: flag(CKA.sensitive),
    extractable: flag(CKA.extractable),
    neverExtractable: flag(CKA.neverExtractable),
    alwaysAuthenticate: flag(CKA.alwaysAuthenticate),
    uses: USES.filter(([type]) => flag(type) === true).map(([, use]) => use),
  };
}

/** The key objects and certificates, all or those of one CKA_ID. */
export function listObjects(library: Cryptoki, session: Handle, id: Uint8Array | null): ObjectRow[] {
  const rows: ObjectRow[] = [];
  for (const objectClass of [CKO.privateKey, CKO.publicKey, CKO.certificate]) {
    const template: Attribute[] = [{ type: CKA.class, value: objectClass }];
    if (id !== null) template.push({ type: CKA.id, value: Buffer.from(id) });
    for (const object of findObjects(library, session, template))
      rows.push(objectRowOf(library, session, object, objectClass));
  }
  return rows;
}
