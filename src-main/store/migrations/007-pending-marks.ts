/** Marks of PINs that went to what is only pending. Never edited once released. */
import type { Migration } from './migrations.ts';

const SQL = `
-- A signer that is not in force, or another place of one that is, was examined and sent a PIN. place: the settings by which it was, JSON.
-- refused: as in signers. Those of the place that is applied come into force with it; the others go with what was pending.
CREATE TABLE pending_marks (
  signer TEXT NOT NULL, place TEXT NOT NULL, refused TEXT NOT NULL, PRIMARY KEY (signer, place)
) STRICT, WITHOUT ROWID;
`;

export const pendingMarksMigration: Migration = { version: 7, sql: SQL };
