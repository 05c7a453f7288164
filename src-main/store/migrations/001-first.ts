/** The first schema. Never edited once released: a later change is a later migration. */
import type { Migration } from './migrations.ts';

const SQL = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- What may never go back: serials, nonces, numbers, revocations, heads of the audit.
CREATE TABLE ledger (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  scope TEXT NOT NULL,
  value TEXT NOT NULL,
  number INTEGER,
  detail TEXT NOT NULL DEFAULT '',
  at TEXT NOT NULL,
  UNIQUE (kind, scope, value)
) STRICT;
CREATE INDEX ledger_number ON ledger (kind, scope, number);
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'ledger is append-only'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'ledger is append-only'); END;

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  action TEXT NOT NULL,
  outcome TEXT NOT NULL,
  summary TEXT NOT NULL,
  subjects TEXT NOT NULL,
  version TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  mac TEXT NOT NULL
) STRICT;
CREATE INDEX audit_action ON audit (action, seq);
CREATE INDEX audit_at ON audit (at);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE drafts (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  schema_version INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  step TEXT NOT NULL,
  data TEXT NOT NULL,
  signed INTEGER NOT NULL DEFAULT 0,
  result TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE keys (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  label TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  spki BLOB NOT NULL,
  key_identifier TEXT NOT NULL,
  spki_sha256 TEXT NOT NULL,
  signer TEXT NOT NULL,
  source TEXT NOT NULL,
  uses TEXT NOT NULL,
  owner_id TEXT,
  sealed BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  destroyed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX keys_spki ON keys (spki_sha256) WHERE destroyed_at IS NULL;

-- Instants are UTC milliseconds. The DER lies in a table of its own so that lists read compact rows.
CREATE TABLE certificates (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  sha256 TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL COLLATE NOCASE,
  subject TEXT NOT NULL,
  issuer TEXT NOT NULL COLLATE NOCASE,
  subject_name_sha256 TEXT NOT NULL,
  issuer_name_sha256 TEXT NOT NULL,
  serial TEXT NOT NULL,
  not_before INTEGER NOT NULL,
  not_after INTEGER NOT NULL,
  renew_at INTEGER NOT NULL,
  key TEXT NOT NULL,
  spki_sha256 TEXT NOT NULL,
  ski TEXT,
  aki TEXT,
  is_ca INTEGER NOT NULL,
  path_length INTEGER,
  self_signed INTEGER NOT NULL,
  purpose TEXT NOT NULL,
  source TEXT NOT NULL,
  action TEXT NOT NULL,
  issuer_id TEXT REFERENCES certificates (id) ON DELETE SET NULL,
  key_id TEXT REFERENCES keys (id),
  replaces TEXT REFERENCES certificates (id) ON DELETE SET NULL,
  replaced_by TEXT REFERENCES certificates (id) ON DELETE SET NULL,
  lineage TEXT NOT NULL,
  revoked_at INTEGER,
  added_at INTEGER NOT NULL,
  names TEXT NOT NULL,
  serials TEXT NOT NULL
) STRICT;
CREATE TABLE certificate_der (id TEXT PRIMARY KEY REFERENCES certificates (id) ON DELETE CASCADE, der BLOB NOT NULL) STRICT;
CREATE INDEX certificates_name ON certificates (name, seq);
CREATE INDEX certificates_issuer ON certificates (issuer, seq);
CREATE INDEX certificates_not_after ON certificates (not_after, seq);
CREATE INDEX certificates_key ON certificates (key, seq);
CREATE INDEX certificates_subject_name ON certificates (subject_name_sha256);
CREATE INDEX certificates_issuer_name ON certificates (issuer_name_sha256, serial);
CREATE INDEX certificates_spki ON certificates (spki_sha256);
CREATE INDEX certificates_lineage ON certificates (lineage);
CREATE INDEX certificates_key_id ON certificates (key_id);
CREATE INDEX certificates_replaces ON certificates (replaces);
CREATE INDEX certificates_replaced_by ON certificates (replaced_by);
-- Covers counts and the state filter without touching the rows.
CREATE INDEX certificates_state ON certificates
  (issuer_id, is_ca, revoked_at, replaced_by, not_before, not_after, renew_at);

CREATE VIRTUAL TABLE certificate_search USING fts5 (
  name, subject, names, issuer, serials, sha256,
  content = 'certificates', content_rowid = 'seq', prefix = '2 3'
);
CREATE TRIGGER certificates_search_insert AFTER INSERT ON certificates BEGIN
  INSERT INTO certificate_search (rowid, name, subject, names, issuer, serials, sha256)
  VALUES (new.seq, new.name, new.subject, new.names, new.issuer, new.serials, new.sha256);
END;
CREATE TRIGGER certificates_search_delete AFTER DELETE ON certificates BEGIN
  INSERT INTO certificate_search (certificate_search, rowid, name, subject, names, issuer, serials, sha256)
  VALUES ('delete', old.seq, old.name, old.subject, old.names, old.issuer, old.serials, old.sha256);
END;
CREATE TRIGGER certificates_immutable BEFORE UPDATE OF
  id, sha256, name, subject, names, issuer, serials, serial, not_before, not_after, spki_sha256 ON certificates
BEGIN SELECT RAISE(ABORT, 'a certificate does not change'); END;

CREATE TABLE authorities (
  certificate_id TEXT PRIMARY KEY REFERENCES certificates (id) ON DELETE CASCADE,
  purpose TEXT NOT NULL,
  limits TEXT NOT NULL,
  version INTEGER NOT NULL
) STRICT;

CREATE TABLE requests (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  sha256 TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  der BLOB NOT NULL,
  facts TEXT NOT NULL,
  added_at INTEGER NOT NULL
) STRICT;
CREATE TABLE crls (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  sha256 TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  der BLOB NOT NULL,
  facts TEXT NOT NULL,
  added_at INTEGER NOT NULL
) STRICT;
`;

export const firstMigration: Migration = { version: 1, sql: SQL };
