/**
 * The vault: which workspace is open, and whether it is unlocked. It is the only holder of the master key; while it is
 * locked the worker has ended and no key is in memory. The channels around it are vault-domain.ts.
 */
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Topic } from '#shared/bridge.ts';
import { AppError } from '../lib/app-error.ts';
import { wipe } from '../lib/bytes.ts';
import type { Log } from '../lib/log.ts';
import type { Ports } from '../ports.ts';
import { createAutoLock } from './auto-lock.ts';
import { createAttempts, slowDown } from './attempts.ts';
import { createWorkspace } from './create-workspace.ts';
import { changeHeader, type HeaderChange } from './header-change.ts';
import { type Header, type Kdf, readHeader, type Slot } from './header.ts';
import { calibrateKdf, makeSlot, openSlot } from './key-slots.ts';
import { createLockedNotes } from './locked-notes.ts';
import type { Session } from '../store/store-contract.ts';
import { createRecent, type Remembered } from './recent.ts';
import { sessionLife } from './session-life.ts';
import { takeOver } from './take-over.ts';
import type { LockListener, Opened, Vault } from './vault-contract.ts';
import { workspaceEntry } from './workspace-entry.ts';
import { lockWorkspace } from './workspace-lock.ts';

export interface VaultDeps {
  ports: Ports;
  log: Log;
  changed(topic: Topic, ids: string[]): void;
  /** Tests may choose cheap parameters; the application never sets it and calibrates. */
  kdf?: Kdf | undefined;
}

