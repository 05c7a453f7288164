/** The local children of a trust anchor and which keys are theirs. Never edited once released. */
import type { Migration } from './migrations.ts';

const SQL = `
-- state is JSON. Handles that differ in case only would be one folder on some file systems.
CREATE TABLE ta_children (
  handle TEXT PRIMARY KEY COLLATE NOCASE,
  version INTEGER NOT NULL,
  state TEXT NOT NULL,
  identity_key TEXT NOT NULL UNIQUE REFERENCES keys (id),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The keys in use; one that was revoked leaves in the transaction that destroys it.
CREATE TABLE ta_child_keys (
  handle TEXT NOT NULL COLLATE NOCASE REFERENCES ta_children (handle),
  key_identifier TEXT NOT NULL,
  key_id TEXT NOT NULL UNIQUE REFERENCES keys (id),
  PRIMARY KEY (handle, key_identifier)
) STRICT, WITHOUT ROWID;
`;

export const taChildrenMigration: Migration = { version: 3, sql: SQL };
