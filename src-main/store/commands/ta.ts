/**
 * The two halves of a trust anchor and their exchanges. State is replaced by compare and set on its version; numbers and
 * nonces are taken in the same transaction, so that a response exists exactly once.
 */
import type { AuditEntry } from '../../audit/audit-record.ts';
import { AppError } from '../../lib/app-error.ts';
import { change, read, type Tx } from '../command.ts';
import type { NewKey, Page, PageRequest, StoredKey } from '../columns.ts';
import { beforeOf } from './cursor.ts';
import { endDraft } from './drafts.ts';
import { findKey, insertKey } from './keys.ts';
import { highestNumber, isTaken, takeNumber, takeOnce } from './ledger.ts';

export type Half = 'signer' | 'proxy';

export interface StoredHalf {
  version: number;
  /** JSON of the half's own making. */
  state: string;
  identityKey: StoredKey;
  anchorKey: StoredKey | null;
  createdAt: string;
}

export interface NewExchange {
  id: string;
  nonce: string;
  /** ISO, when it was answered; imported ones lie in the past. */
  at: string;
  number: string;
  /** JSON. */
  facts: string;
  requestSha256: string;
  responseSha256: string;
  request: Uint8Array;
  response: Uint8Array;
}

/** With both files. */
export type WholeExchange = NewExchange & { half: Half };

export type StoredExchange = Omit<WholeExchange, 'request' | 'response'>;

interface HalfRow {
  version: number;
  state: string;
  identity_key: string;
  anchor_key: string | null;
  created_at: number;
}

interface ExchangeRow {
  seq: number;
  id: string;
  half: Half;
  nonce: string;
  at: number;
  number: string;
  facts: string;
  request_sha256: string;
  response_sha256: string;
}

const exchangeOf = (row: ExchangeRow): StoredExchange => ({
  id: row.id,
  half: row.half,
  nonce: row.nonce,
  at: new Date(row.at).toISOString(),
  number: row.number,
  facts: row.facts,
  requestSha256: row.request_sha256,
  responseSha256: row.response_sha256,
});

export function insertExchange(tx: Tx, half: Half, exchange: NewExchange): void {
  tx.run(
    `INSERT INTO ta_exchanges (id, half, nonce, at, number, facts, request_sha256, response_sha256)
     VALUES ($id, $half, $nonce, $at, $number, $facts, $requestSha256, $responseSha256)`,
    {
      id: exchange.id,
      half,
      nonce: exchange.nonce,
      at: Date.parse(exchange.at),
      number: exchange.number,
      facts: exchange.facts,
      requestSha256: exchange.requestSha256,
      responseSha256: exchange.responseSha256,
    },
  );
  tx.run('INSERT INTO ta_exchange_files (id, request, response) VALUES ($id, $request, $response)', {
    id: exchange.id,
    request: exchange.request,
    response: exchange.response,
  });
}

export function replaceState(tx: Tx, half: Half, version: number, state: string): void {
  const changed = tx.run(
    'UPDATE ta_halves SET state = $state, version = version + 1, updated_at = $at WHERE half = $half AND version = $version',
    { half, version, state, at: tx.atMs },
  );
  if (changed === 0)
    throw new AppError('CONFLICT', 'The trust anchor changed meanwhile. Look at it again, then repeat this.');
}

/**
 * A nonce is answered once. After a restore the ledger may know one whose exchange is gone: Krill's proxy waits for that
 * answer for ever, so it may be given again; so may one that was signed ahead of time (`again`). Throws AppError CONFLICT.
 */
export function takeNonce(tx: Tx, half: Half, scope: string, nonce: string, again: boolean): void {
  const answered =
    !again &&
    tx.get('SELECT 1 FROM ta_exchanges WHERE half = $half AND nonce = $nonce', {
      half,
      nonce,
    });
  if (answered) throw new AppError('CONFLICT', 'This request was answered before; nothing was changed.');
  const value = { kind: 'nonce' as const, scope, value: nonce };
  if (!isTaken(tx, value)) takeOnce(tx, value);
}

/** Where the numbers of manifests and CRLs are counted; `keyId` is the identifier of the key that signs them. */
export const numberScope = (whose: Half | 'child', keyId: string): string => `ta.${whose}:${keyId}`;

