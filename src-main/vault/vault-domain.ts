/** The `workspace.*` channels over the vault: what a person asks, in the order the screens ask it. No keys here. */
import { join } from 'node:path';
import type { WorkspaceFacts } from '#shared/contract/workspace.ts';
import { AppError } from '../lib/app-error.ts';
import type { Domain, TicketPaths } from '../lib/domain.ts';
import type { Jobs } from '../lib/jobs.ts';
import { createBackups } from './backup.ts';
import type { Ports } from '../ports.ts';
import { createRecovery } from './recovery-channels.ts';
import { readRecoveryKey } from './recovery-key.ts';
import { restoredCopyOf, settleRestoredCopy } from './restored-copy.ts';
import { type KnownOfWorkspace, passphraseStrength } from './strength.ts';
import { AUTO_LOCK_PRESET, type AutoLockSettings } from './auto-lock.ts';
import type { Vault } from './vault-contract.ts';
import { isTaken } from './workspace-folder.ts';
import { workspaceEntry } from './workspace-entry.ts';

function folderName(name: string): string {
  return (
    name
      .normalize('NFC')
      .replaceAll(/[^\p{L}\p{N}._ -]/gu, '_')
      .replace(/^\.+/, '_')
      .slice(0, 60)
      .trim() || 'workspace'
  );
}

async function requireStrong(passphrase: string, known: KnownOfWorkspace | null): Promise<void> {
  const { score, advice } = await passphraseStrength(passphrase, known);
  // 3 of 4: beyond ten years at our cost (docs/decisions.md).
  if (score < 3)
    throw new AppError(
      'INVALID_INPUT',
      `This passphrase is too easy to guess. ${advice[0] ?? 'Add more words.'}`,
      { fields: [{ path: 'passphrase', message: advice[0] ?? 'Add more words' }] },
    );
}

