/** What is typed about a signer, the settings it makes, and what is wrong with it, by field. No component. */
import type {
  KmipSettings,
  Pkcs11Settings,
  SignerSettings,
  SlotChoice,
} from '#shared/contract/signer-settings.ts';
import { parseNumber } from '../../components/text-field.tsx';
import { slotIdText } from './signer-words.ts';

export type PinKept = 'keep' | 'ask' | 'vault';

/** Numbers are text, so that what is wrong stays visible. */
export type NumberName =
  | 'retrySeconds'
  | 'backoffMultiplier'
  | 'maxRetrySeconds'
  | 'port'
  | 'connectTimeoutSeconds'
  | 'readTimeoutSeconds'
  | 'writeTimeoutSeconds'
  | 'maxUseSeconds'
  | 'maxIdleSeconds'
  | 'maxConnections'
  | 'maxResponseBytes';

interface Range {
  least: number;
  most: number;
  whole?: boolean;
  /** Krill's own (H-005, H-008, H-009). */
  usual: number;
}
const seconds = (usual: number): Range => ({ least: 0, most: 86_400, usual });

export const RANGES: Record<NumberName, Range> = {
  retrySeconds: seconds(2),
  backoffMultiplier: { least: 1, most: 100, usual: 1.5 },
  maxRetrySeconds: seconds(30),
  port: { least: 1, most: 65_535, whole: true, usual: 5696 },
  connectTimeoutSeconds: seconds(5),
  readTimeoutSeconds: seconds(5),
  writeTimeoutSeconds: seconds(5),
  maxUseSeconds: seconds(1800),
  maxIdleSeconds: seconds(600),
  maxConnections: { least: 1, most: 100, whole: true, usual: 5 },
  maxResponseBytes: { least: 1024, most: 16_777_216, whole: true, usual: 65_536 },
};

const RETRY = ['retrySeconds', 'backoffMultiplier', 'maxRetrySeconds'] as const;
const LIMITS = [
  'port',
  'connectTimeoutSeconds',
  'readTimeoutSeconds',
  'writeTimeoutSeconds',
  'maxUseSeconds',
  'maxIdleSeconds',
  'maxConnections',
  'maxResponseBytes',
] as const;

export interface SignerForm {
  kind: 'pkcs11' | 'kmip';
  name: string;
  /** A PIN or a password. */
  secret: string;
  kept: PinKept;
  numbers: Record<NumberName, string>;
  // PKCS#11
  libPath: string;
  slotBy: SlotChoice['by'];
  slot: string;
  serial: string | null;
  login: boolean;
  pinPad: boolean;
  environment: { name: string; value: string }[];
  keyLabel: string;
  publicKeyAttributes: Record<string, boolean> | null;
  privateKeyAttributes: Record<string, boolean> | null;
  // KMIP
  host: string;
  insecure: boolean;
  force: boolean;
  /** Compared and pinned by a person; null: none. */
  serverSha256: string | null;
  serverCertPath: string;
  serverCaCertPath: string;
  clientCertPath: string;
  clientCertPrivateKeyPath: string;
  username: string;
}

export function emptyForm(kind: SignerForm['kind']): SignerForm {
  return {
    kind,
    name: '',
    secret: '',
    kept: 'ask',
    numbers: Object.fromEntries(
      Object.entries(RANGES).map(([name, { usual }]) => [name, String(usual)]),
    ) as Record<NumberName, string>,
    libPath: '',
    slotBy: 'label',
    slot: '',
    serial: null,
    login: true,
    pinPad: false,
    environment: [],
    keyLabel: 'Krill',
    publicKeyAttributes: null,
    privateKeyAttributes: null,
    host: '',
    insecure: false,
    force: false,
    serverSha256: null,
    serverCertPath: '',
    serverCaCertPath: '',
    clientCertPath: '',
    clientCertPrivateKeyPath: '',
    username: '',
  };
}

/** A signer as it is configured, ready to be changed; its secret never comes out. */
export function formOf(name: string, settings: SignerSettings, secretStored: boolean): SignerForm {
  const form = emptyForm(settings.kind);
  const common = { ...form, name, kept: secretStored ? ('keep' as const) : ('ask' as const) };
  const numbers = { ...form.numbers };
  for (const key of [...RETRY, ...(settings.kind === 'kmip' ? LIMITS : [])])
    numbers[key] = String((settings as unknown as Record<NumberName, number>)[key]);
  if (settings.kind === 'kmip')
    return {
      ...common,
      numbers,
      host: settings.host,
      insecure: settings.insecure,
      force: settings.force,
      serverSha256: settings.serverSha256,
      serverCertPath: settings.serverCertPath ?? '',
      serverCaCertPath: settings.serverCaCertPath ?? '',
      clientCertPath: settings.clientCertPath ?? '',
      clientCertPrivateKeyPath: settings.clientCertPrivateKeyPath ?? '',
      username: settings.username ?? '',
    };
  return {
    ...common,
    numbers,
    libPath: settings.libPath,
    slotBy: settings.slot.by,
    slot: settings.slot.by === 'label' ? settings.slot.label : String(settings.slot.id),
    serial: settings.serial,
    login: settings.login,
    pinPad: settings.pinPad,
    environment: Object.entries(settings.environment).map(([variable, value]) => ({ name: variable, value })),
    keyLabel: settings.keyLabel,
    publicKeyAttributes: settings.publicKeyAttributes,
    privateKeyAttributes: settings.privateKeyAttributes,
  };
}

