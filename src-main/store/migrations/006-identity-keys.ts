/** Identity keys outlive their signers: they stay on their device. Never edited once released. */
import type { Migration } from './migrations.ts';

const SQL = `
-- Every key by which a signer of this workspace knew its device again. spki: SubjectPublicKeyInfo, DER. name: of the signer, as it
-- was last. A row stays when its signer is removed or bound anew, because the key stays where it lies.
CREATE TABLE identity_keys (spki BLOB PRIMARY KEY, signer TEXT NOT NULL, name TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO identity_keys SELECT identity_spki, id, name FROM signers WHERE identity_spki IS NOT NULL;
`;

export const identityKeysMigration: Migration = { version: 6, sql: SQL };
