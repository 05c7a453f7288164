/** The `audit.*` channels: list, verify, export; and the record of every refused change. It writes no other records. */
import { type ChannelName, contract } from '#shared/contract/index.ts';
import { AppError } from '../lib/app-error.ts';
import { exists } from '../lib/atomic-file.ts';
import { exportFile, fileExists } from '../lib/export-file.ts';
import type { Domain, TicketPaths } from '../lib/domain.ts';
import type { Clock } from '../ports.ts';
import type { Session } from '../store/store-contract.ts';
import { recordOrNote } from '../vault/record-or-note.ts';
import type { Vault } from '../vault/vault-contract.ts';
import { genesisHash, type Head, recordLine, shortHead, summaryOf } from './audit-record.ts';
import type { Fault } from './chain.ts';
import { FOUND_WRONG, knownWrong, recordWrong } from './found-wrong.ts';
import { recordedFile } from './recorded-file.ts';
import { type Named, payloadIds, refusedRecord } from './refused-record.ts';
import { lockedHead, signedHeadFault, signHead } from './signed-head.ts';
import { readWrittenHead } from './written-head.ts';

export interface Audit {
  domain: Domain<'audit'>;
  /** For dispatch: one record for each refused change, with what it was about. */
  refused(channel: ChannelName, error: AppError, payload?: unknown): Promise<void>;
  /** Looks at the whole audit behind an unlock; nobody waits for it. What it finds wrong is on record. */
  checkUnlocked(): Promise<void>;
  /** What was found wrong, in one sentence, until a person acknowledges it; null when nothing is known. */
  foundWrong(): string | null;
}

/** A written head that does not fit is a fault when it was `readRight` from the paper; before that it may be mistyped. */
async function check(
  session: Session,
  written: string,
  readRight: boolean,
): Promise<{ faults: Fault[]; mistyped: string | null; entries: number; confirmed: number | null }> {
  const { faults, unfit, ...rest } = await session.store.run('audit.check', { written });
  const signed = await signedHeadFault(session);
  const head = readRight && unfit !== null ? [unfit.fault] : [];
  return {
    ...rest,
    faults: [...faults, ...head, ...(signed === null ? [] : [signed])],
    mistyped: readRight ? null : (unfit?.typed ?? null),
  };
}

export function createAudit(deps: {
  clock: Clock;
  vault: Vault;
  tickets: TicketPaths;
  changed(topic: 'audit', ids: string[]): void;
}): Audit {
  const { vault, clock } = deps;
  /** By session: what was found in one workspace says nothing of the next. */
  const wrong = new WeakMap<Session, string>();
  /** When the whole of it was looked at last. */
  const looked = new WeakMap<Session, Date>();
  const headView = (head: Head) => ({ ...head, short: shortHead(head) });

  /** While it is locked nobody knows a name. */
  async function namesOf(ids: string[]): Promise<Named[]> {
    if (ids.length === 0 || vault.stateName() !== 'unlocked') return [];
    return vault.session().store.run('audit.named', { ids });
  }

  return {
    domain: {
      head: async () => headView(await vault.session().store.run('audit.head', {})),
      async lockedHead() {
        const opened = vault.opened();
        const found = opened === null ? null : await lockedHead(opened.folder);
        return { head: found === null ? null : headView(found.head), at: found?.at ?? null };
      },
      list: (asked) => vault.session().store.run('audit.list', asked),
      async get({ seq }) {
        const record = await vault.session().store.run('audit.get', { seq });
        if (record === null) throw new AppError('NOT_FOUND', `There is no entry ${seq}.`);
        return record;
      },
      state() {
        const session = vault.session();
        return {
          wrong: wrong.get(session) ?? null,
          lookedAt: looked.get(session)?.toISOString() ?? null,
        };
      },
      async acknowledge() {
        const session = vault.session();
        const found = wrong.get(session);
        if (found === undefined)
          throw new AppError('NOT_ALLOWED_NOW', 'Nothing is known to be wrong with the audit.');
        await session.store.run('audit.add', {
          audit: {
            action: 'audit.acknowledge',
            outcome: 'done',
            summary: summaryOf(`A person has looked into what was ${FOUND_WRONG}${found}`),
            subjects: [{ type: 'workspace', id: session.workspace.id, sha256: null }],
          },
        });
        wrong.delete(session);
        deps.changed('audit', []);
        return {};
      },
      async verify({ written, readRight = false }) {
        const session = vault.session();
        // What was mistyped is no finding about the audit.
        readWrittenHead(written);
        const before = wrong.get(session) ?? null;
        const { faults, mistyped, entries, confirmed } = await check(session, written, readRight);
        looked.set(session, clock.now());
        const [first] = faults;
        // One that finds nothing ends no alarm: what was put back was altered before. A person ends it.
        if (first !== undefined) wrong.set(session, first.text);
        await session.store.run('audit.add', {
          audit: {
            action: 'audit.verify',
            outcome: first === undefined ? 'done' : 'failed',
            summary:
              first === undefined
                ? `The audit was verified: ${entries} entries${mistyped === null ? '' : '; a head was typed that does not fit, the paper is to be compared again'}`
                : `The audit was verified and ${FOUND_WRONG}${first.text}`,
            subjects: [],
          },
        });
        return {
          entries,
          faults,
          mistyped,
          confirmed,
          before,
          head: headView(await session.store.run('audit.head', {})),
          checkedAt: clock.now().toISOString(),
        };
      },
      async export({ target, overwrite }) {
        const session = vault.session();
        const path = deps.tickets.path(target, 'audit');
        const now = clock.now();
        const records = await session.store.run('audit.all', {});
        const last = records.at(-1);
        const head = { entries: last?.seq ?? 0, head: last?.hash ?? genesisHash(session.workspace.id) };
        const files = [
          { path, content: Buffer.from(`${records.map(recordLine).join('\n')}\n`) },
          { path: `${path}.head.json`, content: signHead(session, head, now) },
        ];
        // Asked about both before either is written.
        if (!overwrite) for (const file of files) if (await exists(file.path)) throw fileExists(file.path);
        await recordedFile(session.store, {
          ...{ path, overwrite, action: 'audit.export', subjects: [] },
          what: `The audit (${records.length} entries)`,
          how: '',
          async write() {
            for (const file of files) await exportFile({ ...file, mode: 0o600, overwrite, now });
          },
        });
        deps.tickets.end(target);
        return { entries: records.length, path };
      },
    },
    async refused(channel, error, payload) {
      const opened = vault.opened();
      if (
        opened === null ||
        !contract[channel].changes ||
        error.code === 'LOCKED' ||
        error.code === 'NO_WORKSPACE'
      )
        return;
      const ids = payloadIds(payload);
      const entry = refusedRecord(channel, error, {
        ids,
        known: await namesOf([...ids, ...(error.details?.ids ?? [])]),
        workspace: opened.header.id,
      });
      entry.summary = summaryOf(entry.summary);
      await recordOrNote(vault, clock, entry);
    },
    async checkUnlocked() {
      const session = vault.session();
      const [first] = (await check(session, '', false)).faults;
      looked.set(session, clock.now());
      // What a person found wrong with a head from paper stays, too: this check has no paper.
      const known = await knownWrong(session.store);
      const text = first?.text ?? known;
      if (text === undefined) return deps.changed('audit', []);
      wrong.set(session, text);
      if (text === known) deps.changed('audit', []);
      else await recordWrong(session.store, text);
    },
    foundWrong: () => wrong.get(vault.session()) ?? null,
  };
}
