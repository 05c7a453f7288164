/** Keys: public half, owner and sealed handle. Key material is sealed before it comes here and opened nowhere in the store. */
import { shownText } from '#shared/hidden-characters.ts';
import type { KeyAlgorithm, KeyUse } from '#shared/contract/keys.ts';
import { AppError } from '../../lib/app-error.ts';
import { change, read, type SqlValue, type Tx } from '../command.ts';
import type { ListedKey, NewKey, Page, PageRequest, StoredKey } from '../columns.ts';
import { beforeOf } from './cursor.ts';
import { likeConditions } from './like.ts';
import { requireNoIdentity } from './identity-keys.ts';
import { forgetUnfinished, rememberUnfinished } from './unfinished-keys.ts';

interface Row {
  seq: number;
  id: string;
  label: string;
  algorithm: KeyAlgorithm;
  spki: Uint8Array;
  key_identifier: string;
  spki_sha256: string;
  signer: string;
  source: 'generated' | 'imported';
  uses: string;
  sealed: Uint8Array;
  created_at: number;
  may_leave: number;
}

/** What a key is to the trust anchor, in words; null when it is nothing to it. */
function useByTa(tx: Tx, id: string): string | null {
  const half = tx.get<{ half: string; identity: number }>(
    'SELECT half, identity_key = $id AS identity FROM ta_halves WHERE identity_key = $id OR anchor_key = $id',
    { id },
  );
  if (half === undefined) return null;
  return half.identity === 1 ? `Trust anchor, identity of the ${half.half}` : 'Trust anchor, its own key';
}

/** The child whose key it is; null when it is none's. */
function childOf(tx: Tx, id: string): { handle: string; identity: boolean } | null {
  const found = tx.get<{ handle: string; identity: number }>(
    `SELECT handle, 1 AS identity FROM ta_children WHERE identity_key = $id
     UNION SELECT handle, 0 AS identity FROM ta_child_keys WHERE key_id = $id`,
    { id },
  );
  return found === undefined ? null : { handle: found.handle, identity: found.identity === 1 };
}

const KNOWN_TO = { signer: 'its proxy', proxy: 'signer, children and publication server' };

/** Why the trust anchor or a child of it needs this key, and how it ends, by its use; null: neither does. */
function whyKept(tx: Tx, id: string): string | null {
  const half = tx.get<{ half: 'signer' | 'proxy'; identity: number }>(
    'SELECT half, identity_key = $id AS identity FROM ta_halves WHERE identity_key = $id OR anchor_key = $id',
    { id },
  );
  if (half !== undefined)
    return half.identity === 1
      ? `It is the identity of the trust anchor's ${half.half}: ${KNOWN_TO[half.half]} would answer no other, and it cannot be rolled.`
      : 'It is the key of the trust anchor, which every TAL names: without it the trust anchor is lost.';
  const child = childOf(tx, id);
  if (child === null) return null;
  return child.identity
    ? `It is the identity of the child ${child.handle}, by which its parent knows it: it cannot be rolled, and ends when the child is deleted.`
    : `It is a key of the child ${child.handle}: roll the key there, and this one is destroyed by itself.`;
}

function listed(tx: Tx, row: Row): ListedKey {
  const certificates = tx.all<{ id: string; name: string }>(
    'SELECT id, name FROM certificates WHERE key_id = $id ORDER BY seq DESC LIMIT 100',
    { id: row.id },
  );
  const trustAnchor = useByTa(tx, row.id);
  const child = childOf(tx, row.id)?.handle ?? null;
  return {
    id: row.id,
    label: shownText(row.label),
    algorithm: row.algorithm,
    spkiDer: row.spki,
    keyIdentifier: row.key_identifier,
    spkiSha256: row.spki_sha256,
    signer: row.signer,
    source: row.source,
    uses: JSON.parse(row.uses) as KeyUse[],
    mayLeave: row.may_leave === 1,
    createdAt: new Date(row.created_at).toISOString(),
    ownerId: certificates[0]?.id ?? null,
    owner: certificates[0]?.name ?? trustAnchor ?? (child === null ? '' : `Child ${child}`),
    trustAnchor,
    child,
    kept: whyKept(tx, row.id),
    certificates,
  };
}

