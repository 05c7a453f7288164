/** The `audit.*` channels: list, verify, export; and the record of every refused change. It writes no other records. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChannelName, contract } from '#shared/contract/index.ts';
import { AppError } from '../lib/app-error.ts';
import { exists, writeFileAtomic } from '../lib/atomic-file.ts';
import { exportFile, fileExists } from '../lib/export-file.ts';
import type { Domain, TicketPaths } from '../lib/domain.ts';
import type { Clock } from '../ports.ts';
import type { Session } from '../store/store-contract.ts';
import type { Vault } from '../vault/vault-contract.ts';
import { type AuditEntry, type Head, recordLine, shortHead, type StoredAuditRecord } from './audit-record.ts';
import type { Fault } from './chain.ts';

/** Sentences of refusals may hold names, never secrets; still bounded. */
const MOST_SUMMARY = 300;

function normalHead(text: string): string {
  return text.toUpperCase().replaceAll(/[\s:.-]/g, '');
}

/** Whether the head written down fits the chain: the entry it names must still be there with that hash. */
function headFault(written: string, hashes: readonly string[]): Fault | null {
  const trimmed = written.trim();
  if (trimmed === '') return null;
  const full = normalHead(trimmed);
  if (/^[0-9A-F]{64}$/.test(full))
    return hashes.includes(full)
      ? null
      : {
          seq: hashes.length,
          kind: 'head',
          text: 'The head you wrote down is not in this audit: it was cut back or replaced since.',
        };
  const [count = '', ...groups] = trimmed.split(/\s+/);
  const seq = Number(count);
  // As many digits as the short head prints, or more: fewer would confirm by chance.
  const digits = normalHead(groups.join(''));
  if (!/^\d+$/.test(count) || !/^[0-9A-F]{12,64}$/.test(digits))
    return {
      seq: 0,
      kind: 'head',
      text: 'The head you typed is not readable: it looks like "1284 9C1E 44B7 03FA".',
    };
  if (seq > hashes.length)
    return {
      seq: hashes.length,
      kind: 'truncated',
      text: `The audit has ${hashes.length} entries, but you wrote down ${seq}: the last ${seq - hashes.length} are gone.`,
    };
  const hash = hashes[seq - 1] ?? '';
  return hash.startsWith(digits)
    ? null
    : { seq, kind: 'head', text: `Entry ${seq} is not the one you wrote down: the audit was replaced.` };
}

/** Compares the file, line by line, with what the table says it must hold. */
function fileFaults(text: string, records: readonly StoredAuditRecord[]): Fault[] {
  const lines = text.split('\n').filter((line) => line !== '');
  for (const [index, record] of records.entries()) {
    const line = lines[index];
    const seq = index + 1;
    if (line === undefined)
      return [
        {
          seq,
          kind: 'truncated',
          text: `audit.jsonl ends after entry ${index}; ${records.length - index} are missing from it`,
        },
      ];
    if (line === recordLine(record)) continue;
    const later = lines.indexOf(recordLine(record));
    if (later > index && lines[later - 1] !== undefined)
      return [{ seq, kind: 'reordered', text: `audit.jsonl: reordered at entry ${seq}` }];
    if (records[index + 1] !== undefined && line === recordLine(records[index + 1] as StoredAuditRecord))
      return [{ seq, kind: 'missing', text: `audit.jsonl: entry ${seq} is missing` }];
    return [{ seq, kind: 'altered', text: `audit.jsonl: altered at entry ${seq}` }];
  }
  return lines.length > records.length
    ? [
        {
          seq: records.length + 1,
          kind: 'forged',
          text: `audit.jsonl has ${lines.length - records.length} lines that Baleen did not write`,
        },
      ]
    : [];
}

export interface Audit {
  domain: Domain<'audit'>;
  /** For dispatch: one record for each refused change. */
  refused(channel: ChannelName, error: AppError): Promise<void>;
  /** Writes the signed head beside the audit file; called at lock. */
  signHead(session: Session): Promise<void>;
}

