/** The `workspace.*` channels over the vault: what a person asks, in the order the screens ask it. No keys here. */
import { join } from 'node:path';
import type { WorkspaceFacts } from '#shared/contract/workspace.ts';
import { AppError } from '../lib/app-error.ts';
import type { Domain, TicketPaths } from '../lib/domain.ts';
import { equalBytes } from '../lib/bytes.ts';
import type { Jobs } from '../lib/jobs.ts';
import { createBackups } from './backup.ts';
import type { Ports } from '../ports.ts';
import type { AuditEntry } from '../audit/audit-record.ts';
import { newRecoveryKey, normalGroup, readRecoveryKey, recoveryGroups } from './recovery-key.ts';
import { passphraseStrength } from './strength.ts';
import { AUTO_LOCK_PRESET, type AutoLockSettings } from './auto-lock.ts';
import type { Vault } from './vault-contract.ts';

const PARTS = 3;

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

async function requireStrong(passphrase: string): Promise<void> {
  const { score, advice } = await passphraseStrength(passphrase);
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
  let asked: number[] = [];

  const entry = (action: string, summary: string): AuditEntry => ({
    action,
    outcome: 'done',
    summary,
    subjects: [{ type: 'workspace', id: vault.opened()?.header.id ?? '', sha256: null }],
  });

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

  async function storedRecoveryKey(): Promise<string> {
    const key = await vault.session().store.run('settings.get', { name: 'recoveryKey' });
    if (key === null || key === '')
      throw new AppError(
        'NOT_ALLOWED_NOW',
        'The recovery key was checked and is not shown again. Make a new one instead.',
      );
    return key;
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
      autoLockMinutes,
      locksAt: vault.locksAt()?.toISOString() ?? null,
    };
  }

  return {
    ...createBackups({ ports, vault, jobs, tickets }),
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
    suggestFolder: ({ name }) => ({ path: join(ports.paths.workspaces, folderName(name)) }),
    strength: ({ passphrase }) => passphraseStrength(passphrase),
    async create({ folder, name, kind, passphrase }) {
      await requireStrong(passphrase);
      const path = folder === null ? join(ports.paths.workspaces, folderName(name)) : tickets.path(folder);
      const id = await vault.create({ folder: path, name, kind, passphrase });
      if (folder !== null) tickets.end(folder);
      return { id };
    },
    async openRecent({ id }) {
      await vault.open(await vault.recent.path(id));
      return {};
    },
    async openFolder({ folder }) {
      await vault.open(tickets.path(folder));
      return {};
    },
    async unlock({ passphrase }) {
      await vault.unlock('passphrase', passphrase);
      return {};
    },
    async recover({ recoveryKey, passphrase }) {
      await requireStrong(passphrase);
      const key = readRecoveryKey(recoveryKey);
      await vault.unlock('recovery', key);
      await vault.replaceSlot('passphrase', { type: 'recovery', secret: key }, passphrase, {});
      await vault.session().store.run('audit.add', {
        audit: entry('workspace.recover', 'A new passphrase was set with the recovery key'),
      });
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
    touch() {
      vault.touch();
      return {};
    },
    async changePassphrase({ current, next }) {
      await requireStrong(next);
      await vault.replaceSlot('passphrase', { type: 'passphrase', secret: current }, next, {});
      await vault
        .session()
        .store.run('audit.add', { audit: entry('workspace.changePassphrase', 'The passphrase was changed') });
      return {};
    },
    showRecoveryKey: async () => ({ recoveryKey: await storedRecoveryKey() }),
    async recoveryParts() {
      // The same ones until they were typed: a window that asks twice must not change its mind.
      if (asked.length === PARTS) return { positions: asked };
      const groups = recoveryGroups(await storedRecoveryKey());
      const order = [...ports.random.bytes(groups.length)]
        .map((byte, index) => ({ byte, index }))
        .toSorted((a, b) => a.byte - b.byte);
      asked = order
        .slice(0, PARTS)
        .map(({ index }) => index)
        .toSorted((a, b) => a - b);
      return { positions: asked };
    },
    async verifyRecoveryKey({ parts }) {
      const recoveryKey = await storedRecoveryKey();
      const groups = recoveryGroups(recoveryKey);
      const fits =
        parts.length === asked.length &&
        asked.length === PARTS &&
        asked.every((position, index) =>
          equalBytes(Buffer.from(normalGroup(parts[index] ?? '')), Buffer.from(groups[position] ?? '')),
        );
      if (!fits)
        throw new AppError(
          'INVALID_INPUT',
          'That is not what the sheet says. Compare the groups with the paper and type them again.',
        );
      await vault.requireSecret('recovery', recoveryKey);
      await vault.setRecoveryVerified();
      await vault.session().store.run('settings.set', {
        name: 'recoveryKey',
        value: '',
        audit: entry('workspace.verifyRecoveryKey', 'The printed recovery key was checked'),
      });
      asked = [];
      return {};
    },
    async renewRecoveryKey({ passphrase }) {
      const key = newRecoveryKey(ports.random);
      await vault.replaceSlot('recovery', { type: 'passphrase', secret: passphrase }, key, {
        recoveryVerified: false,
      });
      await vault.session().store.run('settings.set', {
        name: 'recoveryKey',
        value: key,
        audit: entry(
          'workspace.renewRecoveryKey',
          'A new recovery key was made; the former one stopped working',
        ),
      });
      return {};
    },
    settings,
    async setSettings(value) {
      await vault.session().store.run('settings.set', {
        name: 'autoLock',
        value: JSON.stringify(value),
        audit: entry(
          'workspace.setSettings',
          `Locks after ${value.autoLockMinutes} idle minutes${value.lockOnSuspend ? ' and when the machine sleeps' : ''}`,
        ),
      });
      vault.setAutoLock(value);
      return {};
    },
  };
}
