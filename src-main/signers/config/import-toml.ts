/**
 * Signers of a krill.conf laid over the configuration here: which of ours each is, what of ours stays because Krill has no
 * key for it, who does what then. It stores nothing.
 */
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import type { FieldError } from '#shared/errors.ts';
import { signerName } from '#shared/contract/signers.ts';
import { checkSettings } from './check-settings.ts';
import { type PendingSecret, type PendingSigner, type SignerDocument, SOFTWARE } from './document.ts';
import { samePlace } from './same-place.ts';
import { publicVariables } from './secret-variables.ts';
import { keyOfField, refusedFields, type SignersToml, type TomlSigner } from './read-toml.ts';

/** More than any station has; each is started when it is applied. */
const MOST_SIGNERS = 100;

interface ImportDeps {
  offline: boolean;
  newId(): string;
  /** The secret of a signer as it is to be kept; `before`: what is pending for it. */
  seal(id: string, secret: string, before: PendingSecret | null): PendingSecret;
  /** Whether a secret of it is kept then. */
  keeps(signer: PendingSigner): boolean;
}

/** What only Baleen knows of a signer stays; the serial as long as the file leads to the same place. */
function ownSettings(next: SignerSettings, before: SignerSettings | null): SignerSettings {
  if (next.kind === 'kmip' && before?.kind === 'kmip') {
    const same = next.host === before.host && next.port === before.port;
    // A file that names whom it believes says more than what was pinned here.
    return same && !next.insecure && next.serverCertPath === null
      ? { ...next, serverSha256: before.serverSha256 }
      : next;
  }
  if (next.kind !== 'pkcs11' || before?.kind !== 'pkcs11') return next;
  const { environment, keyLabel, pinPad, serial } = before;
  const own = { ...next, environment, keyLabel, pinPad, serial };
  return samePlace(before, own) ? own : { ...own, serial: null };
}

const pinOf = (settings: SignerSettings | null | undefined): string | null =>
  settings?.kind === 'kmip' ? settings.serverSha256 : null;

/** `before`: the signer as it is here; undefined: it is new. */
function pinNotes({ name, settings }: PendingSigner, before: PendingSigner | undefined): string[] {
  if (pinOf(before?.settings) === null || pinOf(settings) !== null) return [];
  return [
    `"${name}": the certificate of its server is pinned no more, because the file leads elsewhere or says otherwise whom to believe. Pin it again in the doctor.`,
  ];
}

/** SECURITY: whoever wrote the file may have written that nobody looks whom the server is. */
function checkNotes({ name, settings }: PendingSigner, before: PendingSigner | undefined): string[] {
  const was = before?.settings;
  if (settings?.kind !== 'kmip') return [];
  const notes: string[] = [];
  if (settings.insecure && !(was?.kind === 'kmip' && was.insecure))
    notes.push(
      `"${name}": the file turns the check of its server's certificate off (insecure), so anybody may be at the other end. Turn it on again unless this is a test.`,
    );
  if (was?.kind !== 'kmip') return notes;
  for (const [what, one, other] of [
    ['server_cert_path', was.serverCertPath, settings.serverCertPath],
    ['server_ca_cert_path', was.serverCaCertPath, settings.serverCaCertPath],
  ] as const)
    if (one && one !== other)
      notes.push(
        `"${name}": the file says otherwise which certificates to believe (${what} was ${one}, and is ${other ?? 'not there'}). Look whether that is right.`,
      );
  return notes;
}

/** SECURITY: a secret that a library reads from a variable was given to another library. */
function withoutSecrets(name: string, settings: SignerSettings, notes: string[]): SignerSettings {
  if (settings.kind !== 'pkcs11') return settings;
  const { environment, left } = publicVariables(settings.environment);
  if (left.length === 0) return settings;
  notes.push(
    `"${name}": the file leads to another place, so ${left.join(', ')} was left out. Type it here if its library needs it.`,
  );
  return { ...settings, environment };
}

/** krill.conf has no key for the variables of a library, so whoever reads one has to look at them. */
function variableNotes({ name, settings }: PendingSigner): string[] {
  if (settings?.kind !== 'pkcs11') return [];
  const known = Object.keys(settings.environment);
  return [
    known.length === 0
      ? `"${name}": the file names no variable for its library. If that needs one, such as SOFTHSM2_CONF, give it here before you apply.`
      : `"${name}": ${known.join(', ')} was read from the comments of the file. Look whether that is right on this machine.`,
  ];
}

/** Of a signer that is here the variables stay, whatever the comments of the file say. */
function stayingNotes({ name, settings }: PendingSigner, given: SignerSettings): string[] {
  if (settings?.kind !== 'pkcs11' || given.kind !== 'pkcs11') return [];
  const here = settings.environment;
  const other = Object.keys(given.environment).filter((one) => here[one] !== given.environment[one]);
  return other.length === 0
    ? []
    : [`"${name}": its variables stay as they are here; the file names ${other.join(', ')} otherwise.`];
}

/** The one software signer for all OpenSSL tables, under the name of the first. */
function softwareOf(tables: readonly TomlSigner[], notes: string[]): PendingSigner | null {
  const names = tables.filter(({ settings }) => settings === null).map(({ name }) => name);
  const [name] = names;
  if (name === undefined) return null;
  const listed = names.map((one) => `"${one}"`).join(', ');
  notes.push(
    names.length === 1
      ? `${listed} is the built-in software signer here.`
      : `${listed} are one here: the built-in software signer, called "${name}".`,
  );
  return { id: SOFTWARE, name, kind: 'software', settings: null, secret: { do: 'keep' } };
}