export function createVault(deps: VaultDeps): Vault {
  const { ports, changed } = deps;
  const { clock, random } = ports;
  const recent = createRecent(ports.paths.config);
  const listeners: LockListener[] = [];
  const unlockListeners: (() => void)[] = [];
  const beginners: ((session: Session) => Promise<void>)[] = [];
  let current: Opened | null = null;
  /** By itself: nobody waits for it, so a failure goes to the log. */
  const lockNow = (why: string): void =>
    void vault.lock(why).catch((error: unknown) => deps.log.failure('locking', error));
  const autoLock = createAutoLock(clock, () => lockNow('Locked by itself after the idle minutes'));
  /** One change of state after the other. */
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<T>(step: () => Promise<T>): Promise<T> {
    const next = last.then(step, step);
    last = next.catch(() => undefined);
    return next;
  }

  function need(): Opened {
    if (current === null)
      throw new AppError('NO_WORKSPACE', 'No workspace is open. Open or create one first.');
    return current;
  }

  /** SECURITY: nothing new is answered from now on, whatever stands before the lock in the row or keeps it waiting. */
  function noMore(): void {
    if (current === null || current.unlocked === null || current.locking) return;
    current.locking = true;
    changed('workspace', []);
  }

  const { begin, end: endSession } = sessionLife({
    ports,
    log: deps.log,
    autoLock,
    listeners,
    beginners,
    died(opened) {
      if (opened === current) lockNow('Locked because the database stopped answering');
    },
  });

  async function closeNow(why: string): Promise<void> {
    if (current === null) return;
    await endSession(current, workspaceEntry('workspace.close', why, current.header.id));
    current.release();
    current = null;
  }

  /** The master key, or a refusal that counts: unlocked or not, a wrong secret slows the next one down. */
  async function masterKeyOf(opened: Opened, type: Slot['type'], secret: string): Promise<Buffer> {
    const until = await opened.attempts.retryAt(clock.now());
    if (until !== null) throw slowDown(until);
    try {
      return await openSlot(opened.header, type, secret);
    } catch (error) {
      if (error instanceof AppError && error.code === 'WRONG_PASSPHRASE')
        await opened.attempts.refused(clock.now());
      changed('workspace', []);
      throw error;
    }
  }

  async function change(opened: Opened, next: Header, what: HeaderChange): Promise<void> {
    try {
      await changeHeader(vault.session(), next, what);
    } finally {
      // What lies there counts, whatever was met on the way.
      opened.header = await readHeader(opened.folder);
      changed('workspace', []);
      changed('audit', []);
    }
  }

  /** The list of recent workspaces is a convenience: it never fails what was done. */
  async function remember(header: Header, folder: string, how: Remembered = 'opened'): Promise<void> {
    await recent
      .keep(header, folder, { how, now: clock.now() })
      .catch((error: unknown) => deps.log.failure('the list of recent workspaces', error));
    changed('workspace', []);
    changed('recent', []);
  }

  const vault: Vault = {
    recent,
    stateName: () =>
      current === null ? 'none' : current.unlocked === null || current.locking ? 'locked' : 'unlocked',
    opened: () => current,
    session() {
      const { unlocked } = need();
      if (unlocked === null) throw new AppError('LOCKED', 'The workspace is locked. Unlock it first.');
      return unlocked.session;
    },
    locksAt: autoLock.locksAt,
    create: (request) =>
      inTurn(async () => {
        const { opened, autoLock: settings } = await createWorkspace(
          { ports, begin, kdf: deps.kdf },
          request,
        );
        await closeNow('Closed, because another workspace was made');
        current = opened;
        autoLock.start(settings);
        await remember(opened.header, opened.folder);
        return opened.header.id;
      }),
    open: (folder) =>
      inTurn(async () => {
        const header = await readHeader(folder);
        if (current?.folder === folder) return;
        // Refused before the present one is closed, when another application holds it.
        const release = lockWorkspace(folder);
        await closeNow('Closed, because another workspace was opened');
        current = {
          folder,
          header,
          attempts: createAttempts(folder),
          notes: createLockedNotes(folder),
          release,
          unlocked: null,
          locking: false,
          notices: [],
        };
        await remember(header, folder);
      }),
    unlock: (type, secret) =>
      inTurn(async () => {
        const opened = need();
        if (opened.unlocked !== null)
          throw new AppError('NOT_ALLOWED_NOW', 'The workspace is unlocked already. Lock it first.');
        const by = type === 'passphrase' ? 'passphrase' : 'recovery key';
        const { autoLock: settings } = await begin(
          opened,
          await masterKeyOf(opened, type, secret),
          false,
          workspaceEntry('workspace.unlock', `Unlocked with the ${by}`, opened.header.id),
        );
        autoLock.start(settings);
        await remember(opened.header, opened.folder);
        for (const listener of unlockListeners) listener();
      }),
    lock(why = 'Locked') {
      noMore();
      return inTurn(async () => {
        if (current === null || current.unlocked === null) return;
        await endSession(current, workspaceEntry('workspace.lock', why, current.header.id));
        changed('workspace', []);
      });
    },
    close() {
      noMore();
      return inTurn(async () => {
        await closeNow('The workspace was closed');
        changed('workspace', []);
      });
    },
    remember,
    touch: autoLock.touch,
    requireSecret: (type, secret) =>
      inTurn(async () => {
        try {
          wipe(await openSlot(need().header, type, secret));
        } catch (error) {
          if (!(error instanceof AppError && error.code === 'WRONG_PASSPHRASE')) throw error;
          throw new AppError(
            'NOT_ALLOWED_NOW',
            'This recovery key no longer opens the workspace: a renewal was cut short. Make a new one.',
          );
        }
      }),
    requirePassphrase: (passphrase) =>
      inTurn(async () => {
        const opened = need();
        wipe(await masterKeyOf(opened, 'passphrase', passphrase));
        await opened.attempts.cleared();
      }),
    replaceSlot: (type, by, secret, what) =>
      inTurn(async () => {
        const opened = need();
        const masterKey = await masterKeyOf(opened, by.type, by.secret);
        try {
          await opened.attempts.cleared();
          const kdf =
            opened.header.slots.find((slot) => slot.type === type)?.kdf ?? (await calibrateKdf(random));
          const made = await makeSlot(opened.header, type, secret, masterKey, kdf, random);
          const next = {
            ...opened.header,
            // Another recovery key is one that nobody has typed back.
            ...(type === 'recovery' ? { recoveryVerified: false } : {}),
            slots: [...opened.header.slots.filter((slot) => slot.type !== type), made],
          };
          await change(opened, next, what);
        } finally {
          wipe(masterKey);
        }
      }),
    replaceDatabase: ({ opened: staged, folder, audit }) =>
      inTurn(async () => {
        const opened = current;
        if (opened === null || dirname(folder) !== opened.folder) {
          // Closed meanwhile: the staged copy is given up.
          await staged.end();
          await rm(folder, { recursive: true, force: true });
          throw new AppError(
            'CANCELLED',
            'The workspace was closed before it was restored. Nothing was changed.',
          );
        }
        const { failure, ...notice } = await takeOver(
          {
            folder: opened.folder,
            lock: (read) =>
              endSession(
                opened,
                workspaceEntry('workspace.lock', 'Locked, to be restored', opened.header.id),
                read,
              ),
          },
          { staged, folder, audit },
        );
        opened.notices.push(notice);
        changed('workspace', []);
        if (failure !== null) throw failure;
      }),
    setRecoveryVerified: (what) =>
      inTurn(async () => {
        const opened = need();
        await change(opened, { ...opened.header, recoveryVerified: true }, what);
      }),
    setAutoLock(settings) {
      autoLock.start(settings);
      changed('workspace', []);
    },
    onBegin: (listener) => void beginners.push(listener),
    onLock: (listener) => void listeners.push(listener),
    onUnlock: (listener) => void unlockListeners.push(listener),
  };
  ports.onSuspend(() => {
    if (autoLock.onSuspend()) lockNow('Locked because the machine went to sleep');
  });
  return vault;
}
