/**
 * The keys of a [[signers]] table as Krill 0.16 reads them (krill-ta.md 9.3), the names its manual uses instead, and which
 * field of Baleen's settings each is. Data and small readers; no file is read here.
 */

/** A key that Krill's code reads, and what it becomes. */
interface TomlField {
  key: string;
  /** Of Pkcs11Settings or KmipSettings. */
  field: string;
  read: (value: unknown) => unknown;
}

/** A key of the manual that Krill's code does not know by that name. */
interface OtherName {
  manual: string;
  code: string;
}

/** Why a value is refused, after its key: "must be …". */
export class FieldFault extends Error {}

function shown(value: unknown): string {
  if (typeof value === 'string') return `the text "${value.slice(0, 40)}"`;
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'a table';
}

const whole =
  (min: number, max: number) =>
  (value: unknown): number => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    throw new FieldFault(`must be a whole number from ${min} to ${max}, not ${shown(value)}`);
  };

const number =
  (min: number, max: number) =>
  (value: unknown): number => {
    if (typeof value === 'number' && value >= min && value <= max) return value;
    throw new FieldFault(`must be a number from ${min} to ${max}, not ${shown(value)}`);
  };

export function textValue(value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  throw new FieldFault(value === '' ? 'is empty' : `must be text, not ${shown(value)}`);
}

/** A PIN or password, as it is: blanks belong to it. */
export function secretText(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new FieldFault(value === '' ? 'is empty' : `must be text, not ${shown(value)}`);
}

function flag(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new FieldFault(`must be true or false, not ${shown(value)}`);
}

/** Krill: an integer is a slot's ID, text a token's label. */
function slot(value: unknown): unknown {
  if (typeof value === 'string') return { by: 'label', label: textValue(value) };
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff)
    return { by: 'id', id: value };
  throw new FieldFault(`must be a slot's number or a token's label, not ${shown(value)}`);
}

const attributes =
  (known: readonly string[]) =>
  (value: unknown): Record<string, boolean> => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new FieldFault(`must be a table, not ${shown(value)}`);
    return Object.fromEntries(
      Object.entries(value).map(([name, on]) => {
        if (!known.includes(name))
          throw new FieldFault(`has no "${name.slice(0, 40)}"; it may hold ${known.join(', ')}`);
        return [name, flag(on)];
      }),
    );
  };

const SECONDS = whole(0, 86_400);

const RETRY: readonly TomlField[] = [
  { key: 'retry_seconds', field: 'retrySeconds', read: SECONDS },
  { key: 'backoff_multiplier', field: 'backoffMultiplier', read: number(1, 100) },
  { key: 'max_retry_seconds', field: 'maxRetrySeconds', read: SECONDS },
];

export const PKCS11_FIELDS: readonly TomlField[] = [
  { key: 'lib_path', field: 'libPath', read: textValue },
  { key: 'slot', field: 'slot', read: slot },
  { key: 'login', field: 'login', read: flag },
  ...RETRY,
  {
    key: 'public_key_attributes',
    field: 'publicKeyAttributes',
    read: attributes(['CKA_MODIFIABLE', 'CKA_PRIVATE']),
  },
  {
    key: 'private_key_attributes',
    field: 'privateKeyAttributes',
    read: attributes(['CKA_EXTRACTABLE', 'CKA_MODIFIABLE', 'CKA_PRIVATE', 'CKA_SENSITIVE']),
  },
];

export const KMIP_FIELDS: readonly TomlField[] = [
  { key: 'host', field: 'host', read: textValue },
  { key: 'port', field: 'port', read: whole(1, 65_535) },
  { key: 'insecure', field: 'insecure', read: flag },
  { key: 'force', field: 'force', read: flag },
  { key: 'server_cert_path', field: 'serverCertPath', read: textValue },
  { key: 'server_ca_cert_path', field: 'serverCaCertPath', read: textValue },
  { key: 'client_cert_path', field: 'clientCertPath', read: textValue },
  { key: 'client_cert_private_key_path', field: 'clientCertPrivateKeyPath', read: textValue },
  { key: 'username', field: 'username', read: textValue },
  ...RETRY,
  { key: 'connect_timeout_seconds', field: 'connectTimeoutSeconds', read: SECONDS },
  { key: 'read_timeout_seconds', field: 'readTimeoutSeconds', read: SECONDS },
  { key: 'write_timeout_seconds', field: 'writeTimeoutSeconds', read: SECONDS },
  { key: 'max_lifetime_seconds', field: 'maxUseSeconds', read: SECONDS },
  { key: 'max_idle_seconds', field: 'maxIdleSeconds', read: SECONDS },
  { key: 'max_connections', field: 'maxConnections', read: whole(1, 100) },
  { key: 'max_response_bytes', field: 'maxResponseBytes', read: whole(1024, 16_777_216) },
];

/** The manual's names that Krill 0.16 passes over without a word. */
export const OTHER_NAMES: readonly OtherName[] = [
  { manual: 'keys_path', code: 'keys_storage_uri' },
  { manual: 'max_use_seconds', code: 'max_lifetime_seconds' },
];

/** PIN or password: the key of each kind. An integer is taken as its digits (H-012). */
export const SECRET_KEY = { pkcs11: 'user_pin', kmip: 'password' } as const;

/** Stands where a secret was left out. */
export const MASK = '***';

/** Instead of a PIN or password that was left out: a comment, for a krillta that nobody edited would send the mask itself. */
export const leftOut = (key: string): string => `# ${key} = "type it here"`;

/** The spellings of `type` that Krill takes. */
export const TYPES: Readonly<Record<string, 'software' | 'pkcs11' | 'kmip'>> = {
  OpenSSL: 'software',
  OpenSsl: 'software',
  'PKCS#11': 'pkcs11',
  Pkcs11: 'pkcs11',
  KMIP: 'kmip',
  Kmip: 'kmip',
};

export const TYPE_NAMES = { software: 'OpenSSL', pkcs11: 'PKCS#11', kmip: 'KMIP' } as const;
