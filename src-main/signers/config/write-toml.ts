/**
 * Signers as [[signers]] that Krill and krillta start with: the names their code reads, every setting above the tables, and as
 * comments what Krill has no key for.
 */
import type { KmipSettings, Pkcs11Settings, SignerSettings } from '#shared/contract/signer-settings.ts';
import { HEADER, PIN_PAD, serialComment, twinComment, variableComment } from './own-comments.ts';
import { KMIP_FIELDS, leftOut, MASK, PKCS11_FIELDS, SECRET_KEY, TYPE_NAMES } from './toml-fields.ts';

export interface WrittenSigner {
  name: string;
  /** null: software, Krill's OpenSSL signer. */
  settings: SignerSettings | null;
  /** null: there is none. SECURITY: MASK (a comment then), unless the operator asked for secrets. */
  secret: string | null;
  /** The number of its slot, where its label leads Krill to another token. */
  slot?: number;
}

/** A TOML basic string: JSON's escapes are among its own; what JSON leaves bare (U+007F) is not allowed bare. */
const quoted = (text: string): string => JSON.stringify(text).replaceAll('\u007F', String.raw`\u007F`);

function value(of: unknown, field: string): string | null {
  if (of === null || of === undefined) return null;
  if (field === 'slot') {
    const slot = of as Pkcs11Settings['slot'];
    return slot.by === 'id' ? String(slot.id) : quoted(slot.label);
  }
  if (typeof of === 'string') return quoted(of);
  if (typeof of === 'object')
    return `{ ${Object.entries(of)
      .map(([name, on]) => `${name} = ${String(on)}`)
      .join(', ')} }`;
  return typeof of === 'number' || typeof of === 'boolean' ? String(of) : null;
}

/** What Baleen knows of it and Krill has no key for. */
function ownSettings({ settings, slot }: WrittenSigner): string[] {
  if (settings?.kind !== 'pkcs11') return [];
  const variables = Object.entries(settings.environment).map(([name, text]) => variableComment(name, text));
  return [
    ...(slot === undefined || settings.slot.by !== 'label' ? [] : [twinComment(settings.slot.label)]),
    ...(settings.serial === null ? [] : serialComment(settings.serial)),
    ...(settings.pinPad ? [PIN_PAD] : []),
    ...variables,
  ];
}

function secretLine(key: string, secret: string | null): string[] {
  if (secret === null) return [];
  return [secret === MASK ? leftOut(key) : `${key} = ${quoted(secret)}`];
}

function table(signer: WrittenSigner): string[] {
  const { settings } = signer;
  const head = [
    '[[signers]]',
    `type = ${quoted(TYPE_NAMES[settings?.kind ?? 'software'])}`,
    `name = ${quoted(signer.name)}`,
  ];
  if (settings === null) return head;
  const fields = settings.kind === 'pkcs11' ? PKCS11_FIELDS : KMIP_FIELDS;
  const values: Record<string, unknown> = { ...(settings satisfies Pkcs11Settings | KmipSettings) };
  return [
    ...head,
    ...fields.flatMap(({ key, field }) => {
      const text =
        field === 'slot' && signer.slot !== undefined ? String(signer.slot) : value(values[field], field);
      return text === null ? [] : [`${key} = ${text}`];
    }),
    ...secretLine(SECRET_KEY[settings.kind], signer.secret),
    ...ownSettings(signer),
  ];
}

/** `defaultSigner`, `oneOffSigner`: names; null leaves the line out. */
export function writeSignersToml(config: {
  signers: readonly WrittenSigner[];
  defaultSigner: string | null;
  oneOffSigner: string | null;
}): string {
  const roles = [
    ...(config.defaultSigner === null ? [] : [`default_signer = ${quoted(config.defaultSigner)}`]),
    ...(config.oneOffSigner === null ? [] : [`one_off_signer = ${quoted(config.oneOffSigner)}`]),
  ];
  return [HEADER, ...roles, ...config.signers.flatMap((signer) => ['', ...table(signer)]), ''].join('\n');
}
