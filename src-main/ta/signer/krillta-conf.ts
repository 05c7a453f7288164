/**
 * krillta.conf and the trust anchor's part of krill.conf (T-011..T-018): times read in both spellings, unknown keys refused as
 * Krill refuses them, written so that a table never swallows a top-level key. Signers in it are the signers' own to read.
 */
import { parse, TomlError } from 'smol-toml';
import { AppError } from '../../lib/app-error.ts';
import { DEFAULT_TIMING, type Timing, TIMING_NAMES } from './trust-anchor.ts';

/** What krillta.conf may hold at its top (krill-ta.md 9.1). */
const SIGNER_KEYS = new Set([
  'storage_uri',
  'data_dir',
  'use_history_cache',
  'log_type',
  'log_file',
  'log_level',
  'default_signer',
  'one_off_signer',
  'signer_probe_retry_seconds',
  'signers',
  'ta_timing',
  'timing_config',
]);
const LEVELS = ['off', 'error', 'warn', 'info', 'debug', 'trace'];

const LOG_TYPES = ['stderr', 'syslog', 'file'];

/** Log and data settings: Baleen has no use for them, and gives them back with the file it writes (T-017). */
export interface KrilltaSettings {
  storageUri: string;
  logType: string;
  /** null: krillta's own place, below the data directory. */
  logFile: string | null;
  logLevel: string;
}

export const KRILLTA_DEFAULTS: KrilltaSettings = {
  storageUri: '/var/lib/krillta/data',
  logType: 'stderr',
  logFile: null,
  logLevel: 'warn',
};

/** Krill before 0.15 called the table timing_config; later ones read both. */
export type TimingSpelling = 'ta_timing' | 'timing_config';

export interface KrilltaConf {
  timing: Timing;
  settings: KrilltaSettings;
  /** What was found and is not taken over, as sentences. */
  notes: string[];
}

function refused(text: string): AppError {
  return new AppError('INVALID_INPUT', `${text} Nothing was changed.`);
}

function parsed(text: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw refused(`Line ${error.line} is no TOML.`);
  }
}

function timingOf(table: unknown): Timing {
  if (table === undefined) return DEFAULT_TIMING;
  if (typeof table !== 'object' || table === null) throw refused('ta_timing is no table.');
  const known = Object.entries(TIMING_NAMES);
  const timing = { ...DEFAULT_TIMING };
  for (const [name, value] of Object.entries(table)) {
    const field = known.find(([, written]) => written === name)?.[0];
    if (field === undefined) throw refused(`ta_timing has no key "${name.slice(0, 60)}".`);
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1)
      throw refused(`ta_timing.${name} is no whole number from 1 on.`);
    timing[field as keyof Timing] = value;
  }
  return timing;
}

function oneOf(conf: Record<string, unknown>, key: string, known: readonly string[], preset: string): string {
  const value = conf[key];
  if (value === undefined) return preset;
  if (typeof value !== 'string' || !known.includes(value))
    throw refused(
      `${key} ${JSON.stringify(value).slice(0, 60)} is not known; it is one of ${known.join(', ')}.`,
    );
  return value;
}

function textOf(conf: Record<string, unknown>, key: string): string | null {
  const value = conf[key];
  if (value === undefined) return null;
  if (typeof value !== 'string' || value === '') throw refused(`${key} is no text.`);
  return value.slice(0, 1000);
}

/** Reads krillta.conf. Throws AppError INVALID_INPUT that names the line or the key. */
export function readKrilltaConf(text: string): KrilltaConf {
  const conf = parsed(text);
  const unknown = Object.keys(conf).find((key) => !SIGNER_KEYS.has(key));
  if (unknown !== undefined)
    throw refused(`krillta.conf has no key "${unknown.slice(0, 60)}"; krillta would not start either.`);
  if (conf['ta_timing'] !== undefined && conf['timing_config'] !== undefined)
    throw refused('Both ta_timing and timing_config are there; krillta takes one.');
  const storage = textOf(conf, 'storage_uri') ?? textOf(conf, 'data_dir');
  const settings: KrilltaSettings = {
    storageUri: storage ?? KRILLTA_DEFAULTS.storageUri,
    logType: oneOf(conf, 'log_type', LOG_TYPES, KRILLTA_DEFAULTS.logType),
    logFile: textOf(conf, 'log_file'),
    logLevel: oneOf(conf, 'log_level', LEVELS, KRILLTA_DEFAULTS.logLevel),
  };
  const notes: string[] = [];
  if (storage !== null)
    notes.push(`Its data directory is ${storage.slice(0, 200)}; “Take over from krillta” reads it.`);
  notes.push(
    `Its log settings (${settings.logType}, ${settings.logLevel}) and data directory are kept for the krillta.conf that Baleen writes; Baleen itself keeps an audit instead of a log.`,
  );
  if (Array.isArray(conf['signers']) && conf['signers'].length > 0)
    notes.push(
      `${conf['signers'].length === 1 ? 'A signer is' : `${conf['signers'].length} signers are`} configured in it; take them over under Signers, “Import TOML”.`,
    );
  return { timing: timingOf(conf['ta_timing'] ?? conf['timing_config']), settings, notes };
}

const timingTable = (timing: Timing, spelling: TimingSpelling = 'ta_timing'): string[] => [
  `[${spelling}]`,
  ...Object.entries(TIMING_NAMES).map(([field, written]) => `${written} = ${timing[field as keyof Timing]}`),
];

/** A TOML basic string: JSON's escapes are among its own. */
const quoted = (text: string): string => JSON.stringify(text);

/**
 * krillta.conf with these times, every setting above the table: TOML gives what follows a table to the table. `signers`: roles
 * and [[signers]] tables, when keys lie on devices.
 */
export function krilltaConf(
  timing: Timing,
  settings: KrilltaSettings,
  spelling: TimingSpelling,
  signers = '',
): string {
  const place = spelling === 'ta_timing' ? 'storage_uri' : 'data_dir';
  return [
    `# Times as in Baleen. Change ${place} to where the data directory is.`,
    `${place} = ${quoted(settings.storageUri)}`,
    `log_type = ${quoted(settings.logType)}`,
    ...(settings.logFile === null ? [] : [`log_file = ${quoted(settings.logFile)}`]),
    `log_level = ${quoted(settings.logLevel)}`,
    ...(signers === '' ? [] : ['', signers.trimEnd()]),
    '',
    ...timingTable(timing, spelling),
    '',
  ].join('\n');
}

/** The lines a Krill server needs to be this signer's proxy: before every table of its krill.conf, then the table. */
export function krillConfPart(timing: Timing): string {
  return [
    '# Put this line above the first [table] of krill.conf:',
    'ta_support_enabled = true',
    '',
    '# and this table at its end. The signer uses the same times.',
    ...timingTable(timing),
    '',
  ].join('\n');
}
