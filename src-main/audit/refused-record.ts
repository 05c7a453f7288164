/** The record of a refused or failed change: what was tried, on what, and why it was refused. It writes nothing. */
import type { ChannelName } from '#shared/contract/index.ts';
import type { AppError } from '../lib/app-error.ts';
import type { AuditEntry } from './audit-record.ts';

/** What was tried, where the sentence of the refusal does not say it; the name of its subject is put behind it. */
const TRIED: Partial<Record<ChannelName, string>> = {
  'ca.forget': 'Forgetting the certificate',
  'ca.setLimits': 'Changing the limits of',
  'ca.export': 'Exporting from',
  'ca.startFromRequest': 'Signing the request',
  'inspect.forgetKept': 'Forgetting',
  'keys.rename': 'Renaming the key',
  'keys.export': 'Exporting the key',
  'keys.destroy': 'Destroying the key',
  'drafts.cancel': 'Cancelling a draft',
  'signers.rename': 'Renaming the signer',
  'signers.remove': 'Removing the signer',
  'workspace.changePassphrase': 'Changing the passphrase',
  'workspace.showRecoveryKey': 'Showing the recovery key',
  'workspace.verifyRecoveryKey': 'Typing the recovery key back',
  'workspace.renewRecoveryKey': 'Making a new recovery key',
  'workspace.setSettings': 'Changing the settings',
  'workspace.backup': 'Making a backup',
};

/** About the workspace itself when nothing else is named. The others are about one that is not open. */
const OF_ANOTHER: readonly ChannelName[] = [
  'workspace.create',
  'workspace.openRecent',
  'workspace.openFolder',
  'workspace.restore',
];

const TYPES: Record<string, string> = {
  crt: 'certificate',
  key: 'key',
  csr: 'object',
  crl: 'object',
  draft: 'draft',
  signer: 'signer',
  software: 'signer',
  exchange: 'exchange',
};

function typeOf(id: string): string {
  return TYPES[id.split('-')[0] ?? ''] ?? 'object';
}

/** SECURITY: the only fields of a payload that go on record; none of them can be a secret. */
const FIELDS = ['id', 'key', 'certificate', 'request', 'draft', 'issuer', 'signer'] as const;

/** Ids of what is kept, among those fields; those that live for a moment (files, jobs, places) are none. */
export function payloadIds(payload: unknown): string[] {
  if (typeof payload !== 'object' || payload === null) return [];
  const fields = new Map<string, unknown>(Object.entries(payload));
  return FIELDS.map((name) => fields.get(name)).filter(
    (value): value is string =>
      typeof value === 'string' &&
      /^[a-z]+-[a-z2-7]{16}$/.test(value) &&
      Object.hasOwn(TYPES, value.split('-')[0] ?? ''),
  );
}

/** What the store knows of an id. */
export interface Named {
  id: string;
  name: string;
  sha256: string;
}

/** Which file or place it was about, where the sentence does not say so itself. */
function reason({ message, details }: AppError): string {
  const subject = details?.subject ?? '';
  return subject === '' || message.includes(subject) ? message : `${subject}: ${message}`;
}

/** The file that a refusal is about, with its hash, where there is one. */
export function fileSubjects({ details }: AppError): AuditEntry['subjects'] {
  const file = details?.file;
  return file === undefined ? [] : [{ type: file.kind ?? 'file', id: file.name, sha256: file.sha256 }];
}

/** `known`: names and hashes of `payloadIds` and of the ids of the error, as far as they are known. */
export function refusedRecord(
  channel: ChannelName,
  error: AppError,
  asked: { ids: readonly string[]; known: readonly Named[]; workspace: string },
): AuditEntry {
  const named = (id: string): Named | undefined => asked.known.find((one) => one.id === id);
  const ids = [...new Set([...asked.ids, ...(error.details?.ids ?? [])])].slice(0, 20);
  const subjects: AuditEntry['subjects'] = [
    ...ids.map((id) => ({ type: typeOf(id), id, sha256: named(id)?.sha256 ?? null })),
    ...fileSubjects(error),
  ];
  if (subjects.length === 0 && channel.startsWith('workspace.') && !OF_ANOTHER.includes(channel))
    subjects.push({ type: 'workspace', id: asked.workspace, sha256: null });
  const name = asked.ids.map((id) => named(id)?.name).find((one) => one !== undefined);
  const tried = [TRIED[channel], name === undefined ? undefined : `“${name}”`].filter(
    (part) => part !== undefined,
  );
  const why = reason(error);
  return {
    action: channel,
    outcome: error.code === 'INTERNAL' ? 'failed' : 'refused',
    summary: tried.length === 0 ? why : `${tried.join(' ')}: ${why}`,
    subjects,
  };
}
