/**
 * How a session begins and ends: every step of the one may fail without leaving it open, every step of the other may fail or hang
 * without keeping it.
 */
import type { AuditEntry, Head } from '../audit/audit-record.ts';
import { recordWrong } from '../audit/found-wrong.ts';
import { firstSignedHead, signedHeadFault, writeSignedHead } from '../audit/signed-head.ts';
import { bounded } from '../lib/bounded.ts';
import { wipe } from '../lib/bytes.ts';
import { MOST_AT_LOCK_MS } from '../lib/jobs.ts';
import type { Log } from '../lib/log.ts';
import type { Ports } from '../ports.ts';
import type { Session } from '../store/store-contract.ts';
import type { Late } from '../store/store-worker.ts';
import { AUTO_LOCK_PRESET, type AutoLock, type AutoLockSettings } from './auto-lock.ts';
import { headerFault, settleHeader } from './header-change.ts';
import { type OpenSession, openSession } from './session.ts';
import type { LockListener, Opened } from './vault-contract.ts';
import { type FailedStep, isLockNotice, lockNotice } from './lock-notice.ts';
import { removeLeftovers } from './workspace-folder.ts';

export interface SessionLife {
  /**
   * Opens the session with the master key, which is wiped, and answers when it wants to be locked. Nothing is unlocked
   * when it throws.
   */
  begin(
    opened: Opened,
    masterKey: Buffer,
    create: boolean,
    entry: AuditEntry,
  ): Promise<{ session: Session; autoLock: AutoLockSettings }>;
  /**
   * Locks. `entry` is the last record, and the head that is signed afterwards names it. `finalRead` is asked behind it
   * and before the worker ends; it must ask the store at once. Throws only what `finalRead` throws.
   */
  end<T>(opened: Opened, entry: AuditEntry, finalRead?: (session: Session) => Promise<T>): Promise<T | null>;
}

const LATE: Record<Late['what'], { log: string; said: string }> = {
  audit: {
    log: 'writing audit.jsonl',
    said: 'audit.jsonl could not be written: the database has every entry, and the file is completed once it can be. Look at the disk.',
  },
  log: {
    log: 'folding the log of the database',
    said: 'The database could not be tidied up: nothing is lost, but its log grows. Look at the disk.',
  },
};

/** Work under way has its own time within it. */
const MOST_A_STEP_MS = MOST_AT_LOCK_MS + 5000;

