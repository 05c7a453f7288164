/**
 * The `workspace.*` channels of the recovery key: shown once, typed back in part, made anew. A key that was not typed
 * back yet lies in the encrypted database; afterwards it is on paper only.
 */
import { AppError } from '../lib/app-error.ts';
import { equalBytes } from '../lib/bytes.ts';
import type { Domain } from '../lib/domain.ts';
import type { Ports } from '../ports.ts';
import { newRecoveryKey, normalGroup, recoveryGroups } from './recovery-key.ts';
import type { Vault } from './vault-contract.ts';
import { workspaceEntry } from './workspace-entry.ts';

const PARTS = 3;

type Channels = Pick<
  Domain<'workspace'>,
  'showRecoveryKey' | 'recoveryParts' | 'verifyRecoveryKey' | 'renewRecoveryKey'
>;

export interface Recovery {
  channels: Channels;
  /** Its one showing without the passphrase is still to come. */
  isFresh(): boolean;
  /** The operator has typed a passphrase and got a new key for it this moment: that one may be shown. */
  made(): void;
}

export function createRecovery({ ports, vault }: { ports: Ports; vault: Vault }): Recovery {
  let asked: number[] = [];
  let fresh = false;
  vault.onLock(() => {
    // SECURITY: whoever unlocks later types the passphrase for the key, too.
    fresh = false;
    asked = [];
  });

  async function storedKey(): Promise<string> {
    const key = await vault.session().store.run('settings.get', { name: 'recoveryKey' });
    if (key === null || key === '')
      throw new AppError(
        'NOT_ALLOWED_NOW',
        'The recovery key was checked and is not shown again. Make a new one instead.',
      );
    return key;
  }

  async function requireShowable(passphrase: string | null): Promise<void> {
    if (fresh) {
      fresh = false;
      return;
    }
    if (passphrase === null)
      throw new AppError(
        'PASSPHRASE_NEEDED',
        'The recovery key was shown already. Type the passphrase to see it again, or make a new one.',
      );
    await vault.requirePassphrase(passphrase);
  }

  const channels: Channels = {
    async showRecoveryKey({ passphrase }) {
      const recoveryKey = await storedKey();
      await requireShowable(passphrase);
      const { store, workspace } = vault.session();
      // On record before it is seen.
      await store.run('audit.add', {
        audit: workspaceEntry('workspace.showRecoveryKey', 'The recovery key was shown', workspace.id),
      });
      for (const topic of ['workspace', 'audit'] as const) ports.emit({ type: 'changed', topic, ids: [] });
      return { recoveryKey };
    },
    async recoveryParts() {
      // The same ones until they were typed: a window that asks twice must not change its mind.
      if (asked.length === PARTS) return { positions: asked };
      const groups = recoveryGroups(await storedKey());
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
      const recoveryKey = await storedKey();
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
      await vault.setRecoveryVerified({
        action: 'workspace.verifyRecoveryKey',
        intent: 'The recovery key was typed back and is about to be marked as checked',
        done: 'The printed recovery key was checked',
        recoveryKey: '',
      });
      asked = [];
      fresh = false;
      return {};
    },
    async renewRecoveryKey({ passphrase }) {
      const key = newRecoveryKey(ports.random);
      await vault.replaceSlot('recovery', { type: 'passphrase', secret: passphrase }, key, {
        action: 'workspace.renewRecoveryKey',
        intent: 'A new recovery key is about to take the place of the present one',
        done: 'A new recovery key was made; the former one stopped working',
        recoveryKey: key,
      });
      asked = [];
      fresh = true;
      return {};
    },
  };
  return { channels, isFresh: () => fresh, made: () => void (fresh = true) };
}