/** The number of a slot, decimal or 0x hexadecimal (H-006); null when it is neither. */
export function slotNumber(text: string): number | null {
  const typed = text.trim();
  const value = /^0x[0-9a-f]{1,8}$/i.test(typed)
    ? Number.parseInt(typed.slice(2), 16)
    : /^\d{1,10}$/.test(typed)
      ? Number(typed)
      : Number.NaN;
  return Number.isInteger(value) && value <= 0xffff_ffff ? value : null;
}

/** "0x12A9F8F7 (313129207)" for a number that can be read; "" for none. */
export function slotSaid(text: string): string {
  const id = slotNumber(text);
  return id === null ? '' : slotIdText(id);
}

export function numberProblem(name: NumberName, text: string): string | null {
  const { least, most, whole } = RANGES[name];
  const value = parseNumber(text);
  const fits = value !== null && value >= least && value <= most && (!whole || Number.isInteger(value));
  return fits ? null : `A ${whole ? 'whole ' : ''}number from ${least} to ${most}.`;
}

/** What is wrong, by the path that main would name ("settings.libPath"). */
export type Problems = Partial<Record<string, string>>;

function pkcs11Problems(form: SignerForm): Problems {
  const problems: Problems = {};
  if (form.libPath.trim() === '') problems['settings.libPath'] = 'Say where the library is.';
  if (form.slot.trim() === '') problems['settings.slot'] = 'Say which slot, or look for it.';
  else if (form.slotBy === 'id' && slotNumber(form.slot) === null)
    problems['settings.slot'] = 'A slot number is decimal, or hexadecimal behind 0x, up to 0xFFFFFFFF.';
  if (form.keyLabel.trim() === '') problems['settings.keyLabel'] = 'Give new keys a label.';
  const seen = new Set<string>();
  for (const [index, { name }] of form.environment.entries()) {
    const path = `settings.environment.${index}`;
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name))
      problems[path] = 'A name has letters, digits and _, and begins with no digit.';
    else if (/^LD_/i.test(name))
      problems[path] = 'LD_ variables change which code is loaded; they are refused.';
    else if (seen.has(name)) problems[path] = 'It is there twice.';
    seen.add(name);
  }
  return problems;
}

function kmipProblems(form: SignerForm): Problems {
  const problems: Problems = {};
  if (form.host.trim() === '') problems['settings.host'] = 'Say the name or address of the server.';
  const certificate = form.clientCertPath.trim();
  const key = form.clientCertPrivateKeyPath.trim();
  if ((certificate === '') !== (key === ''))
    problems[certificate === '' ? 'settings.clientCertPath' : 'settings.clientCertPrivateKeyPath'] =
      'A certificate and its key belong together: both or neither.';
  return problems;
}

/** What can be seen here; main looks again, at the files too. */
export function problemsOf(form: SignerForm): Problems {
  const problems = form.kind === 'kmip' ? kmipProblems(form) : pkcs11Problems(form);
  if (form.name.trim() === '') problems['name'] = 'Give it a name.';
  if (form.kept === 'vault' && form.secret === '')
    problems['secret'] = form.kind === 'kmip' ? 'Type the password.' : 'Type the PIN.';
  for (const name of [...RETRY, ...(form.kind === 'kmip' ? LIMITS : [])]) {
    const problem = numberProblem(name, form.numbers[name]);
    if (problem !== null) problems[`settings.${name}`] = problem;
  }
  return problems;
}

function numbersOf<N extends NumberName>(form: SignerForm, names: readonly N[]): Record<N, number> {
  return Object.fromEntries(names.map((name) => [name, parseNumber(form.numbers[name]) ?? 0])) as Record<
    N,
    number
  >;
}

const pathOf = (text: string): string | null => (text.trim() === '' ? null : text.trim());

/** The settings of a form without problems. */
export function settingsOf(form: SignerForm): SignerSettings {
  if (form.kind === 'kmip') {
    const settings: KmipSettings = {
      kind: 'kmip',
      host: form.host.trim(),
      insecure: form.insecure,
      force: form.force,
      serverSha256: form.serverSha256,
      serverCertPath: pathOf(form.serverCertPath),
      serverCaCertPath: pathOf(form.serverCaCertPath),
      clientCertPath: pathOf(form.clientCertPath),
      clientCertPrivateKeyPath: pathOf(form.clientCertPrivateKeyPath),
      username: form.username === '' ? null : form.username,
      ...numbersOf(form, RETRY),
      ...numbersOf(form, LIMITS),
    };
    return settings;
  }
  const settings: Pkcs11Settings = {
    kind: 'pkcs11',
    libPath: form.libPath.trim(),
    slot:
      form.slotBy === 'label'
        ? { by: 'label', label: form.slot.trim() }
        : { by: 'id', id: slotNumber(form.slot) ?? 0 },
    serial: form.serial,
    login: form.login,
    pinPad: form.pinPad,
    environment: environmentOf(form),
    keyLabel: form.keyLabel.trim(),
    publicKeyAttributes: form.publicKeyAttributes,
    privateKeyAttributes: form.privateKeyAttributes,
    ...numbersOf(form, RETRY),
  };
  return settings;
}

export function environmentOf(form: SignerForm): Record<string, string> {
  return Object.fromEntries(form.environment.map(({ name, value }) => [name, value]));
}

/** A secret on its way in: only a stored one is sent. */
export function secretOf(
  form: SignerForm,
): { do: 'keep' } | { do: 'forget' } | { do: 'store'; secret: string } {
  const asksNone = form.kind === 'pkcs11' && (!form.login || form.pinPad);
  if (asksNone || form.kept === 'ask') return { do: 'forget' };
  return form.kept === 'vault' ? { do: 'store', secret: form.secret } : { do: 'keep' };
}
