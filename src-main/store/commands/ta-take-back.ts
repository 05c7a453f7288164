/** Own responses that a restored signer takes back, and the exchanges that it went on without. */
import { change, read } from '../command.ts';
import { highestNumber, takeNumber } from './ledger.ts';
import { type Half, insertExchange, type NewExchange, numberScope, replaceState, takeNonce } from './ta.ts';

/** Why a number was taken above what was set aside; the number of the response that was taken back follows. */
export const TOOK_BACK = 'took back ';

export const taTakeBackCommands = {
  /**
   * An own response that a restore took away, as the state again. Its nonce and number are in the ledger already, or come into it;
   * `next`: the number of what was made anew above it; `exchange` null: its request is not here, and `setting` tells of it.
   */
  'ta.takeBack': change(
    (
      tx,
      args: {
        version: number;
        state: string;
        keyId: string;
        nonce: string;
        number: bigint;
        next: { number: bigint; reason: string } | null;
        exchange: NewExchange | null;
        setting: { name: string; value: string } | null;
      },
    ): void => {
      const { version, state, keyId, nonce, number, next, exchange, setting } = args;
      const scope = numberScope('signer', keyId);
      takeNonce(tx, 'signer', scope, nonce, false);
      const highest = highestNumber(tx, scope);
      if (highest === null || number > highest) takeNumber(tx, scope, number, '');
      if (next !== null) takeNumber(tx, scope, next.number, next.reason);
      replaceState(tx, 'signer', version, state);
      if (exchange !== null) insertExchange(tx, 'signer', exchange);
      if (setting !== null)
        tx.run(
          'INSERT INTO settings VALUES ($name, $value) ON CONFLICT (name) DO UPDATE SET value = $value',
          setting,
        );
    },
  ),
  /**
   * The exchanges that the signer went on without: `ahead`, a number above theirs was taken, with a reason, at a time before theirs (that
   * of an import, "first", says nothing of the ones that came along); else a response with a number below theirs was taken back
   * (`TOOK_BACK`), and all that was signed without it was set aside.
   */
  'ta.setAside': read(
    (tx, { half, keyId }: { half: Half; keyId: string }): { id: string; ahead: boolean }[] =>
      tx
        .all<{ id: string; ahead: number; replaced: number }>(
          `SELECT id, EXISTS (
           SELECT 1 FROM ledger WHERE kind = 'number' AND scope = $scope AND detail NOT IN ('', 'first')
             AND (length(value), value) > (length(e.number), e.number)
             AND at < strftime('%Y-%m-%dT%H:%M:%fZ', e.at / 1000.0, 'unixepoch')) AS ahead,
         EXISTS (
           SELECT 1 FROM ledger WHERE kind = 'number' AND scope = $scope AND detail LIKE $back || '%'
             AND (length(value), value) > (length(e.number), e.number)
             AND (length(e.number), e.number) > (length(substr(detail, $from)), substr(detail, $from)))
         AND NOT EXISTS (
           SELECT 1 FROM ledger WHERE kind = 'number' AND scope = $scope AND detail = $back || e.number) AS replaced
         FROM ta_exchanges AS e WHERE half = $half`,
          { half, scope: numberScope(half, keyId), back: TOOK_BACK, from: TOOK_BACK.length + 1 },
        )
        .filter(({ ahead, replaced }) => ahead === 1 || replaced === 1)
        .map(({ id, ahead }) => ({ id, ahead: ahead === 1 })),
  ),
};
