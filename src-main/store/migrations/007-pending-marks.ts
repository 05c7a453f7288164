/** Marks of PINs that went to what is only pending, and the PINs that were taken for signatures. Never edited once released. */
import type { Migration } from './migrations.ts';

const SQL = `
-- A signer that is not in force, or another place of one that is, was examined and sent a PIN. place: the settings by which it was, JSON.
-- refused: as in signers. Those of the place that is applied come into force with it; the others go with what was pending.
CREATE TABLE pending_marks (
  signer TEXT NOT NULL, place TEXT NOT NULL, refused TEXT NOT NULL, PRIMARY KEY (signer, place)
) STRICT, WITHOUT ROWID;
-- JSON: salted hashes of the PINs that the device took for a signature, each with the device; a kept one of them is sent for the next by itself.
ALTER TABLE signers ADD COLUMN signed TEXT NOT NULL DEFAULT '[]';
`;

export const pendingMarksMigration: Migration = { version: 7, sql: SQL };
