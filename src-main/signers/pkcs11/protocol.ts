/**
 * What main and the child with the PKCS#11 library say to each other: every message of either side is checked by the other,
 * because a library that runs wild owns the child. Messages are lists, so that signatures asked together travel together.
 * SECURITY: only `login`, `sign`, `initToken` and `setPin` carry a PIN, as octets that each side wipes.
 */
import * as z from 'zod';

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'octets are required');
const ulong = z.number().int().nonnegative();
const attribute = z.strictObject({ type: ulong, value: z.union([z.boolean(), ulong, z.string(), bytes]) });

const signRequest = z.strictObject({
  op: z.literal('sign'),
  id: bytes,
  mechanism: ulong,
  input: bytes,
  /** Of the longest signature this key can make, in octets. */
  most: z.number().int().positive().max(8192),
  /** The key wants a login of its own for each signature. */
  login: z.strictObject({ pin: bytes.nullable() }).nullable(),
});
export type SignRequest = z.infer<typeof signRequest>;

/** A request without its number. `null` as a PIN: it is typed on the device. */
export const hostRequest = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('load'), library: z.string().min(1) }),
  z.strictObject({ op: z.literal('slots') }),
  /** Opens the first session on that slot; up to `sessions` more come as they are needed. */
  z.strictObject({ op: z.literal('select'), slot: ulong, sessions: z.number().int().min(1).max(16) }),
  z.strictObject({ op: z.literal('login'), pin: bytes.nullable() }),
  z.strictObject({ op: z.literal('functions') }),
  z.strictObject({ op: z.literal('token') }),
  z.strictObject({ op: z.literal('key'), id: bytes }),
  z.strictObject({ op: z.literal('objects') }),
  z.strictObject({
    op: z.literal('generate'),
    mechanism: ulong,
    publicKey: z.array(attribute),
    privateKey: z.array(attribute),
  }),
  signRequest,
  z.strictObject({ op: z.literal('destroy'), id: bytes }),
  z.strictObject({
    op: z.literal('initToken'),
    slot: ulong,
    label: z.string(),
    soPin: bytes,
    pin: bytes,
    /** The serial of an initialised token whose keys are given up. */
    erase: z.string().nullable(),
  }),
  z.strictObject({ op: z.literal('setPin'), slot: ulong, oldPin: bytes, newPin: bytes }),
  z.strictObject({ op: z.literal('close') }),
]);
export type HostRequest = z.infer<typeof hostRequest>;
export type HostOp = HostRequest['op'];

/**
 * Signatures with one key that were asked together, numbered from `id` on: `input` holds what each gets, `size` octets each.
 * One element instead of many, because each octet string of its own costs both sides some microseconds.
 */
const signRun = z.strictObject({
  id: ulong,
  size: z.number().int().positive(),
  run: signRequest.omit({ login: true }),
});
export type SignRun = z.infer<typeof signRun>;

export const hostRequests = z.array(z.union([z.strictObject({ id: ulong, request: hostRequest }), signRun]));

const text = z.string().max(1000);

export const libraryRow = z.strictObject({ manufacturer: text, description: text, version: text });

export const tokenRow = z.strictObject({
  label: text,
  serial: text,
  manufacturer: text,
  model: text,
  firmware: text,
  flags: ulong,
});
export type TokenRow = z.infer<typeof tokenRow>;

export const slotRow = z.strictObject({
  id: ulong,
  description: text,
  /** null: no token, or one that cannot be asked; `fault` says why. */
  token: tokenRow.nullable(),
  fault: text,
});
export type SlotRow = z.infer<typeof slotRow>;

export const mechanismRow = z.strictObject({ type: ulong, min: ulong, max: ulong });

/** An object as the token shows it; null: it does not say. */
export const objectRow = z.strictObject({
  class: ulong,
  id: bytes,
  label: z.string(),
  keyType: ulong.nullable(),
  modulus: bytes.nullable(),
  exponent: bytes.nullable(),
  ecParams: bytes.nullable(),
  ecPoint: bytes.nullable(),
  /** Of a certificate: its DER. */
  value: bytes.nullable(),
  sensitive: z.boolean().nullable(),
  extractable: z.boolean().nullable(),
  neverExtractable: z.boolean().nullable(),
  alwaysAuthenticate: z.boolean().nullable(),
  uses: z.array(z.enum(['sign', 'decrypt', 'unwrap', 'derive'])),
});
export type ObjectRow = z.infer<typeof objectRow>;

/** null: it could not be looked at. */
const functionRow = z.strictObject({ name: text, present: z.boolean().nullable() });
export type FunctionRow = z.infer<typeof functionRow>;

/** What each request is answered with. */
export const hostAnswers = {
  load: libraryRow,
  slots: z.array(slotRow),
  select: z.strictObject({ token: tokenRow, mechanisms: z.array(mechanismRow) }),
  login: z.null(),
  functions: z.array(functionRow),
  token: tokenRow,
  /** The private objects of that CKA_ID and what lies beside them. */
  key: z.array(objectRow),
  objects: z.array(objectRow),
  generate: z.array(objectRow),
  sign: bytes,
  destroy: z.null(),
  initToken: z.null(),
  setPin: z.null(),
  close: z.null(),
} satisfies Record<HostOp, z.ZodType>;
export type HostAnswer<O extends HostOp> = z.infer<(typeof hostAnswers)[O]>;

/** A refusal: the library's code or the host's own, the function it came from, the raw text. */
const failure = z.strictObject({ code: z.string().max(100), function: z.string().max(100), text });
export type HostFailure = z.infer<typeof failure>;

/** Signatures of `size` octets each, numbered from `id` on. */
const signatureRun = z.strictObject({ id: ulong, size: z.number().int().positive(), signatures: bytes });
export type SignatureRun = z.infer<typeof signatureRun>;

export const hostReplies = z.array(
  z.union([
    signatureRun,
    z.strictObject({ id: ulong, value: z.unknown() }),
    z.strictObject({ id: ulong, failure, tries: ulong.nullable() }),
    /** false: it waits for its turn in the child, and no time counts against it; true: its turn has come. */
    z.strictObject({ id: ulong, begun: z.boolean() }),
  ]),
);
export type HostReply = z.infer<typeof hostReplies>[number];

/** Codes of the host's own. */
export const HOST_CODE = {
  notBuilt: 'PKCS11_NOT_BUILT',
  notLoaded: 'LIBRARY_NOT_LOADED',
  noKey: 'KEY_NOT_FOUND',
  ambiguous: 'KEY_AMBIGUOUS',
  fault: 'HOST_FAULT',
  noPin: 'TOKEN_WITHOUT_PIN',
} as const;
