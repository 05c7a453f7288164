/** The ledger: values that are used once for ever (serials, nonces) and numbers that only grow. */
import { AppError } from '../../lib/app-error.ts';
import { change, read, type Tx } from '../command.ts';

export interface LedgerValue {
  kind: 'serial' | 'nonce';
  /** Whose values these are: an issuer's key, a proxy. */
  scope: string;
  value: string;
}

export function isTaken(tx: Tx, { kind, scope, value }: LedgerValue): boolean {
  const sql = 'SELECT 1 FROM ledger WHERE kind = $kind AND scope = $scope AND value = $value';
  return tx.get(sql, { kind, scope, value }) !== undefined;
}

/** Takes a value for ever, inside the caller's transaction. Throws AppError CONFLICT when it was used before. */
export function takeOnce(tx: Tx, { kind, scope, value }: LedgerValue): void {
  if (isTaken(tx, { kind, scope, value }))
    throw new AppError('CONFLICT', `This ${kind} was used before; nothing was changed.`);
  tx.run('INSERT INTO ledger (kind, scope, value, at) VALUES ($kind, $scope, $value, $at)', {
    kind,
    scope,
    value,
    at: tx.at,
  });
}

/** The highest number ever taken in `scope`, or null. Restored databases keep what was taken after their backup. */
export function highestNumber(tx: Tx, scope: string): bigint | null {
  const row = tx.get<{ value: string }>(
    "SELECT value FROM ledger WHERE kind = 'number' AND scope = $scope ORDER BY length(value) DESC, value DESC LIMIT 1",
    { scope },
  );
  return row === undefined ? null : BigInt(row.value);
}

/** Takes a number that must be higher than all before it. Throws AppError CONFLICT. */
export function takeNumber(tx: Tx, scope: string, number: bigint, detail: string): void {
  const highest = highestNumber(tx, scope);
  if (highest !== null && number <= highest)
    throw new AppError(
      'CONFLICT',
      `Number ${number} is not above ${highest}, which was used already; nothing was changed.`,
    );
  tx.run(
    "INSERT INTO ledger (kind, scope, value, detail, at) VALUES ('number', $scope, $value, $detail, $at)",
    { scope, value: String(number), detail, at: tx.at },
  );
}

export const ledgerCommands = {
  'ledger.take': change((tx, value: LedgerValue): void => takeOnce(tx, value)),
  'ledger.has': read((tx, value: LedgerValue): boolean => isTaken(tx, value)),
};
