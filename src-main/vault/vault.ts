/**
 * The vault: which workspace is open, and whether it is unlocked. It is the only holder of the master key; while it is
 * locked the worker has ended and no key is in memory. The channels around it are vault-domain.ts.
 */
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Topic } from '#shared/bridge.ts';
import type { AuditEntry } from '../audit/audit-record.ts';
import { AppError } from '../lib/app-error.ts';
import { newId } from '../lib/ids.ts';
import { wipe } from '../lib/bytes.ts';
import type { Log } from '../lib/log.ts';
import type { Ports } from '../ports.ts';
import { createAutoLock } from './auto-lock.ts';
import { createAttempts, slowDown } from './attempts.ts';
import { type Header, HEADER_VERSION, type Kdf, readHeader, type Slot, writeHeader } from './header.ts';
import { calibrateKdf, makeSlot, openSlot } from './key-slots.ts';
import { newRecoveryKey } from './recovery-key.ts';
import { createRecent } from './recent.ts';
import { sessionLife } from './session-life.ts';
import { takeOver } from './take-over.ts';
import type { Opened, Vault } from './vault-contract.ts';
import { makeFolder } from './workspace-folder.ts';
import { lockWorkspace } from './workspace-lock.ts';

export interface VaultDeps {
  ports: Ports;
  log: Log;
  changed(topic: Topic, ids: string[]): void;
  /** Tests may choose cheap parameters; the application never sets it and calibrates. */
  kdf?: Kdf;
}

const MASTER_KEY_BYTES = 32;

function entryOf(action: string, summary: string, id: string): AuditEntry {
  return { action, outcome: 'done', summary, subjects: [{ type: 'workspace', id, sha256: null }] };
}

