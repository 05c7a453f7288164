/** The trust anchor: its two halves and their exchanges. Never edited once released. */
import type { Migration } from './migrations.ts';

const SQL = `
-- The signer and the proxy; one of each at most. state is JSON in Krill's words.
CREATE TABLE ta_halves (
  half TEXT PRIMARY KEY CHECK (half IN ('signer', 'proxy')),
  version INTEGER NOT NULL,
  state TEXT NOT NULL,
  identity_key TEXT NOT NULL REFERENCES keys (id),
  anchor_key TEXT REFERENCES keys (id),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Both files of each exchange as they were, and what lists and reviews ask of them (facts, JSON).
CREATE TABLE ta_exchanges (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  half TEXT NOT NULL,
  nonce TEXT NOT NULL,
  at INTEGER NOT NULL,
  number TEXT NOT NULL,
  facts TEXT NOT NULL,
  request_sha256 TEXT NOT NULL,
  response_sha256 TEXT NOT NULL
) STRICT;
CREATE INDEX ta_exchanges_nonce ON ta_exchanges (half, nonce);
CREATE TABLE ta_exchange_files (
  id TEXT PRIMARY KEY REFERENCES ta_exchanges (id),
  request BLOB NOT NULL,
  response BLOB NOT NULL
) STRICT;
CREATE TRIGGER ta_exchanges_no_update BEFORE UPDATE ON ta_exchanges BEGIN SELECT RAISE(ABORT, 'an exchange does not change'); END;
CREATE TRIGGER ta_exchanges_no_delete BEFORE DELETE ON ta_exchanges BEGIN SELECT RAISE(ABORT, 'an exchange does not go away'); END;
CREATE TRIGGER ta_exchange_files_no_update BEFORE UPDATE ON ta_exchange_files BEGIN SELECT RAISE(ABORT, 'an exchange does not change'); END;
CREATE TRIGGER ta_exchange_files_no_delete BEFORE DELETE ON ta_exchange_files BEGIN SELECT RAISE(ABORT, 'an exchange does not go away'); END;
`;

export const taMigration: Migration = { version: 2, sql: SQL };