export function createAudit(deps: {
  clock: Clock;
  vault: Vault;
  tickets: TicketPaths;
  changed(topic: 'audit', ids: string[]): void;
}): Audit {
  const { vault, clock } = deps;
  const headView = (head: Head) => ({ ...head, short: shortHead(head) });

  function signedHead(session: Session, head: Head): string {
    const statement = {
      format: 'baleen-audit-head-1',
      workspace: session.workspace.id,
      ...head,
      at: clock.now().toISOString(),
    };
    const { signature, publicKey } = session.signHead(Buffer.from(JSON.stringify(statement)));
    return `${JSON.stringify({ ...statement, signature: Buffer.from(signature).toString('base64'), publicKey: publicKey.export({ format: 'pem', type: 'spki' }) }, null, 2)}\n`;
  }

  return {
    domain: {
      head: async () => headView(await vault.session().store.run('audit.head', {})),
      list: (asked) => vault.session().store.run('audit.list', asked),
      async get({ seq }) {
        const record = await vault.session().store.run('audit.get', { seq });
        if (record === null) throw new AppError('NOT_FOUND', `There is no entry ${seq}.`);
        return record;
      },
      async verify({ written }) {
        const session = vault.session();
        const { faults, hashes } = await session.store.run('audit.check', {});
        const records = await session.store.run('audit.all', {});
        const file = join(session.workspace.path, 'audit.jsonl');
        // A file that is gone is a finding like any other.
        const text = (await exists(file)) ? await readFile(file, 'utf8') : '';
        const head = headFault(written, hashes);
        const all = [...faults, ...fileFaults(text, records), ...(head === null ? [] : [head])];
        const summary =
          all.length === 0
            ? `The audit was verified: ${hashes.length} entries`
            : `The audit was verified and found wrong: ${all[0]?.text ?? ''}`;
        await session.store.run('audit.add', {
          audit: {
            action: 'audit.verify',
            outcome: all.length === 0 ? 'done' : 'failed',
            summary,
            subjects: [],
          },
        });
        deps.changed('audit', []);
        return {
          entries: hashes.length,
          faults: all,
          head: headView(await session.store.run('audit.head', {})),
          checkedAt: clock.now().toISOString(),
        };
      },
      async export({ target, overwrite }) {
        const session = vault.session();
        const path = deps.tickets.path(target);
        if (!overwrite && (await exists(path))) throw fileExists(path);
        await session.store.run('audit.add', {
          audit: { action: 'audit.export', outcome: 'done', summary: 'The audit was exported', subjects: [] },
        });
        const records = await session.store.run('audit.all', {});
        await exportFile({
          path,
          content: Buffer.from(`${records.map(recordLine).join('\n')}\n`),
          mode: 0o600,
          overwrite,
          now: clock.now(),
        });
        await writeFileAtomic(
          `${path}.head.json`,
          Buffer.from(signedHead(session, await session.store.run('audit.head', {}))),
          0o600,
        );
        deps.tickets.end(target);
        deps.changed('audit', []);
        return { entries: records.length, path };
      },
    },
    async refused(channel, error) {
      const opened = vault.opened();
      if (
        opened === null ||
        !contract[channel].changes ||
        error.code === 'LOCKED' ||
        error.code === 'NO_WORKSPACE'
      )
        return;
      const file = error.details?.file;
      const entry: AuditEntry = {
        action: channel,
        outcome: error.code === 'INTERNAL' ? 'failed' : 'refused',
        summary: error.message.slice(0, MOST_SUMMARY),
        subjects: [
          ...(error.details?.ids ?? []).slice(0, 20).map((id) => ({ type: 'object', id, sha256: null })),
          ...(file === undefined ? [] : [{ type: 'file', id: file.name, sha256: file.sha256 }]),
        ],
      };
      if (vault.stateName() === 'locked') return opened.attempts.note(entry, clock.now());
      await vault.session().store.run('audit.add', { audit: entry });
      deps.changed('audit', []);
    },
    async signHead(session) {
      const head = await session.store.run('audit.head', {});
      await writeFileAtomic(
        join(session.workspace.path, 'audit-head.json'),
        Buffer.from(signedHead(session, head)),
        0o600,
      );
    },
  };
}
