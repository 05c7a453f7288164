/**
 * [[signers]] of a krill.conf or krillta.conf, read as Krill reads it: what it would refuse is refused in its words, what it
 * would pass over without a word is said. Nothing is stored here.
 */
import { parse, TomlError } from 'smol-toml';
import { kmipSettings, pkcs11Settings, type SignerSettings } from '#shared/contract/signer-settings.ts';
import type { FieldError } from '#shared/errors.ts';
import { AppError } from '../../lib/app-error.ts';
import { LEFT_OUT, type OwnComments, readOwnComments, withLeftOut } from './own-comments.ts';
import { roleFaults } from './roles.ts';
import {
  FieldFault,
  KMIP_FIELDS,
  MASK,
  OTHER_NAMES,
  PKCS11_FIELDS,
  SECRET_KEY,
  secretText,
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

/** One table while it is read: what is taken leaves it, and every fault keeps its place. */
class TableReader {
  readonly faults: FieldError[] = [];
  readonly notes: string[] = [];
  readonly #given: Map<string, unknown>;
  readonly #at: number;
  #called: string;

  /** `at`: its place in the list, from 0. */
  constructor(table: Record<string, unknown>, at: number) {
    this.#given = new Map(Object.entries(table));
    this.#at = at;
    this.#called = `Signer ${at + 1} of the file`;
  }

  has(key: string): boolean {
    return this.#given.has(key);
  }
  call(name: string): void {
    if (name !== '') this.#called = `"${name.slice(0, 80)}"`;
  }
  note(text: string): void {
    this.notes.push(`${this.#called}: ${text}.`);
  }
  fault(key: string, message: string): void {
    this.faults.push({ path: `signers.${this.#at}.${key}`, message });
  }
  /** undefined: it is not there, or it is wrong, which is kept as a fault. */
  take<T>(key: string, read: (value: unknown) => T): T | undefined {
    if (!this.#given.has(key)) return undefined;
    const value = this.#given.get(key);
    this.#given.delete(key);
    try {
      return read(value);
    } catch (error) {
      if (!(error instanceof FieldFault)) throw error;
      this.fault(key, `${key} ${error.message}`);
      return undefined;
    }
  }
  rename(from: string, to: string): void {
    if (!this.#given.has(to)) this.#given.set(to, this.#given.get(from));
    this.#given.delete(from);
  }
  rest(): string[] {
    return [...this.#given.keys()];
  }
}

function nameAndKind(reader: TableReader): { name: string; kind: 'software' | 'pkcs11' | 'kmip' | null } {
  const name = reader.take('name', textValue) ?? '';
  reader.call(name);
  if (name === '' && reader.faults.length === 0) reader.fault('name', 'name is required');
  const typeGiven = reader.has('type');
  const type = reader.take('type', textValue);
  const kind = type === undefined ? null : (TYPES[type] ?? null);
  if (!typeGiven) reader.fault('type', 'type is required');
  else if (type !== undefined && kind === null)
    reader.fault('type', `unknown type "${type.slice(0, 40)}"; it is OpenSSL, PKCS#11 or KMIP`);
  return { name, kind };
}

function takeOtherNames(reader: TableReader): void {
  for (const { manual, code } of OTHER_NAMES) {
    if (!reader.has(manual)) continue;
    const also = reader.has(code) ? ', which is there too and counts' : '; it was taken as that';
    reader.note(`${manual} stands in Krill's manual, its code reads ${code}${also}`);
    reader.rename(manual, code);
  }
}

function secretOf(reader: TableReader, kind: 'pkcs11' | 'kmip'): string | null {
  const key = SECRET_KEY[kind];
  const secret = reader.take(key, (value) => {
    if (value === MASK) {
      reader.note(`its ${key} was left out of the file; type it here`);
      return null;
    }
    if (typeof value !== 'number') return secretText(value);
    reader.note(`${key} is a number, which Krill refuses; it was stored as text`);
    return String(value);
  });
  return secret ?? null;
}

function valuesOf(reader: TableReader, kind: 'pkcs11' | 'kmip'): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { key, field, read } of kind === 'pkcs11' ? PKCS11_FIELDS : KMIP_FIELDS) {
    const value = reader.take(key, read);
    if (value !== undefined) values[field] = value;
  }
  const needed = kind === 'pkcs11' ? { libPath: 'lib_path', slot: 'slot' } : { host: 'host' };
  for (const [field, key] of Object.entries(needed))
    if (values[field] === undefined && !reader.faults.some(({ path }) => path.endsWith(`.${key}`)))
      reader.fault(key, `${key} is required`);
  return values;
}

/** What the comments say of a token, as settings. A secret variable was left out of the file. */
function ownValues(reader: TableReader, own: OwnComments | undefined): Record<string, unknown> {
  if (own === undefined) return {};
  const given = Object.entries(own.environment).filter(([, value]) => value !== MASK);
  const masked = Object.keys(own.environment).filter((name) => own.environment[name] === MASK);
  if (masked.length > 0) reader.note(`${masked.join(', ')} was left out of the file; type it here`);
  const slot = own.label === null ? {} : { slot: { by: 'label', label: own.label } };
  return { ...slot, serial: own.serial, pinPad: own.pinPad, environment: Object.fromEntries(given) };
}

/** null settings of a device stand only beside faults. */
function tableOf(reader: TableReader, own: OwnComments | undefined): TomlSigner {
  const { name, kind } = nameAndKind(reader);
  const none = { name, settings: null, secret: null };
  if (kind === null) return none;
  takeOtherNames(reader);
  const ignoresConnections = reader.has('max_connections');
  if (kind === 'software' && reader.take('keys_storage_uri', textValue) !== undefined)
    reader.note('keys_storage_uri was not taken over; software keys lie in this workspace');
  const secret = kind === 'software' ? null : secretOf(reader, kind);
  const values = kind === 'software' ? {} : valuesOf(reader, kind);
  if (kind === 'pkcs11') Object.assign(values, ownValues(reader, own));
  const rest = reader.rest();
  if (rest.length > 0)
    reader.note(`not known and passed over, as by Krill: ${rest.join(', ').slice(0, 300)}`);
  if (kind === 'software' || reader.faults.length > 0) return none;
  const settings = settingsOf(reader, kind, values);
  if (settings === null) return none;
  if (kind === 'kmip' && ignoresConnections)
    reader.note('Krill does not use max_connections (it takes max_response_bytes for it); Baleen does');
  if (kind === 'pkcs11' && secret === null && values['login'] !== false && values['pinPad'] !== true)
    reader.note('without user_pin its PIN is asked here at the first use, unless it is typed on the device');
  return { name, settings, secret };
}

/** null: a value is longer than any is, which is kept as a fault. */
function settingsOf(
  reader: TableReader,
  kind: 'pkcs11' | 'kmip',
  values: Record<string, unknown>,
): SignerSettings | null {
  const checked =
    kind === 'kmip'
      ? kmipSettings.safeParse({ kind, ...values })
      : pkcs11Settings.safeParse({ kind, ...values });
  if (checked.success) return checked.data;
  for (const { path, message } of checked.error.issues) {
    const key = keyOfField(kind, String(path[0]));
    reader.fault(key, `${key}: ${message}`);
  }
  return null;
}

/** The key of krill.conf for a field of the settings. */
export function keyOfField(kind: 'pkcs11' | 'kmip', field: string): string {
  const known = (kind === 'pkcs11' ? PKCS11_FIELDS : KMIP_FIELDS).find((one) => one.field === field);
  return known?.key ?? field;
}

/** The refusal of a file: the first fault in its sentence, with the signer it is in, and all of them beside it. */
export function refusedFields(fields: FieldError[], signers: readonly { name: string }[]): AppError {
  const [first] = fields;
  const place = /^signers\.(\d+)\./.exec(first?.path ?? '')?.[1];
  const name = place === undefined ? '' : (signers[Number(place)]?.name ?? '');
  const where =
    place === undefined
      ? ''
      : `Signer ${Number(place) + 1}${name === '' ? '' : ` ("${name.slice(0, 80)}")`}: `;
  const more = fields.length > 1 ? ` ${fields.length - 1} more are named beside it.` : '';
  const said = (first?.message ?? '').replace(/([^.])$/, '$1.');
  return refused(`${where}${said}${more}`, fields);
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
  // As it is written here where a secret was left out.
  const conf = parsed(withLeftOut(text));
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
  const readers = list.map((one, at) => new TableReader(one as Record<string, unknown>, at));
  const own = readOwnComments(text);
  // Written as one list in a line, there is no telling which comment is whose.
  const whose = own.tables.length === list.length ? own.tables : [];
  const signers = readers.map((reader, at) => tableOf(reader, whose[at]));
  const fields = readers.flatMap(({ faults }) => faults);
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
  if (fields.length > 0) throw refusedFields(fields, signers);
  const notes = readers.flatMap((reader) => reader.notes);
  const comments = commentCount(text) - own.lines - (text.match(LEFT_OUT) ?? []).length;
  if (comments > 0)
    notes.push(
      comments === 1
        ? 'A line holds a comment, which is not kept.'
        : `${comments} lines hold comments, which are not kept.`,
    );
  return { signers, ...(roles as { defaultSigner: string | null; oneOffSigner: string | null }), notes };
}