function findRow(tx: Tx, id: string): Row {
  const row = tx.get<Row>('SELECT * FROM keys WHERE id = $id AND destroyed_at IS NULL', { id });
  if (row === undefined)
    throw new AppError('NOT_FOUND', 'This key is no longer in the workspace.', { ids: [id] });
  return row;
}

/** A device's key whose signer was removed while it was made would be lost for every use. */
function requireSigner(tx: Tx, signer: string): void {
  if (signer === 'software' || tx.get('SELECT id FROM signers WHERE id = $signer', { signer }) !== undefined)
    return;
  throw new AppError(
    'CONFLICT',
    'The signer of this key was removed meanwhile. Choose another signer and do it again.',
    { ids: [signer] },
  );
}

/** H-029: what its device does not promise is on record with the key. */
function recordMayLeave(tx: Tx, key: NewKey): void {
  tx.record({
    action: 'signers.keyMayLeave',
    outcome: 'done',
    summary: `The device of the key "${key.label}" (${key.keyIdentifier}) may give it away: it does not say that it keeps the private half to itself`,
    subjects: [
      { type: 'key', id: key.id, sha256: key.spkiSha256 },
      { type: 'signer', id: key.signer, sha256: null },
    ],
  });
}

/** Throws AppError CONFLICT when the same key is there already, or when its signer is not there any more. */
export function insertKey(tx: Tx, key: NewKey): void {
  requireSigner(tx, key.signer);
  const known = tx.get<{ id: string; label: string }>(
    'SELECT id, label FROM keys WHERE spki_sha256 = $spki AND destroyed_at IS NULL',
    { spki: key.spkiSha256 },
  );
  if (known !== undefined)
    throw new AppError('CONFLICT', `This key is in the workspace already, as "${known.label}".`, {
      ids: [known.id],
    });
  tx.run(
    `INSERT INTO keys (id, label, algorithm, spki, key_identifier, spki_sha256, signer, source, uses, sealed, created_at, may_leave)
     VALUES ($id, $label, $algorithm, $spki, $keyIdentifier, $spkiSha256, $signer, $source, $uses, $sealed, $at, $mayLeave)`,
    {
      id: key.id,
      label: key.label,
      algorithm: key.algorithm,
      spki: key.spkiDer,
      keyIdentifier: key.keyIdentifier,
      spkiSha256: key.spkiSha256,
      signer: key.signer,
      source: key.source,
      uses: JSON.stringify(key.uses),
      sealed: key.sealed,
      at: tx.atMs,
      mayLeave: key.mayLeave ? 1 : 0,
    },
  );
  if (key.mayLeave) recordMayLeave(tx, key);
  forgetUnfinished(tx, { signer: key.signer, handle: key.sealed, spkiSha256: key.spkiSha256 });
  // Certificates that were imported before their key.
  tx.run('UPDATE certificates SET key_id = $id WHERE spki_sha256 = $spki', {
    id: key.id,
    spki: key.spkiSha256,
  });
}

/** With its sealed handle. Throws AppError NOT_FOUND. */
export function findKey(tx: Tx, id: string): StoredKey {
  const row = findRow(tx, id);
  return { ...listed(tx, row), sealed: row.sealed };
}