export function vaultDomain({
  ports,
  vault,
  jobs,
  tickets,
}: {
  ports: Ports;
  vault: Vault;
  jobs: Jobs;
  tickets: TicketPaths;
}): Domain<'workspace'> {
  const recovery = createRecovery({ ports, vault });

  async function settings(): Promise<AutoLockSettings> {
    const stored = await vault.session().store.run('settings.get', { name: 'autoLock' });
    return stored === null ? AUTO_LOCK_PRESET : (JSON.parse(stored) as AutoLockSettings);
  }

  /** The lock may come while the answer is on its way. */
  async function settingsIfOpen(): Promise<AutoLockSettings> {
    try {
      return await settings();
    } catch (error) {
      if (error instanceof AppError && error.code === 'LOCKED') return AUTO_LOCK_PRESET;
      throw error;
    }
  }

  /** What is known of the open workspace without its passphrase. */
  function knownOfOpen(): KnownOfWorkspace | null {
    const opened = vault.opened();
    return opened === null
      ? null
      : { name: opened.header.name, kind: opened.header.kind, folder: opened.folder };
  }

  async function facts(): Promise<WorkspaceFacts | null> {
    const opened = vault.opened();
    if (opened === null) return null;
    const { id, name, kind, createdAt, recoveryVerified } = opened.header;
    const { autoLockMinutes } = vault.stateName() === 'unlocked' ? await settingsIfOpen() : AUTO_LOCK_PRESET;
    return {
      id,
      name,
      kind,
      path: opened.folder,
      createdAt,
      recoveryVerified,
      recoveryFresh: recovery.isFresh(),
      autoLockMinutes,
      locksAt: vault.locksAt()?.toISOString() ?? null,
    };
  }

  return {
    ...createBackups({ ports, vault, jobs, tickets }),
    ...recovery.channels,
    async state() {
      const opened = vault.opened();
      const state = vault.stateName();
      const retryAt = state === 'locked' ? await opened?.attempts.retryAt(ports.clock.now()) : null;
      return {
        state,
        workspace: await facts(),
        retryAt: retryAt?.toISOString() ?? null,
        notices: [...(opened?.notices ?? [])],
      };
    },
    recent: async () => ({ rows: await vault.recent.rows() }),
    async forget({ id }) {
      await vault.recent.forget(id);
      ports.emit({ type: 'changed', topic: 'recent', ids: [id] });
      return {};
    },
    async suggestFolder({ name }) {
      const path = join(ports.paths.workspaces, folderName(name));
      return { path, taken: await isTaken(path) };
    },
    strength: ({ passphrase, of }) => passphraseStrength(passphrase, of ?? knownOfOpen()),
    async create({ folder, name, kind, passphrase }) {
      const path =
        folder === null ? join(ports.paths.workspaces, folderName(name)) : tickets.path(folder, 'create');
      await requireStrong(passphrase, { name, kind, folder: path });
      const id = await vault.create({ folder: path, name, kind, passphrase });
      recovery.made();
      ports.emit({ type: 'changed', topic: 'workspace', ids: [] });
      if (folder !== null) tickets.end(folder);
      return { id };
    },
    async openRecent({ id }) {
      await vault.open(await vault.recent.path(id));
      return {};
    },
    async openFolder({ folder }) {
      await vault.open(tickets.path(folder, 'open'));
      return {};
    },
    async unlock({ passphrase }) {
      await vault.unlock('passphrase', passphrase);
      return {};
    },
    async recover({ recoveryKey, passphrase }) {
      await requireStrong(passphrase, knownOfOpen());
      const key = readRecoveryKey(recoveryKey);
      await vault.unlock('recovery', key);
      try {
        await vault.replaceSlot('passphrase', { type: 'recovery', secret: key }, passphrase, {
          action: 'workspace.recover',
          intent: 'A new passphrase is about to be set with the recovery key',
          done: 'A new passphrase was set with the recovery key',
        });
      } catch (error) {
        // Without its new passphrase it is as it was before, and the same step can be tried again.
        await vault.lock('Locked, because no new passphrase could be set');
        throw error;
      }
      return {};
    },
    async lock() {
      await vault.lock();
      return {};
    },
    async close() {
      await vault.close();
      return {};
    },
    dismissNotice({ text }) {
      const notices = vault.opened()?.notices ?? [];
      const at = notices.findIndex((notice) => notice.text === text);
      if (at >= 0) notices.splice(at, 1);
      ports.emit({ type: 'changed', topic: 'workspace', ids: [] });
      return {};
    },
    touch() {
      vault.touch();
      return {};
    },
    async changePassphrase({ current, next }) {
      if (next === current) {
        const message = 'That is the passphrase it has now. Choose another one.';
        throw new AppError('INVALID_INPUT', message, { fields: [{ path: 'next', message }] });
      }
      await requireStrong(next, knownOfOpen());
      await vault.replaceSlot('passphrase', { type: 'passphrase', secret: current }, next, {
        action: 'workspace.changePassphrase',
        intent: 'The passphrase is about to be changed',
        done: 'The passphrase was changed',
      });
      return {};
    },
    settings,
    restoredCopy: async () => ({ copy: await restoredCopyOf(vault.session().store) }),
    async settleCopy() {
      const { store, workspace } = vault.session();
      await settleRestoredCopy(store, workspace.id);
      const opened = vault.opened();
      if (opened !== null) await vault.remember(opened.header, opened.folder, 'settled');
      return {};
    },
    async setSettings(value) {
      await vault.session().store.run('settings.set', {
        name: 'autoLock',
        value: JSON.stringify(value),
        audit: workspaceEntry(
          'workspace.setSettings',
          `Locks after ${value.autoLockMinutes} idle minutes${value.lockOnSuspend ? ' and when the machine sleeps' : ''}`,
          vault.session().workspace.id,
        ),
      });
      vault.setAutoLock(value);
      return {};
    },
  };
}