export function sessionLife(deps: {
  ports: Ports;
  log: Log;
  autoLock: AutoLock;
  listeners: readonly LockListener[];
  beginners: readonly ((session: Session) => Promise<void>)[];
  /** The worker of this one ended by itself. */
  died(opened: Opened): void;
}): SessionLife {
  const { ports, autoLock, listeners } = deps;

  async function endSession<T>(
    opened: Opened,
    entry: AuditEntry,
    finalRead?: (session: Session) => Promise<T>,
  ): Promise<T | null> {
    const { unlocked } = opened;
    autoLock.stop();
    if (unlocked === null) return null;
    const failed: FailedStep[] = [];
    // SECURITY: first. Nothing new is answered from now on; what is under way still has its session.
    opened.locking = true;
    // SECURITY: whatever a step of locking meets, and when it never ends, the keys go.
    const step = async <R>(what: Promise<R>): Promise<R | null> => {
      try {
        return await bounded(ports.clock, MOST_A_STEP_MS, 'a step', what);
      } catch (error) {
        failed.push({ error, ref: deps.log.failure('a step of locking', error) });
        return null;
      }
    };
    for (const listener of listeners) await step((async () => listener())());
    opened.unlocked = null;
    const { session } = unlocked;
    // Asked in one breath: nothing comes between the record of the lock, what is read last, and the end of the worker.
    const recorded = step(session.store.run('audit.add', { audit: entry }));
    const answer = finalRead?.(session) ?? Promise.resolve(null);
    const head = step(session.store.run('audit.head', {}));
    const closed = session.store.close();
    const [read] = await Promise.allSettled([answer, recorded, closed]);
    const last = await head;
    if (last !== null) await step(signLast(session, last));
    await unlocked.end();
    opened.notices = lockNotice(failed, opened.folder);
    if (read.status === 'rejected') throw read.reason;
    return read.value;
  }

  /** SECURITY: it says that the file has a line for each entry; signed over less, an honest file would look cut off. */
  async function signLast(session: Session, last: Head): Promise<void> {
    const lines = session.store.auditLines();
    if (lines < last.entries) throw new Error(`audit.jsonl has ${lines} of ${last.entries} entries`);
    await writeSignedHead(session, last, ports.clock.now());
  }

  /** What the folder tells against the database: somebody could write there while it was locked. */
  async function lookAround({ header }: Opened, { session, healed }: OpenSession): Promise<void> {
    const { store, notice } = session;
    const fault = await signedHeadFault(session);
    if (fault !== null) {
      notice('bad', `${fault.text}. Verify the audit, and ask who could write in the folder.`);
      await recordWrong(store, fault.text);
    } else if (healed)
      notice(
        'note',
        'The audit file was completed: the last session ended before its last line was written.',
      );
    const otherHeader = await headerFault(session, header);
    if (otherHeader !== null) notice('bad', otherHeader);
    await firstSignedHead(session, ports.clock.now()).catch(
      (error: unknown) => void deps.log.failure('the signed head of the audit', error),
    );
  }

  /** What was noted while it was locked goes on record, each batch once. */
  async function takeNotes({ notes }: Opened, { store, notice }: Session): Promise<void> {
    try {
      for (let batch = await notes.next(); batch !== null; batch = await notes.next()) {
        await store.run('audit.fold', batch);
        await notes.forget();
      }
    } catch (error) {
      // Whoever can write in the folder must not be able to keep the operator out.
      const ref = deps.log.failure('taking over the notes', error);
      notice('careful', `What was noted while it was locked is not on record; the log has it under ${ref}.`);
    }
  }

  /** Said once a session: the file catches up with the next command, and the disk does not get better by saying it again. */
  function lateNotice(opened: Opened): (late: Late) => void {
    const said = new Set<Late['what']>();
    return ({ what, why }) => {
      const ref = deps.log.failure(LATE[what].log, new Error(why));
      if (said.has(what)) return;
      said.add(what);
      opened.notices.push({ severity: 'careful', text: `${LATE[what].said} The log has it under ${ref}.` });
      ports.emit({ type: 'changed', topic: 'workspace', ids: [] });
    };
  }

  async function begin(
    opened: Opened,
    masterKey: Buffer,
    create: boolean,
    entry: AuditEntry,
  ): Promise<{ session: Session; autoLock: AutoLockSettings }> {
    let unlocked: OpenSession | null = null;
    const notice: Session['notice'] = (severity, text) => void opened.notices.push({ severity, text });
    try {
      await removeLeftovers(opened.folder);
      unlocked = await openSession({
        ports,
        folder: opened.folder,
        header: opened.header,
        masterKey,
        create,
        notice,
        died(error) {
          deps.log.failure('the store worker ended', error);
          deps.died(opened);
        },
        late: lateNotice(opened),
      });
      const { session } = unlocked;
      opened.header = (await settleHeader(session)) ?? opened.header;
      await lookAround(opened, unlocked);
      await takeNotes(opened, session);
      await session.store.run('audit.add', { audit: entry });
      await opened.attempts.cleared();
      const stored = await session.store.run('settings.get', { name: 'autoLock' });
      for (const beginner of deps.beginners) await beginner(session);
      // It is over: the next lock says whether it went well.
      opened.notices = opened.notices.filter((one) => !isLockNotice(one));
      // SECURITY: the last step. Before it nothing answers as unlocked, and no passphrase is taken as right.
      opened.unlocked = unlocked;
      opened.locking = false;
      return {
        session,
        autoLock: stored === null ? AUTO_LOCK_PRESET : (JSON.parse(stored) as AutoLockSettings),
      };
    } catch (error) {
      await unlocked?.end();
      throw error;
    } finally {
      wipe(masterKey);
    }
  }

  return { begin, end: endSession };
}
