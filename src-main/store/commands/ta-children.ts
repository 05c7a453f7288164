/**
 * The local children of a trust anchor: state by compare and set, keys that come and go with it, numbers of manifests and CRLs
 * taken in the same transaction. It does not look into the state.
 */
import { AppError } from '../../lib/app-error.ts';
import { change, read, type Tx } from '../command.ts';
import type { NewKey, StoredKey } from '../columns.ts';
import { giveUpKey, findKey, insertKey } from './keys.ts';
import { highestNumber, takeNumber } from './ledger.ts';
import { numberScope } from './ta.ts';

export interface StoredChild {
  handle: string;
  version: number;
  /** JSON of the child's own making. */
  state: string;
  identityKey: StoredKey;
  /** With the highest number ever signed by each; after a restore it may be above what the state says. */
  keys: { key: StoredKey; highest: bigint | null }[];
  createdAt: string;
}

interface Row {
  handle: string;
  version: number;
  state: string;
  identity_key: string;
  created_at: number;
}

function childOf(tx: Tx, row: Row): StoredChild {
  const keys = tx.all<{ key_id: string; key_identifier: string }>(
    'SELECT key_id, key_identifier FROM ta_child_keys WHERE handle = $handle',
    { handle: row.handle },
  );
  return {
    handle: row.handle,
    version: row.version,
    state: row.state,
    identityKey: findKey(tx, row.identity_key),
    keys: keys.map(({ key_id, key_identifier }) => ({
      key: findKey(tx, key_id),
      highest: highestNumber(tx, numberScope('child', key_identifier)),
    })),
    createdAt: new Date(row.created_at).toISOString(),
  };
}

function addKeys(tx: Tx, handle: string, keys: readonly NewKey[]): void {
  for (const key of keys) {
    insertKey(tx, key);
    tx.run('INSERT INTO ta_child_keys (handle, key_identifier, key_id) VALUES ($handle, $identifier, $id)', {
      handle,
      identifier: key.keyIdentifier,
      id: key.id,
    });
  }
}

/** Whose key `keyId` (upper-case hex) is: the workspace's id. Throws AppError CONFLICT when it is no longer in use. */
function keyInUse(tx: Tx, handle: string, keyId: string): string {
  const row = tx.get<{ key_id: string }>(
    'SELECT key_id FROM ta_child_keys WHERE handle = $handle AND key_identifier = $keyId',
    { handle, keyId },
  );
  if (row === undefined)
    throw new AppError('CONFLICT', `The key ${keyId} is no longer one of ${handle}. Look at it again.`);
  return row.key_id;
}

export const taChildCommands = {
  /** All of them, by handle. */
  'ta.children': read((tx, _args: Record<string, never>): StoredChild[] =>
    tx.all<Row>('SELECT * FROM ta_children ORDER BY handle').map((row) => childOf(tx, row)),
  ),
  /** Throws AppError NOT_FOUND. */
  'ta.child': read((tx, { handle }: { handle: string }): StoredChild => {
    const row = tx.get<Row>('SELECT * FROM ta_children WHERE handle = $handle', { handle });
    if (row === undefined)
      throw new AppError('NOT_FOUND', `There is no local child called ${handle} in this workspace.`);
    return childOf(tx, row);
  }),
  /** A new child with its identity and first key. Throws AppError CONFLICT when there is one of that handle. */
  'ta.childBegin': change(
    (tx, args: { handle: string; state: string; identityKey: NewKey; keys: NewKey[] }): void => {
      const { handle, state, identityKey } = args;
      if (tx.get('SELECT 1 FROM ta_children WHERE handle = $handle', { handle }) !== undefined)
        throw new AppError('CONFLICT', `There is a local child called ${handle} already.`);
      insertKey(tx, identityKey);
      tx.run(
        `INSERT INTO ta_children (handle, version, state, identity_key, created_at, updated_at)
         VALUES ($handle, 1, $state, $identityKey, $at, $at)`,
        { handle, state, identityKey: identityKey.id, at: tx.atMs },
      );
      addKeys(tx, handle, args.keys);
    },
  ),
  /** The next state with the keys it adds and ends, and the numbers it signed. Throws AppError CONFLICT. */
  'ta.childReplace': change(
    (
      tx,
      args: {
        handle: string;
        version: number;
        state: string;
        newKeys: NewKey[];
        /** Key identifiers, upper-case hex. */
        destroyed: string[];
        numbers: { keyId: string; number: bigint }[];
      },
    ): void => {
      const { handle, version, state } = args;
      const changed = tx.run(
        `UPDATE ta_children SET state = $state, version = version + 1, updated_at = $at
         WHERE handle = $handle AND version = $version`,
        { handle, version, state, at: tx.atMs },
      );
      if (changed === 0)
        throw new AppError(
          'CONFLICT',
          `The child ${handle} changed meanwhile. Look at it again, then repeat this.`,
        );
      for (const { keyId, number } of args.numbers) {
        keyInUse(tx, handle, keyId);
        takeNumber(tx, numberScope('child', keyId), number, '');
      }
      addKeys(tx, handle, args.newKeys);
      for (const keyId of args.destroyed) {
        const id = keyInUse(tx, handle, keyId);
        tx.run('DELETE FROM ta_child_keys WHERE key_id = $id', { id });
        giveUpKey(tx, id);
      }
    },
  ),
  /** The child is gone with all its keys; what the history says of it stays. Throws AppError CONFLICT. */
  'ta.childEnd': change((tx, { handle, version }: { handle: string; version: number }): void => {
    const row = tx.get<Row>('SELECT * FROM ta_children WHERE handle = $handle AND version = $version', {
      handle,
      version,
    });
    if (row === undefined)
      throw new AppError(
        'CONFLICT',
        `The child ${handle} changed meanwhile. Look at it again, then repeat this.`,
      );
    const { identityKey, keys } = childOf(tx, row);
    tx.run('DELETE FROM ta_child_keys WHERE handle = $handle', { handle });
    tx.run('DELETE FROM ta_children WHERE handle = $handle', { handle });
    for (const { id } of [identityKey, ...keys.map(({ key }) => key)]) giveUpKey(tx, id);
  }),
};