export const taCommands = {
  'ta.half': read((tx, { half }: { half: Half }): StoredHalf | null => {
    const row = tx.get<HalfRow>('SELECT * FROM ta_halves WHERE half = $half', { half });
    if (row === undefined) return null;
    return {
      version: row.version,
      state: row.state,
      identityKey: findKey(tx, row.identity_key),
      anchorKey: row.anchor_key === null ? null : findKey(tx, row.anchor_key),
      createdAt: new Date(row.created_at).toISOString(),
    };
  }),
  /** Which state a half is in, or null; for whoever keeps what was read of it. */
  'ta.version': read(
    (tx, { half }: { half: Half }): number | null =>
      tx.get<{ version: number }>('SELECT version FROM ta_halves WHERE half = $half', { half })?.version ??
      null,
  ),
  /** A new half with its keys, and what an imported one has behind it. Throws AppError CONFLICT when there is one. */
  'ta.begin': change(
    (
      tx,
      args: {
        half: Half;
        state: string;
        newKeys: NewKey[];
        identityKey: string;
        anchorKey: string | null;
        /** The number of its first manifest; null for a proxy. */
        number: { keyId: string; number: bigint } | null;
        exchanges: NewExchange[];
        /** What else an imported one has behind it, oldest first. */
        earlier?: readonly AuditEntry[];
        draft: { id: string; revision: number } | null;
      },
    ): void => {
      const { half, state, identityKey, anchorKey } = args;
      if (tx.get('SELECT 1 FROM ta_halves WHERE half = $half', { half }) !== undefined)
        throw new AppError(
          'CONFLICT',
          `This workspace has a trust anchor ${half} already. Use another workspace for a second one.`,
        );
      for (const key of args.newKeys) insertKey(tx, key);
      tx.run(
        `INSERT INTO ta_halves (half, version, state, identity_key, anchor_key, created_at, updated_at)
         VALUES ($half, 1, $state, $identityKey, $anchorKey, $at, $at)`,
        { half, state, identityKey, anchorKey, at: tx.atMs },
      );
      if (args.number !== null)
        takeNumber(tx, numberScope(half, args.number.keyId), args.number.number, 'first');
      for (const exchange of args.exchanges) insertExchange(tx, half, exchange);
      for (const entry of args.earlier ?? []) tx.record(entry);
      endDraft(tx, args.draft, half);
    },
  ),
  /** New state without an exchange: a reissue, new timing; with the number that new objects have. */
  'ta.replace': change(
    (
      tx,
      args: {
        half: Half;
        version: number;
        state: string;
        number?: { keyId: string; number: bigint; reason: string };
      },
    ): void => {
      const { half, version, state, number } = args;
      if (number !== undefined) takeNumber(tx, numberScope(half, number.keyId), number.number, number.reason);
      replaceState(tx, half, version, state);
    },
  ),
  /** The answered request: state, number, nonce and both files at once, or nothing. */
  'ta.exchange': change(
    (
      tx,
      args: {
        half: Half;
        version: number;
        state: string;
        keyId: string;
        number: bigint;
        /** Why the number is not the next one, or "". */
        numberReason: string;
        /** Its nonce may have been answered before. */
        again?: boolean;
        exchange: NewExchange;
      },
    ): void => {
      const scope = numberScope(args.half, args.keyId);
      takeNonce(tx, args.half, scope, args.exchange.nonce, args.again ?? false);
      takeNumber(tx, scope, args.number, args.numberReason);
      replaceState(tx, args.half, args.version, args.state);
      insertExchange(tx, args.half, args.exchange);
    },
  ),
  /** Whether this signer has answered the nonce at any time, also in exchanges that a restore took away. */
  'ta.nonceTaken': read((tx, { half, keyId, nonce }: { half: Half; keyId: string; nonce: string }): boolean =>
    isTaken(tx, { kind: 'nonce', scope: numberScope(half, keyId), value: nonce }),
  ),
  'ta.highest': read((tx, { half, keyId }: { half: Half; keyId: string }): bigint | null =>
    highestNumber(tx, numberScope(half, keyId)),
  ),
  /** Every exchange of a half, oldest first, without its files. */
  'ta.history': read((tx, { half }: { half: Half }): StoredExchange[] =>
    tx
      .all<ExchangeRow>('SELECT * FROM ta_exchanges WHERE half = $half ORDER BY seq', { half })
      .map(exchangeOf),
  ),
  /** Newest first; of one half, or (null) of both. */
  'ta.exchanges': read(
    (
      tx,
      { cursor, limit, half }: Omit<PageRequest, 'query'> & { half: Half | null },
    ): Page<StoredExchange> => {
      const wanted = 'FROM ta_exchanges WHERE half = coalesce($half, half)';
      const rows = tx.all<ExchangeRow>(
        `SELECT * ${wanted} AND seq < $before ORDER BY seq DESC LIMIT $limit`,
        { before: beforeOf(cursor), half, limit: limit + 1 },
      );
      const page = rows.slice(0, limit);
      return {
        total: tx.get<{ count: number }>(`SELECT count(*) AS count ${wanted}`, { half })?.count ?? 0,
        rows: page.map(exchangeOf),
        cursor: rows.length > limit ? String(page.at(-1)?.seq ?? '') : null,
      };
    },
  ),
  /** One with its files. Throws AppError NOT_FOUND. */
  'ta.exchangeFiles': read((tx, { id }: { id: string }): WholeExchange => {
    const row = tx.get<ExchangeRow & { request: Uint8Array; response: Uint8Array }>(
      'SELECT * FROM ta_exchanges JOIN ta_exchange_files USING (id) WHERE id = $id',
      { id },
    );
    if (row === undefined)
      throw new AppError('NOT_FOUND', 'This exchange is not in the workspace.', { ids: [id] });
    return { ...exchangeOf(row), request: row.request, response: row.response };
  }),
};