/** Throws AppError NOT_FOUND, NOT_ALLOWED_NOW with the ids of what needs it: certificates that still live at `at` (ms). */
function requireDestroyable(tx: Tx, id: string, at: number): void {
  findRow(tx, id);
  const kept = whyKept(tx, id);
  if (kept !== null) throw new AppError('NOT_ALLOWED_NOW', kept);
  requireNoIdentity(tx, id);
  const needing = tx.all<{ id: string; name: string }>(
    'SELECT id, name FROM certificates WHERE key_id = $id AND not_after >= $now AND revoked_at IS NULL AND replaced_by IS NULL',
    { id, now: at },
  );
  if (needing.length === 0) return;
  const names = needing.slice(0, 5).map(({ name }) => name);
  throw new AppError(
    'NOT_ALLOWED_NOW',
    `It is still used by ${names.join(', ')}. Replace or forget ${needing.length === 1 ? 'it' : 'them'} first.`,
    { ids: needing.map((row) => row.id) },
  );
}

/** Ends a key that may lie on a device, which is to destroy it after this transaction; until it has, it is unfinished. */
export function giveUpKey(tx: Tx, id: string): void {
  const { signer, sealed, spki_sha256: spkiSha256 } = findRow(tx, id);
  rememberUnfinished(tx, { id, signer, handle: sealed, spkiSha256, device: null });
  destroyKey(tx, id);
}

/** Ends a key for ever, inside the caller's transaction: secure_delete overwrites the freed pages. */
function destroyKey(tx: Tx, id: string): void {
  // The public half stays for the history.
  tx.run(`UPDATE keys SET sealed = x'', destroyed_at = $at WHERE id = $id`, { id, at: tx.atMs });
}

export const keyCommands = {
  'keys.add': change((tx, { key }: { key: NewKey }): void => insertKey(tx, key)),
  /** By time of making, newest first. */
  'keys.list': read((tx, { query, cursor, limit }: PageRequest): Page<ListedKey> => {
    const parameters: Record<string, SqlValue> = {};
    const where = `destroyed_at IS NULL${likeConditions(query, ['label', 'key_identifier', 'algorithm', 'signer'], parameters)}`;
    const total = tx.get<{ count: number }>(`SELECT count(*) AS count FROM keys WHERE ${where}`, parameters);
    const rows = tx.all<Row>(
      `SELECT * FROM keys WHERE ${where} AND seq < $before ORDER BY seq DESC LIMIT $limit`,
      { ...parameters, before: beforeOf(cursor), limit: limit + 1 },
    );
    const page = rows.slice(0, limit);
    return {
      total: total?.count ?? 0,
      rows: page.map((row) => listed(tx, row)),
      cursor: rows.length > limit ? String(page.at(-1)?.seq ?? '') : null,
    };
  }),
  /** The keys of one signer, newest first, `limit` at most. */
  'keys.ofSigner': read((tx, { signer, limit }: { signer: string; limit: number }) => ({
    total:
      tx.get<{ count: number }>(
        'SELECT count(*) AS count FROM keys WHERE signer = $signer AND destroyed_at IS NULL',
        { signer },
      )?.count ?? 0,
    rows: tx.all<{ id: string; label: string }>(
      'SELECT id, label FROM keys WHERE signer = $signer AND destroyed_at IS NULL ORDER BY seq DESC LIMIT $limit',
      { signer, limit },
    ),
  })),
  'keys.get': read((tx, { id }: { id: string }): StoredKey => findKey(tx, id)),
  'keys.rename': change((tx, { id, label }: { id: string; label: string }): void => {
    findRow(tx, id);
    tx.run('UPDATE keys SET label = $label WHERE id = $id', { id, label });
  }),
  /** Throws what `keys.destroy` would: the device is asked to destroy it first. */
  'keys.requireDestroyable': read((tx, { id, at }: { id: string; at: number }): void =>
    requireDestroyable(tx, id, at),
  ),
  /** Throws AppError NOT_FOUND, NOT_ALLOWED_NOW with the ids of what needs it. */
  'keys.destroy': change((tx, { id }: { id: string }): void => {
    requireDestroyable(tx, id, tx.atMs);
    destroyKey(tx, id);
  }),
};
