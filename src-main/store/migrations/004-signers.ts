/** The signers: how they are configured, which device is whose, and who is for what. Never edited once released. */
import type { Migration } from './migrations.ts';

const SQL = `
-- What is in force. settings, refused and device are JSON; the secret is sealed by the vault. An identity key that lies on
-- the device tells it from any other that comes under its name.
CREATE TABLE signers (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  settings TEXT,
  sealed BLOB,
  identity_spki BLOB,
  identity_handle BLOB,
  serial TEXT,
  bound_at INTEGER,
  refused TEXT NOT NULL DEFAULT '[]',
  device TEXT
) STRICT;
INSERT INTO signers (id, name, kind) VALUES ('software', 'Software', 'software');

-- One row. pending is the configuration that is not applied yet, JSON; NULL: nothing is pending.
CREATE TABLE signer_config (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  revision INTEGER NOT NULL,
  default_signer TEXT,
  one_off_signer TEXT,
  pending TEXT
) STRICT;
INSERT INTO signer_config (one, revision) VALUES (1, 1);

CREATE INDEX keys_signer ON keys (signer) WHERE destroyed_at IS NULL;
`;

export const signersMigration: Migration = { version: 4, sql: SQL };
