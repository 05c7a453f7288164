/** Keys that lie on a device, or may, and are none of the workspace: being made, or to be destroyed. No device is asked here. */
import { change, read, type Tx, write } from '../command.ts';
import type { UnfinishedKey } from '../signer-columns.ts';

interface Row extends Omit<UnfinishedKey, 'at'> {
  at: number;
}

/** Remembers a key whose handle is known; a second time under the same id, its handle is another. */
export function rememberUnfinished(
  tx: Tx,
  { id, signer, handle }: { id: string; signer: string; handle: Uint8Array },
): void {
  // The software signer keeps nothing of its own, and one that was removed meanwhile is contacted no more.
  tx.run(
    `INSERT INTO unfinished_keys (id, signer, handle, at) SELECT $id, $signer, $handle, $at
     WHERE EXISTS (SELECT 1 FROM signers WHERE id = $signer AND kind <> 'software')
     ON CONFLICT (id) DO UPDATE SET handle = $handle`,
    { id, signer, handle, at: tx.atMs },
  );
}

/** The key is one of the workspace now, or it is destroyed. */
export function forgetUnfinished(tx: Tx, { signer, handle }: { signer: string; handle: Uint8Array }): void {
  tx.run('DELETE FROM unfinished_keys WHERE signer = $signer AND handle = $handle', { signer, handle });
}

export const unfinishedKeyCommands = {
  /** Durable before the device is asked. */
  'unfinished.remember': write((tx, args: { id: string; signer: string; handle: Uint8Array }): void =>
    rememberUnfinished(tx, args),
  ),
  'unfinished.forget': write((tx, args: { signer: string; handle: Uint8Array }): void =>
    forgetUnfinished(tx, args),
  ),
  /** The device says that it is not there any more. */
  'unfinished.swept': change((tx, { id }: { id: string }): void => {
    tx.run('DELETE FROM unfinished_keys WHERE id = $id', { id });
  }),
  /** In a restored workspace: the one that was backed up may use them by now. */
  'unfinished.forgetAll': write((tx, _args: Record<string, never>): void => {
    tx.run('DELETE FROM unfinished_keys');
  }),
  /** Oldest first. SECURITY: never one that the workspace uses, whatever the rows say. */
  'unfinished.list': read((tx, _args: Record<string, never>): UnfinishedKey[] =>
    tx
      .all<Row>(
        `SELECT id, signer, handle, at FROM unfinished_keys AS one
         WHERE NOT EXISTS (SELECT 1 FROM keys WHERE signer = one.signer AND sealed = one.handle AND destroyed_at IS NULL)
         AND NOT EXISTS (SELECT 1 FROM signers WHERE id = one.signer AND identity_handle = one.handle) ORDER BY seq`,
      )
      .map((row) => ({ ...row, at: new Date(row.at).toISOString() })),
  ),
};
