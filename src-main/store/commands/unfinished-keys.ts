/** Keys that lie on a device, or may, and are none of the workspace: being made, or to be destroyed. No device is asked here. */
import { AppError } from '../../lib/app-error.ts';
import { change, read, type Tx, write } from '../command.ts';
import type { UnfinishedKey } from '../signer-columns.ts';

interface Row {
  id: string;
  signer: string;
  handle: Uint8Array;
  spki_sha256: string | null;
  device: string | null;
  at: number;
  ended: number;
}

type Begun = Pick<UnfinishedKey, 'id' | 'signer' | 'handle' | 'spkiSha256' | 'device'>;

const SELECT = `SELECT id, signer, handle, spki_sha256, device, at, EXISTS (SELECT 1 FROM keys WHERE id = one.id) AS ended
  FROM unfinished_keys AS one`;

function keyOf({ spki_sha256: spkiSha256, at, ended, ...row }: Row): UnfinishedKey {
  return { ...row, spkiSha256, at: new Date(at).toISOString(), ended: ended === 1 };
}

/**
 * Remembers a key whose handle is known; a second time under the same id, it is known better, or its time begins anew. `device` null:
 * the one that its signer met last.
 */
export function rememberUnfinished(tx: Tx, { id, signer, handle, spkiSha256, device }: Begun): void {
  // The software signer keeps nothing of its own, and one that was removed meanwhile is contacted no more.
  tx.run(
    `INSERT INTO unfinished_keys (id, signer, handle, spki_sha256, device, at)
     SELECT $id, $signer, $handle, $spki, coalesce($device, json_extract(device, '$.facts.serial'), serial), $at
     FROM signers WHERE id = $signer AND kind <> 'software'
     ON CONFLICT (id) DO UPDATE SET handle = excluded.handle, spki_sha256 = excluded.spki_sha256, at = excluded.at`,
    { id, signer, handle, spki: spkiSha256, device, at: tx.atMs },
  );
}

/** The key is one of the workspace now: this one, not another that has its handle elsewhere. */
export function forgetUnfinished(
  tx: Tx,
  { signer, handle, spkiSha256 }: { signer: string; handle: Uint8Array; spkiSha256: string },
): void {
  tx.run(
    `DELETE FROM unfinished_keys WHERE signer = $signer AND handle = $handle
     AND (spki_sha256 IS NULL OR spki_sha256 = $spki)`,
    { signer, handle, spki: spkiSha256 },
  );
}

export const unfinishedKeyCommands = {
  /** Durable before the device is asked. */
  'unfinished.remember': write((tx, args: Begun): void => rememberUnfinished(tx, args)),
  /** Nothing of it is on its device, and nothing will be. */
  'unfinished.forget': write((tx, { id }: { id: string }): void => {
    tx.run('DELETE FROM unfinished_keys WHERE id = $id', { id });
  }),
  /** This device has destroyed what had this handle. */
  'unfinished.gone': write((tx, args: Pick<UnfinishedKey, 'signer' | 'handle' | 'device'>): void => {
    tx.run(
      'DELETE FROM unfinished_keys WHERE signer = $signer AND handle = $handle AND device IS $device',
      args,
    );
  }),
  /** With the record of it. Throws AppError NOT_FOUND. */
  'unfinished.swept': change((tx, { id }: { id: string }): void => {
    if (tx.run('DELETE FROM unfinished_keys WHERE id = $id', { id }) === 0)
      throw new AppError('NOT_FOUND', 'This key is not on the list any more. Look at the list again.');
  }),
  /** In a restored workspace: the one that was backed up may use them by now. */
  'unfinished.forgetAll': write((tx, _args: Record<string, never>): void => {
    tx.run('DELETE FROM unfinished_keys');
  }),
  /** Oldest first, those that are being made as well. */
  'unfinished.list': read((tx, _args: Record<string, never>): UnfinishedKey[] =>
    tx.all<Row>(`${SELECT} ORDER BY seq`).map(keyOf),
  ),
  /**
   * SECURITY: asked with what lies on the device, right before it is destroyed there: it is still unfinished, and neither its handle nor
   * its public half is that of a key or an identity that the workspace uses.
   */
  'unfinished.mayGo': read(
    (tx, args: { id: string; signer: string; handle: Uint8Array; spkiDer: Uint8Array | null }): boolean =>
      tx.get(
        `SELECT 1 FROM unfinished_keys WHERE id = $id
         AND NOT EXISTS (SELECT 1 FROM keys WHERE destroyed_at IS NULL
           AND (spki = $spki OR (signer = $signer AND sealed = $handle)))
         AND NOT EXISTS (SELECT 1 FROM signers WHERE identity_spki = $spki OR (id = $signer AND identity_handle = $handle))`,
        { id: args.id, signer: args.signer, handle: args.handle, spki: args.spkiDer },
      ) !== undefined,
  ),
};
