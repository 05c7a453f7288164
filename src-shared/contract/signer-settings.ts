/** The settings of a signer: exactly Krill's fields and defaults (krill-ta.md 9.3, H-005 to H-009), and Baleen's own. */
import * as z from 'zod';

/** Krill: a TOML integer is a slot's ID, a TOML string a token's label. */
export const slotChoice = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('id'), id: z.number().int().min(0).max(0xffff_ffff) }),
  z.strictObject({ by: z.literal('label'), label: z.string().trim().min(1, 'A slot is required').max(64) }),
]);
export type SlotChoice = z.infer<typeof slotChoice>;

const path = z.string().trim().max(4096);
const seconds = z.number().min(0).max(86_400);
/** Around each call, for failures that pass (H-005, H-009). */
const retry = {
  retrySeconds: seconds.default(2),
  backoffMultiplier: z.number().min(1).max(100).default(1.5),
  /** All the retries of one call together take no longer than this. */
  maxRetrySeconds: seconds.default(30),
};

export const pkcs11Settings = z.strictObject({
  kind: z.literal('pkcs11'),
  libPath: path.min(1, 'The library is required'),
  slot: slotChoice,
  /** Learned at the first contact: a token with another serial is another token. null: not yet known. */
  serial: z.string().max(64).nullable().default(null),
  login: z.boolean().default(true),
  /** The PIN is typed on the device: none is asked here. */
  pinPad: z.boolean().default(false),
  ...retry,
  /** Given to the child alone: SOFTHSM2_CONF, YUBIHSM_PKCS11_CONF. LD_* is refused. */
  environment: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'No name of a variable'), z.string().max(4096))
    .default({}),
  /** Label of new objects. */
  keyLabel: z.string().trim().min(1).max(80).default('Krill'),
  /** Giving a table drops the defaults that are not repeated, as in Krill; null: the defaults. */
  publicKeyAttributes: z.record(z.string().max(40), z.boolean()).nullable().default(null),
  privateKeyAttributes: z.record(z.string().max(40), z.boolean()).nullable().default(null),
});
export type Pkcs11Settings = z.infer<typeof pkcs11Settings>;

export const kmipSettings = z.strictObject({
  kind: z.literal('kmip'),
  host: z.string().trim().min(1, 'The host is required').max(253),
  port: z.number().int().min(1).max(65_535).default(5696),
  insecure: z.boolean().default(false),
  force: z.boolean().default(false),
  /** SHA-256 of the one certificate that the server may show, compared by a person; Baleen's own. Upper-case hex. */
  serverSha256: z
    .string()
    .regex(/^[0-9A-F]{64}$/, 'No SHA-256 fingerprint')
    .nullable()
    .default(null),
  serverCertPath: path.nullable().default(null),
  serverCaCertPath: path.nullable().default(null),
  clientCertPath: path.nullable().default(null),
  clientCertPrivateKeyPath: path.nullable().default(null),
  username: z.string().max(256).nullable().default(null),
  ...retry,
  // Zero: ten minutes for the first three, no limit for the other two.
  connectTimeoutSeconds: seconds.default(5),
  readTimeoutSeconds: seconds.default(5),
  writeTimeoutSeconds: seconds.default(5),
  /** Krill's code: `max_lifetime_seconds`; its manual: `max_use_seconds`. */
  maxUseSeconds: seconds.default(1800),
  maxIdleSeconds: seconds.default(600),
  maxConnections: z.number().int().min(1).max(100).default(5),
  maxResponseBytes: z.number().int().min(1024).max(16_777_216).default(65_536),
});
export type KmipSettings = z.infer<typeof kmipSettings>;

export const signerSettings = z.discriminatedUnion('kind', [pkcs11Settings, kmipSettings]);
export type SignerSettings = z.infer<typeof signerSettings>;

/** Settings as they were stored, with what is newer than they are. */
export function storedSettings<S extends SignerSettings | null>(settings: S): S {
  return settings?.kind === 'kmip' ? Object.assign({ serverSha256: null }, settings) : settings;
}
