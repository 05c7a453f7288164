/**
 * What a restored database takes over from the one it replaces: ledger, audit and the marks of refused PINs, which never go back.
 * One transaction;
 * everything else in it stays as the backup has it.
 */
import { AppError } from '../../lib/app-error.ts';
import type { StoredAuditRecord } from '../../audit/audit-record.ts';
import { change, read, type SqlValue } from '../command.ts';
import { allMarks, mergeMarks, pendingMarks, setPendingMarks, type SignerMarks } from './pin-marks.ts';
import type { PendingMarks } from '../signer-columns.ts';

interface LedgerRow extends Record<string, SqlValue> {
  kind: string;
  scope: string;
  value: string;
  number: number | null;
  detail: string;
  at: string;
}

/** Audit rows as they stand in the table: nothing is parsed, so nothing changes on the way. */
type AuditRow = Record<keyof StoredAuditRecord, string | number>;

export interface History {
  ledger: LedgerRow[];
  records: AuditRow[];
  marks: SignerMarks[];
  pendingMarks: PendingMarks[];
  /**
   * Settings that belong to what lies beside the database and not to the backup: the recovery key that was not typed back yet, a
   * change that was begun, which header is in force, that there is a signed head, that this is a restored copy. null: the backup's own header comes with it.
   */
  ofHeader: { name: string; value: string }[] | null;
}

const OF_HEADER = "'recoveryKey', 'headerChange', 'headerInForce', 'signedHead', 'restoredCopy'";

export const restoreCommands = {
  'restore.history': read((tx, _args: Record<string, never>): History => ({
    ledger: tx.all<LedgerRow>('SELECT kind, scope, value, number, detail, at FROM ledger ORDER BY seq'),
    records: tx.all<AuditRow>('SELECT * FROM audit ORDER BY seq'),
    marks: allMarks(tx),
    pendingMarks: pendingMarks(tx),
    ofHeader: tx.all<{ name: string; value: string }>(
      `SELECT name, value FROM settings WHERE name IN (${OF_HEADER})`,
    ),
  })),
  /** Throws AppError CONFLICT when the two audits are not one line of history. */
  'restore.adopt': change(
    (tx, { ledger, records, marks, pendingMarks: ofPending, ofHeader }: History): void => {
      const own = tx.all<{ seq: number; hash: string }>(
        'SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1',
      )[0];
      const common = Math.min(own?.seq ?? 0, records.length);
      const here = tx.get<{ hash: string }>('SELECT hash FROM audit WHERE seq = $seq', { seq: common })?.hash;
      if (common > 0 && records[common - 1]?.hash !== here)
        throw new AppError(
          'CONFLICT',
          'This backup is of another line of history: its audit is not the beginning of this one. Restore it into a new folder.',
        );
      for (const row of ledger)
        tx.run(
          'INSERT OR IGNORE INTO ledger (kind, scope, value, number, detail, at) VALUES ($kind, $scope, $value, $number, $detail, $at)',
          row,
        );
      for (const record of records.slice(own?.seq ?? 0))
        tx.run(
          'INSERT INTO audit (seq, at, action, outcome, summary, subjects, version, previous, hash, mac) VALUES ($seq, $at, $action, $outcome, $summary, $subjects, $version, $previous, $hash, $mac)',
          record,
        );
      for (const signer of marks) mergeMarks(tx, signer);
      for (const one of ofPending) setPendingMarks(tx, one);
      if (ofHeader === null) return;
      tx.run(`DELETE FROM settings WHERE name IN (${OF_HEADER})`);
      for (const row of ofHeader) tx.run('INSERT INTO settings (name, value) VALUES ($name, $value)', row);
    },
  ),
};
