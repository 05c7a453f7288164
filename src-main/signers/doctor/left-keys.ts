/**
 * Test keys that cancelled examinations left on a device: on the list of unfinished keys where their signer is in force, until the lock
 * in memory where it is only pending. SECURITY: the next examination destroys no other key than these.
 */
import { equalBytes, sha256Hex } from '../../lib/bytes.ts';
import type { Device } from '../device.ts';
import type { UnfinishedKeys } from '../lifecycle/unfinished-keys.ts';
import type { Opened } from './device-steps.ts';
import type { Seen } from './steps.ts';
import type { LeftKey } from './test-keys.ts';

interface Remembered extends Pick<LeftKey, 'handle' | 'spkiDer'> {
  /** Of its device. */
  serial: string;
}

export interface LeftKeys {
  /** Nobody destroys this test key any more; `serial` of its device. */
  leave(signer: string, key: Remembered): void;
  /**
   * How those of this signer are destroyed once its device was proven; null: there are none. `bound`: the device is the one that the
   * signer is bound to. `ours`: SHA-256 of the public keys of the workspace.
   */
  earlier(
    signer: { id: string; bound: boolean; encoding: 'hex' | 'utf8' },
    ours: ReadonlyMap<string, unknown>,
  ): Promise<{ see(opened: Opened): Promise<Seen> } | null>;
}

export function createLeftKeys(deps: {
  unfinished: UnfinishedKeys;
  /** Such a signer has a list of its own, which outlives the lock. */
  inForce(signer: string): boolean;
}): LeftKeys {
  const { unfinished } = deps;
  const memory = new Map<string, Remembered[]>();

  const listed = async (id: string) => (await unfinished.list()).filter(({ signer }) => signer === id);

  /** Destroys those in memory that lie on this device; answers their handles. */
  async function destroyRemembered(
    id: string,
    { device, facts }: { device: Device; facts: { serial: string } },
    ours: ReadonlyMap<string, unknown>,
  ): Promise<Uint8Array[]> {
    const gone: Uint8Array[] = [];
    for (const key of memory.get(id) ?? []) {
      if (key.serial !== facts.serial) continue;
      const came = await device.destroyIf(key.handle, ({ spkiDer }) =>
        Promise.resolve(
          (key.spkiDer === null || (spkiDer !== null && equalBytes(key.spkiDer, spkiDer))) &&
            (spkiDer === null || !ours.has(sha256Hex(spkiDer))),
        ),
      );
      if (came !== 'left') gone.push(key.handle);
    }
    memory.set(
      id,
      (memory.get(id) ?? []).filter(({ handle }) => !gone.includes(handle)),
    );
    return gone;
  }

  return {
    leave(signer, key) {
      unfinished.giveUp(signer, key.handle);
      if (!deps.inForce(signer)) memory.set(signer, [...(memory.get(signer) ?? []), key]);
    },
    async earlier({ id, bound, encoding }, ours) {
      const before = await listed(id);
      if (before.length === 0 && (memory.get(id) ?? []).length === 0) return null;
      return {
        async see(opened) {
          if (bound) await unfinished.sweep(id, opened.device, opened.facts.serial);
          const remembered = await destroyRemembered(id, opened, ours);
          const rows = await listed(id);
          const swept = before.filter((row) => rows.every((one) => one.id !== row.id));
          const name = (handle: Uint8Array): string =>
            Buffer.from(handle).toString(encoding).replace(/^::/, '');
          const gone = [...swept.map(({ handle }) => handle), ...remembered].map(name);
          const as = encoding === 'hex' ? 'CKA_ID ' : '';
          const text =
            gone.length === 0
              ? 'Nothing could be destroyed.'
              : `What a cancelled examination left is destroyed: ${gone.map((one) => `${as}${one}`).join(', ')}.`;
          const others = (memory.get(id) ?? []).map(
            ({ handle, serial }) => `${name(handle)}: it was begun on the device with serial ${serial}.`,
          );
          const still = [...rows.map((row) => `${name(row.handle)}: ${row.text}`), ...others];
          if (still.length === 0) return { text };
          return {
            text: `${text} ${still.length === 1 ? 'One key' : `${still.length} keys`} may still lie there.`,
            details: still,
            careful: {
              cause: 'It is not surely the key that was made here, or it lies on another device.',
              check: 'Look at the details, and at the list of keys of this signer.',
              fix: 'Destroy it with the tool of the vendor if nobody uses it, and forget it on the page of the signer.',
            },
          };
        },
      };
    },
  };
}
