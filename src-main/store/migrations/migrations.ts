/** The numbered migrations in order: append, never edit. Running them is migrate.ts's work. */
import { firstMigration } from './001-first.ts';
import { taMigration } from './002-ta.ts';
import { taChildrenMigration } from './003-ta-children.ts';
import { signersMigration } from './004-signers.ts';
import { keysOnDevicesMigration } from './005-keys-on-devices.ts';
import { identityKeysMigration } from './006-identity-keys.ts';
import { pendingMarksMigration } from './007-pending-marks.ts';

export interface Migration {
  /** The schema version it leads to (SQLite's user_version). */
  version: number;
  sql: string;
}

export const MIGRATIONS: readonly Migration[] = [
  firstMigration,
  taMigration,
  taChildrenMigration,
  signersMigration,
  keysOnDevicesMigration,
  identityKeysMigration,
  pendingMarksMigration,
];
