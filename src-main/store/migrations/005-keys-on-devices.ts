/** Keys on devices that are not kept yet or not any more, and those that their device may give away. Never edited once released. */
import type { Migration } from './migrations.ts';

const SQL = `
-- A key that is being made on a device, or has to be destroyed there. The row is older than the key: whoever is killed in
-- between finds it again by its handle. It ends with the key's row in keys, or when the device has destroyed it.
-- spki_sha256: of its public half, once that is known; until then the handle is a random name. device: the serial of the one that was
-- asked to make it. Both decide whether what lies under the handle is this key.
CREATE TABLE unfinished_keys (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  signer TEXT NOT NULL,
  handle BLOB NOT NULL,
  spki_sha256 TEXT,
  device TEXT,
  at INTEGER NOT NULL
) STRICT;

-- 1: the device does not say that it keeps the private key to itself.
ALTER TABLE keys ADD COLUMN may_leave INTEGER NOT NULL DEFAULT 0;
`;

export const keysOnDevicesMigration: Migration = { version: 5, sql: SQL };
