/** How a session begins and ends: every step of the one may fail without leaving it open, every step of the other without keeping it. */
import type { AuditEntry } from '../audit/audit-record.ts';
import { wipe } from '../lib/bytes.ts';
import type { Log } from '../lib/log.ts';
import type { Ports } from '../ports.ts';
import type { Session } from '../store/store-contract.ts';
import { AUTO_LOCK_PRESET, type AutoLock, type AutoLockSettings } from './auto-lock.ts';
import { type OpenSession, openSession } from './session.ts';
import type { Opened } from './vault-contract.ts';
import { removeLeftovers } from './workspace-folder.ts';

export interface SessionLife {
  /** Opens the session with the master key, which is wiped. Nothing is unlocked when it throws. */
  begin(opened: Opened, masterKey: Buffer, create: boolean, entry: AuditEntry): Promise<void>;
  /** `finalRead` is asked after every other command and before the worker ends. */
  end<T>(opened: Opened, finalRead?: (session: Session) => Promise<T>): Promise<T | null>;
}

export function sessionLife(deps: {
  ports: Ports;
  log: Log;
  autoLock: AutoLock;
  listeners: readonly (() => Promise<void> | void)[];
  /** Locks by itself. */
  lockNow(): void;
}): SessionLife {
  const { ports, autoLock, listeners, lockNow } = deps;

  async function endSession<T>(
    opened: Opened,
    finalRead?: (session: Session) => Promise<T>,
  ): Promise<T | null> {
    const { unlocked } = opened;
    autoLock.stop();
    if (unlocked === null) return null;
    const failed: string[] = [];
    for (const listener of listeners)
      try {
        await listener();
      } catch (error) {
        // SECURITY: whatever a step of locking meets, the keys go.
        failed.push(deps.log.failure('a step of locking', error));
      }
    opened.unlocked = null;
    opened.notices = failed.map((ref) => ({
      severity: 'careful',
      text: `It is locked, but a step of locking failed; the log has it under ${ref}.`,
    }));
    const [answer] = await Promise.all([finalRead?.(unlocked.session) ?? null, unlocked.end()]);
    return answer;
  }

  async function begin(opened: Opened, masterKey: Buffer, create: boolean, entry: AuditEntry): Promise<void> {
    let unlocked: OpenSession | null = null;
    try {
      await removeLeftovers(opened.folder);
      unlocked = await openSession({
        ports,
        folder: opened.folder,
        header: opened.header,
        masterKey,
        create,
        notice: (severity, text) => void opened.notices.push({ severity, text }),
        died(error) {
          deps.log.failure('the store worker ended', error);
          lockNow();
        },
      });
      const { store } = unlocked.session;
      await store.run('audit.fold', {
        entries: [...(await opened.attempts.noted()), entry],
      });
      await opened.attempts.forget();
      await opened.attempts.cleared();
      const stored = await store.run('settings.get', { name: 'autoLock' });
      autoLock.start(stored === null ? AUTO_LOCK_PRESET : (JSON.parse(stored) as AutoLockSettings));
      // SECURITY: the last step. Before it nothing answers as unlocked, and no passphrase is taken as right.
      opened.unlocked = unlocked;
    } catch (error) {
      await unlocked?.end();
      throw error;
    } finally {
      wipe(masterKey);
    }
  }

  return { begin, end: endSession };
}
