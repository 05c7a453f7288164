/**
 * [[signers]] of a krill.conf or krillta.conf, read as Krill reads it: what it would refuse is refused in its words, what it
 * would pass over without a word is said. Nothing is stored here.
 */
import { parse, TomlError } from 'smol-toml';
import { kmipSettings, pkcs11Settings, type SignerSettings } from '#shared/contract/signer-settings.ts';
import type { FieldError } from '#shared/errors.ts';
import { AppError } from '../../lib/app-error.ts';
import { roleFaults } from './roles.ts';
import {
  FieldFault,
  KMIP_FIELDS,
  MASK,
  OTHER_NAMES,
  PKCS11_FIELDS,
  SECRET_KEY,
  textValue,
  TYPES,
} from './toml-fields.ts';

/** X-001: a configuration is a small file. */
const MOST_BYTES = 1_048_576;

export interface TomlSigner {
  name: string;
  /** null: Krill's OpenSSL signer, which is the software signer here. */
  settings: SignerSettings | null;
  /** PIN or password. SECURITY: it goes into the vault and nowhere else. */
  secret: string | null;
}

export interface SignersToml {
  signers: TomlSigner[];
  /** Names; null: not said. */
  defaultSigner: string | null;
  oneOffSigner: string | null;
  /** Sentences for the operator: what was taken otherwise than written, or not at all. Never a secret. */
  notes: string[];
}

function refused(text: string, fields: FieldError[] = []): AppError {
  return new AppError('INVALID_INPUT', `${text} Nothing was changed.`, fields.length > 0 ? { fields } : {});
}

function parsed(text: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const what = /redefine|already defined|duplicate/i.test(error.message)
      ? 'holds a duplicate key'
      : 'is no TOML';
    throw refused(`Line ${error.line}, column ${error.column} ${what}.`);
  }
}

interface Table {
  signer: TomlSigner;
  faults: FieldError[];
  notes: string[];
}

/** `at`: its place in the list, from 0. */
function tableOf(table: Record<string, unknown>, at: number): Table {
  const faults: FieldError[] = [];
  const notes: string[] = [];
  const fault = (key: string, message: string): void => {
    faults.push({ path: `signers.${at}.${key}`, message });
  };
  const given = new Map(Object.entries(table));
  const take = <T>(key: string, read: (value: unknown) => T): T | undefined => {
    if (!given.has(key)) return undefined;
    const value = given.get(key);
    given.delete(key);
    try {
      return read(value);
    } catch (error) {
      if (!(error instanceof FieldFault)) throw error;
      fault(key, `${key} ${error.message}`);
      return undefined;
    }
  };

  const name = take('name', textValue) ?? '';
  const called = name === '' ? `Signer ${at + 1} of the file` : `"${name.slice(0, 80)}"`;
  if (name === '' && faults.length === 0) fault('name', 'name is required');
  const type = take('type', textValue);
  const kind = type === undefined ? undefined : TYPES[type];
  if (type === undefined) fault('type', 'type is required');
  else if (kind === undefined)
    fault('type', `unknown type "${type.slice(0, 40)}"; it is OpenSSL, PKCS#11 or KMIP`);
  if (kind === undefined) return { signer: { name, settings: null, secret: null }, faults, notes };

  for (const { manual, code } of OTHER_NAMES) {
    if (!given.has(manual)) continue;
    const also = given.has(code);
    notes.push(
      `${called}: ${manual} stands in Krill's manual, its code reads ${code}${also ? ', which is there too and counts' : '; it was taken as that'}.`,
    );
    if (!also) given.set(code, given.get(manual));
    given.delete(manual);
  }
  if (kind === 'software') {
    const place = take('keys_storage_uri', textValue);
    if (place !== undefined)
      notes.push(`${called}: keys_storage_uri was not taken over; software keys lie in this workspace.`);
  }
  let secret: string | null = null;
  if (kind !== 'software') {
    const key = SECRET_KEY[kind];
    secret =
      take(key, (value) => {
        if (value === MASK) {
          notes.push(`${called}: its ${key} was left out of the file; type it here.`);
          return null;
        }
        if (typeof value !== 'number') return textValue(value);
        notes.push(`${called}: ${key} is a number, which Krill refuses; it was stored as text.`);
        return String(value);
      }) ?? null;
  }
  const fields = kind === 'software' ? [] : kind === 'pkcs11' ? PKCS11_FIELDS : KMIP_FIELDS;
  const values: Record<string, unknown> = {};
  for (const { key, field, read } of fields) {
    const value = take(key, read);
    if (value !== undefined) values[field] = value;
  }
  if (given.size > 0)
    notes.push(
      `${called}: not known and passed over, as by Krill: ${[...given.keys()].join(', ').slice(0, 300)}.`,
    );
  if (kind === 'software') return { signer: { name, settings: null, secret: null }, faults, notes };

  const needed = kind === 'pkcs11' ? { libPath: 'lib_path', slot: 'slot' } : { host: 'host' };
  for (const [field, key] of Object.entries(needed))
    if (values[field] === undefined && !faults.some(({ path }) => path.endsWith(`.${key}`)))
      fault(key, `${key} is required`);
  if (faults.length > 0) return { signer: { name, settings: null, secret: null }, faults, notes };
  if (kind === 'pkcs11' && secret === null && values['login'] !== false)
    notes.push(
      `${called}: without user_pin its PIN is asked here at the first use, unless it is typed on the device.`,
    );
  if (kind === 'kmip' && table['max_connections'] !== undefined)
    notes.push(
      `${called}: Krill does not use max_connections (it takes max_response_bytes for it); Baleen does.`,
    );
  const settings =
    kind === 'pkcs11' ? pkcs11Settings.parse({ kind, ...values }) : kmipSettings.parse({ kind, ...values });
  return { signer: { name, settings, secret }, faults, notes };
}