export function createVault(deps: VaultDeps): Vault {
  const { ports, changed } = deps;
  const { clock, random } = ports;
  const recent = createRecent(ports.paths.config);
  const listeners: (() => Promise<void> | void)[] = [];
  let current: Opened | null = null;
  /** By itself: nobody waits for it, so a failure goes to the log. */
  const lockNow = (): void => void vault.lock().catch((error: unknown) => deps.log.failure('locking', error));
  const autoLock = createAutoLock(clock, lockNow);
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

  const { begin, end: endSession } = sessionLife({ ports, log: deps.log, autoLock, listeners, lockNow });

  async function closeNow(): Promise<void> {
    if (current === null) return;
    await endSession(current);
    current.release();
    current = null;
  }

  /** The list of recent workspaces is a convenience: it never fails what was done. */
  async function remember(header: Header, folder: string): Promise<void> {
    await recent
      .opened(header, folder, clock.now())
      .catch((error: unknown) => deps.log.failure('the list of recent workspaces', error));
    changed('workspace', []);
    changed('recent', []);
  }

  const vault: Vault = {
    recent,
    stateName: () => (current === null ? 'none' : current.unlocked === null ? 'locked' : 'unlocked'),
    opened: () => current,
    session() {
      const { unlocked } = need();
      if (unlocked === null) throw new AppError('LOCKED', 'The workspace is locked. Unlock it first.');
      return unlocked.session;
    },
    locksAt: autoLock.locksAt,
    create: ({ folder, name, kind, passphrase }) =>
      inTurn(async () => {
        await makeFolder(folder);
        await closeNow();
        const masterKey = Buffer.from(random.bytes(MASTER_KEY_BYTES));
        try {
          const kdf = deps.kdf ?? (await calibrateKdf(random));
          const recoveryKey = newRecoveryKey(random);
          const base: Header = {
            format: 'baleen-workspace',
            version: HEADER_VERSION,
            id: newId('ws', random),
            name,
            kind,
            createdAt: clock.now().toISOString(),
            recoveryVerified: false,
            slots: [],
          };
          const slot = (type: Slot['type'], secret: string) =>
            makeSlot(base, type, secret, masterKey, kdf, random);
          const slots = [await slot('passphrase', passphrase), await slot('recovery', recoveryKey)];
          const header: Header = { ...base, slots };
          const release = lockWorkspace(folder);
          const opened: Opened = {
            folder,
            header,
            attempts: createAttempts(folder),
            release,
            unlocked: null,
            notices: [],
          };
          try {
            await begin(
              opened,
              masterKey,
              true,
              entryOf('workspace.create', `Workspace "${name}" (${kind}) was made`, header.id),
            );
            await opened.unlocked?.session.store.run('settings.set', {
              name: 'recoveryKey',
              value: recoveryKey,
              audit: entryOf('workspace.recoveryKey', 'A recovery key was made', header.id),
            });
            // The header last: without it the folder is no workspace, so a crash before leaves nothing half-made.
            await writeHeader(folder, header);
          } catch (error) {
            await opened.unlocked?.end();
            release();
            throw error;
          }
          current = opened;
          await remember(header, folder);
          return header.id;
        } catch (error) {
          // What was begun is taken away: the folder was empty before.
          for (const left of await readdir(folder).catch(() => []))
            await rm(join(folder, left), { recursive: true, force: true });
          autoLock.stop();
          throw error;
        } finally {
          wipe(masterKey);
        }
      }),
    open: (folder) =>
      inTurn(async () => {
        const header = await readHeader(folder);
        if (current?.folder === folder) return;
        // Refused before the present one is closed, when another application holds it.
        const release = lockWorkspace(folder);
        await closeNow();
        current = {
          folder,
          header,
          attempts: createAttempts(folder),
          release,
          unlocked: null,
          notices: [],
        };
        await remember(header, folder);
      }),
    unlock: (type, secret) =>
      inTurn(async () => {
        const opened = need();
        if (opened.unlocked !== null) return;
        const until = await opened.attempts.retryAt(clock.now());
        if (until !== null) throw slowDown(until);
        let masterKey: Buffer;
        try {
          masterKey = await openSlot(opened.header, type, secret);
        } catch (error) {
          if (error instanceof AppError && error.code === 'WRONG_PASSPHRASE')
            await opened.attempts.refused(clock.now());
          changed('workspace', []);
          throw error;
        }
        await begin(
          opened,
          masterKey,
          false,
          entryOf(
            'workspace.unlock',
            `Unlocked with the ${type === 'passphrase' ? 'passphrase' : 'recovery key'}`,
            opened.header.id,
          ),
        );
        changed('workspace', []);
      }),
    lock: () =>
      inTurn(async () => {
        if (current === null || current.unlocked === null) return;
        await endSession(current);
        changed('workspace', []);
      }),
    close: () =>
      inTurn(async () => {
        await closeNow();
        changed('workspace', []);
      }),
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
    replaceSlot: (type, by, secret, change) =>
      inTurn(async () => {
        const opened = need();
        const masterKey = await openSlot(opened.header, by.type, by.secret);
        try {
          const kdf =
            opened.header.slots.find((slot) => slot.type === type)?.kdf ?? (await calibrateKdf(random));
          const made = await makeSlot(opened.header, type, secret, masterKey, kdf, random);
          const header = {
            ...opened.header,
            ...change,
            slots: [...opened.header.slots.filter((slot) => slot.type !== type), made],
          };
          await writeHeader(opened.folder, header);
          opened.header = header;
        } finally {
          wipe(masterKey);
        }
        changed('workspace', []);
      }),
    replaceDatabase: ({ opened: staged, folder, audit }) =>
      inTurn(async () => {
        const opened = current;
        if (opened === null || dirname(folder) !== opened.folder) {
          // Closed meanwhile: the staged copy is given up.
          await staged.end();
          await rm(folder, { recursive: true, force: true });
          return;
        }
        const { failure, ...notice } = await takeOver(
          { folder: opened.folder, lock: (read) => endSession(opened, read) },
          { staged, folder, audit },
        );
        if (failure !== null) deps.log.failure('restoring in place', failure);
        opened.notices.push(notice);
        changed('workspace', []);
      }),
    setRecoveryVerified: () =>
      inTurn(async () => {
        const opened = need();
        const header = { ...opened.header, recoveryVerified: true };
        await writeHeader(opened.folder, header);
        opened.header = header;
        changed('workspace', []);
      }),
    setAutoLock(settings) {
      autoLock.start(settings);
      changed('workspace', []);
    },
    onLock: (listener) => void listeners.push(listener),
  };
  ports.onSuspend(() => {
    if (autoLock.onSuspend()) lockNow();
  });
  return vault;
}