/** One signer of the file, with what stays of ours. */
function takenOver(
  table: TomlSigner & { settings: SignerSettings },
  before: PendingSigner | undefined,
  notes: string[],
  deps: ImportDeps,
): PendingSigner & { settings: SignerSettings } {
  const { name } = table;
  const id = before?.id ?? deps.newId();
  const own = ownSettings(table.settings, before?.settings ?? null);
  const there = samePlace(before?.settings ?? null, own);
  const settings = there || before === undefined ? own : withoutSecrets(name, own, notes);
  const kept = before?.secret ?? null;
  const secret = table.secret === null ? (kept ?? { do: 'keep' }) : deps.seal(id, table.secret, kept);
  const next = { id, name, kind: settings.kind, settings, secret };
  // SECURITY: whoever wrote the file does not say where a PIN goes that was typed for another place.
  if (table.secret !== null || there || !deps.keeps(next)) return next;
  notes.push(
    `"${name}": the file leads to another place, so the ${settings.kind === 'kmip' ? 'password' : 'PIN'} that is kept is forgotten. Type it when it is asked.`,
  );
  return { ...next, secret: { do: 'forget' } };
}

/**
 * The configuration with the signers of the file in it; `notes` grows. Signers that the file does not name stay. Throws
 * AppError INVALID_INPUT with each wrong field as `signers.<place>.<key>`.
 */
export async function mergeToml(
  document: SignerDocument,
  toml: SignersToml,
  notes: string[],
  deps: ImportDeps,
): Promise<SignerDocument> {
  const faults: FieldError[] = [];
  if (toml.signers.length > MOST_SIGNERS)
    faults.push({
      path: 'signers',
      message: `It holds ${toml.signers.length} signers, ${MOST_SIGNERS} are the most`,
    });
  const merged: PendingSigner[] = [];
  for (const [at, table] of toml.signers.entries()) {
    const fault = (key: string, message: string): void =>
      void faults.push({ path: `signers.${at}.${key}`, message });
    const name = signerName.safeParse(table.name);
    if (!name.success) fault('name', `name: ${name.error.issues[0]?.message ?? ''}`);
    if (table.settings === null || !name.success) continue;
    const before = document.signers.find((one) => one.name === table.name);
    if (before !== undefined && before.kind !== table.settings.kind) {
      fault('name', `a signer of another kind is called "${table.name}" here; rename one of them`);
      continue;
    }
    const next = takenOver({ ...table, settings: table.settings }, before, notes, deps);
    const { settings } = next;
    const absent: string[] = [];
    for (const { path, message } of await checkSettings(settings, {
      secret: deps.keeps(next),
      offline: deps.offline,
      absent,
    }))
      fault(keyOfField(settings.kind, path.replace(/^settings\./, '')), message);
    for (const path of absent)
      notes.push(`"${table.name}": ${path} is not on this machine. Put it there, or choose another file.`);
    notes.push(...pinNotes(next, before), ...checkNotes(next, before));
    notes.push(...(before === undefined ? variableNotes(next) : stayingNotes(next, table.settings)));
    merged.push(next);
  }
  const software = softwareOf(toml.signers, notes);
  if (software !== null) merged.unshift(software);
  const taken = new Set(merged.map(({ id }) => id));
  const staying = document.signers.filter(({ id }) => !taken.has(id));
  for (const { name } of staying)
    if (merged.some((one) => one.name === name))
      // Krill's words (H-003).
      faults.push({
        path: 'signers',
        message: `Signer name '${name}' is not unique: rename the signer here or in the file`,
      });
  if (faults.length > 0) throw refusedFields(faults, toml.signers);
  const others = staying.filter(({ id }) => id !== SOFTWARE).map(({ name }) => `"${name}"`);
  if (others.length > 0)
    notes.push(`The file does not name ${others.join(', ')}: remove what is not used any more.`);
  return { signers: inOrder(document, merged), roles: rolesOf(toml, merged) };
}

/** Those that were there in their places, the software signer first among the new ones. */
function inOrder(document: SignerDocument, merged: readonly PendingSigner[]): PendingSigner[] {
  const next = document.signers.map((one) => merged.find(({ id }) => id === one.id) ?? one);
  return [...next, ...merged.filter(({ id }) => !next.some((one) => one.id === id))];
}

/** Whoever is alone in the file is the default there (H-016), whatever else is here. */
function rolesOf(toml: SignersToml, merged: readonly PendingSigner[]): SignerDocument['roles'] {
  const software = new Set(toml.signers.flatMap(({ name, settings }) => (settings === null ? [name] : [])));
  const id = (name: string | null): string | null =>
    name === null
      ? null
      : software.has(name)
        ? SOFTWARE
        : (merged.find((one) => one.name === name)?.id ?? null);
  const only = toml.signers.length === 1 ? (toml.signers[0]?.name ?? null) : null;
  return { defaultSigner: id(toml.defaultSigner ?? only), oneOffSigner: id(toml.oneOffSigner) };
}