/** Comments do not survive; how many there are is counted outside of quotes. */
function commentCount(text: string): number {
  const bare = text.replaceAll(/"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'[^'\n]*'/g, '');
  return bare.split('\n').filter((line) => line.includes('#')).length;
}

/**
 * Reads `bytes` (UTF-8). Throws AppError TOO_LARGE, and INVALID_INPUT that names line and column, or each field as
 * `signers.<place>.<key>`.
 */
export function readSignersToml(bytes: Uint8Array): SignersToml {
  if (bytes.length > MOST_BYTES)
    throw new AppError('TOO_LARGE', 'This is too large for a krill.conf (1 MiB). Nothing was changed.');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refused('This is no text file. Choose a krill.conf or krillta.conf.');
  }
  const conf = parsed(text);
  const list = conf['signers'] ?? [];
  if (
    !Array.isArray(list) ||
    list.some((one) => typeof one !== 'object' || one === null || Array.isArray(one))
  )
    throw refused('signers must be a list of [[signers]] tables.');
  if (list.length === 0)
    throw refused(
      'It holds no [[signers]] table. Krill uses its OpenSSL signer then, as Baleen does without any.',
    );
  const tables = list.map((one, at) => tableOf(one as Record<string, unknown>, at));
  const fields = tables.flatMap(({ faults }) => faults);
  const signers = tables.map(({ signer }) => signer);
  const roles = {
    defaultSigner: conf['default_signer'] ?? null,
    oneOffSigner: conf['one_off_signer'] ?? null,
  };
  for (const [key, value] of [
    ['default_signer', roles.defaultSigner],
    ['one_off_signer', roles.oneOffSigner],
  ] as const)
    if (value !== null && typeof value !== 'string')
      fields.push({ path: key, message: `${key} must be text` });
  if (fields.length === 0) {
    const named = { ...(roles as { defaultSigner: string | null; oneOffSigner: string | null }) };
    for (const message of roleFaults(
      signers.map(({ name }) => name),
      named,
    ))
      fields.push({ path: 'signers', message });
  }
  const [first] = fields;
  if (first !== undefined) {
    const place = /^signers\.(\d+)\./.exec(first.path)?.[1];
    const name = place === undefined ? '' : (signers[Number(place)]?.name ?? '');
    const where =
      place === undefined
        ? ''
        : `Signer ${Number(place) + 1}${name === '' ? '' : ` ("${name.slice(0, 80)}")`}: `;
    const more = fields.length > 1 ? ` ${fields.length - 1} more are named beside it.` : '';
    throw refused(`${where}${first.message}.${more}`, fields);
  }
  const notes = tables.flatMap((table) => table.notes);
  const comments = commentCount(text);
  if (comments > 0)
    notes.push(
      `${comments === 1 ? 'A line holds a comment' : `${comments} lines hold comments`}, which are not kept.`,
    );
  return { signers, ...(roles as { defaultSigner: string | null; oneOffSigner: string | null }), notes };
}
