/** Drafts of wizards: JSON with a revision that a writer must name, so that a second writer is refused. */
import { AppError } from '../../lib/app-error.ts';
import { change, read, type Tx, write } from '../command.ts';

export interface StoredDraft {
  id: string;
  kind: string;
  schemaVersion: number;
  revision: number;
  step: string;
  data: string;
  signed: boolean;
  result: string | null;
  updatedAt: string;
}

interface Row {
  id: string;
  kind: string;
  schema_version: number;
  revision: number;
  step: string;
  data: string;
  signed: number;
  result: string | null;
  updated_at: number;
}

function draftOf(row: Row): StoredDraft {
  return {
    id: row.id,
    kind: row.kind,
    schemaVersion: row.schema_version,
    revision: row.revision,
    step: row.step,
    data: row.data,
    signed: row.signed === 1,
    result: row.result,
    updatedAt: new Date(row.updated_at).toISOString(),
  };
}

/** Throws AppError NOT_FOUND. */
export function findDraft(tx: Tx, id: string): StoredDraft {
  const row = tx.get<Row>('SELECT * FROM drafts WHERE id = $id', { id });
  if (row === undefined)
    throw new AppError('NOT_FOUND', 'This draft is no longer there: it was finished or cancelled.');
  return draftOf(row);
}

/** A reload of a wizard's last step finds what was signed for so long. */
const KEEP_SIGNED_MS = 86_400_000;
const KEEP_UNTOUCHED_MS = 86_400_000;
/** So many of the oldest are looked at with each signature: more than come to be, and never the whole table. */
const LOOKED_AT = 100;

/**
 * Ends the draft of what was just signed: it can neither be changed nor cancelled, and goes with the first signature a day
 * later. Throws AppError CONFLICT when it is not the one that was reviewed.
 */
export function endDraft(tx: Tx, draft: { id: string; revision: number } | null, result: string): void {
  if (draft === null) return;
  const stored = findDraft(tx, draft.id);
  if (stored.signed || stored.revision !== draft.revision)
    throw new AppError('CONFLICT', 'This draft was changed in another window. Review it again.');
  tx.run(
    `UPDATE drafts SET signed = 1, result = $result, step = 'result', revision = revision + 1, updated_at = $at WHERE id = $id`,
    { id: draft.id, result, at: tx.atMs },
  );
  tx.run(
    `DELETE FROM drafts WHERE updated_at < $before
       AND rowid IN (SELECT rowid FROM drafts WHERE signed = 1 ORDER BY rowid LIMIT $most)`,
    { before: tx.atMs - KEEP_SIGNED_MS, most: LOOKED_AT },
  );
}

export interface DraftContent {
  schemaVersion: number;
  step: string;
  data: string;
}

export const draftCommands = {
  /** What is not signed yet, last changed first. */
  'drafts.list': read((tx, _args: Record<string, never>) =>
    tx.all<Row>('SELECT * FROM drafts WHERE signed = 0 ORDER BY updated_at DESC').map(draftOf),
  ),
  'drafts.get': read((tx, { id }: { id: string }) => findDraft(tx, id)),
  'drafts.create': write(
    (
      tx,
      { id, kind, schemaVersion, step, data }: DraftContent & { id: string; kind: string },
    ): StoredDraft => {
      // A wizard that was opened, left and never touched waits for nobody; a day later nobody comes back to it either.
      tx.run('DELETE FROM drafts WHERE signed = 0 AND revision = 1 AND updated_at < $before', {
        before: tx.atMs - KEEP_UNTOUCHED_MS,
      });
      tx.run(
        'INSERT INTO drafts (id, kind, schema_version, revision, step, data, created_at, updated_at) VALUES ($id, $kind, $schemaVersion, 1, $step, $data, $at, $at)',
        { id, kind, schemaVersion, step, data, at: tx.atMs },
      );
      return findDraft(tx, id);
    },
  ),
  /** Throws AppError CONFLICT when another window saved in between, NOT_ALLOWED_NOW after signing, NOT_FOUND for another wizard's. */
  'drafts.save': write(
    (
      tx,
      {
        id,
        kind,
        revision,
        schemaVersion,
        step,
        data,
      }: DraftContent & { id: string; kind: string; revision: number },
    ): StoredDraft => {
      const stored = findDraft(tx, id);
      if (stored.kind !== kind) throw new AppError('NOT_FOUND', 'This draft is of another wizard.');
      if (stored.signed)
        throw new AppError('NOT_ALLOWED_NOW', 'This draft was signed; it can no longer be changed.');
      if (stored.revision !== revision)
        throw new AppError('CONFLICT', 'This draft was changed in another window. Reload it and try again.');
      tx.run(
        'UPDATE drafts SET revision = revision + 1, schema_version = $schemaVersion, step = $step, data = $data, updated_at = $at WHERE id = $id',
        { id, schemaVersion, step, data, at: tx.atMs },
      );
      return findDraft(tx, id);
    },
  ),
  /** A draft that no schema of this version can read: dropped without asking, with a notice by the caller. */
  'drafts.drop': write(
    (tx, { id }: { id: string }): void =>
      void tx.run('DELETE FROM drafts WHERE id = $id AND signed = 0', { id }),
  ),
  'drafts.cancel': change((tx, { id }: { id: string }): void => {
    if (findDraft(tx, id).signed)
      throw new AppError('NOT_ALLOWED_NOW', 'It was signed already; what was made stays. Forget it instead.');
    tx.run('DELETE FROM drafts WHERE id = $id', { id });
  }),
};
