// 100,000 certificates in a workspace, kept a thousand a transaction as an import would: first page, filter, search and
// counts through the store's worker, beside bare SQLite under the same cipher with one table, one index for each question.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InventoryQuery } from '../src-main/store/commands/inventory.ts';
import { openDatabase } from '../src-main/store/database.ts';
import { testCertificate } from '../src-main/testing/test-certificate.ts';
import { testVault } from '../src-main/testing/test-workspace.ts';
import { inTurn, type Timed } from './measure.ts';

const ROWS = 100_000;
const BATCH = 1000;
const PAGE = 100;
/** Four questions a round: one alone is too short for a clock. */
const PIECES = 4;

const ASKED: InventoryQuery = {
  query: '',
  state: null,
  issuer: null,
  role: null,
  sort: 'name',
  descending: false,
  cursor: null,
  limit: PAGE,
};

/** Beside what it is measured: the question to the store, and the least SQLite can be asked for the same. */
const QUESTIONS: { what: string; asked: Partial<InventoryQuery>; bare: string }[] = [
  {
    what: 'first page by name',
    asked: {},
    bare: `SELECT * FROM flat ORDER BY name LIMIT ${PAGE}`,
  },
  {
    what: 'first page by end',
    asked: { sort: 'notAfter' },
    bare: `SELECT * FROM flat ORDER BY not_after LIMIT ${PAGE}`,
  },
  {
    what: 'first page by state',
    asked: { sort: 'state' },
    bare: `SELECT * FROM flat ORDER BY not_after LIMIT ${PAGE}`,
  },
  {
    what: 'filter: authorities',
    asked: { role: 'ca' },
    bare: `SELECT * FROM flat WHERE is_ca = 1 ORDER BY name LIMIT ${PAGE}`,
  },
  {
    what: 'filter: to be renewed',
    asked: { state: 'renew' },
    bare: `SELECT * FROM flat WHERE due = 1 ORDER BY name LIMIT ${PAGE}`,
  },
  {
    what: 'search: one host',
    asked: { query: 'host-4711' },
    bare: `SELECT f.* FROM search s JOIN flat f ON f.seq = s.rowid WHERE search MATCH '"host-4711"*' ORDER BY f.name LIMIT ${PAGE}`,
  },
  {
    what: 'search: a quarter of all',
    asked: { query: 'internal' },
    bare: `SELECT f.* FROM search s JOIN flat f ON f.seq = s.rowid WHERE search MATCH '"internal"*' ORDER BY f.name LIMIT ${PAGE}`,
  },
];

type Row = ReturnType<typeof testCertificate>;

function bareTable(path: string, now: number) {
  const db = openDatabase(path, new Uint8Array(32).fill(1), true);
  db.exec(
    `CREATE TABLE flat (seq INTEGER PRIMARY KEY, name TEXT, subject TEXT, issuer TEXT, serial TEXT, not_after INTEGER,
       due INTEGER, is_ca INTEGER, der BLOB) STRICT;
     CREATE INDEX flat_name ON flat (name);
     CREATE INDEX flat_end ON flat (not_after);
     CREATE INDEX flat_ca ON flat (is_ca, name);
     CREATE INDEX flat_due ON flat (due, name);
     CREATE VIRTUAL TABLE search USING fts5 (name, subject, issuer, serial, content = 'flat', content_rowid = 'seq', prefix = '2 3')`,
  );
  const insert = db.prepare('INSERT INTO flat VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const find = db.prepare('INSERT INTO search (rowid, name, subject, issuer, serial) VALUES (?, ?, ?, ?, ?)');
  let seq = 0;
  const keep = db.transaction((rows: Row[]) => {
    for (const row of rows) {
      seq += 1;
      const end = Date.parse(row.notAfter);
      const due = end >= now && Date.parse(row.renewAt) <= now;
      insert.run(
        seq,
        row.name,
        row.subject,
        row.issuer,
        row.serial,
        end,
        Number(due),
        Number(row.isCa),
        row.der,
      );
      find.run(seq, row.name, row.subject, row.issuer, row.serial);
    }
  });
  return { db, keep };
}

function batches(): Row[][] {
  return Array.from({ length: ROWS / BATCH }, (_, batch) =>
    Array.from({ length: BATCH }, (__, at) => testCertificate(batch * BATCH + at)),
  );
}

export interface InventoryBench {
  what: string;
  measured: Timed;
}

export async function inventoryBench(): Promise<InventoryBench[]> {
  const made = testVault();
  await made.create();
  const { store } = made.vault.session();
  const folder = mkdtempSync(join(tmpdir(), 'baleen-bench-'));
  const { db, keep } = bareTable(join(folder, 'floor.db'), made.clock.now().getTime());
  const results: InventoryBench[] = [];
  try {
    const times = { ours: 0, floor: 0 };
    for (const rows of batches()) {
      const started = performance.now();
      await store.run('objects.keep', {
        certificates: rows.map((certificate) => ({ certificate, issuerId: null, signed: [] })),
        requests: [],
        crls: [],
        audit: { action: 'inspect.keep', outcome: 'done', summary: `${BATCH} rows`, subjects: [] },
      });
      const kept = performance.now();
      keep(rows);
      times.ours += kept - started;
      times.floor += performance.now() - kept;
    }
    results.push({
      what: `keeping ${BATCH} rows | bare insert and index`,
      measured: {
        ours: (times.ours / ROWS) * BATCH,
        floor: (times.floor / ROWS) * BATCH,
        ratio: times.ours / times.floor,
      },
    });
    const ask = async (what: string, ours: () => Promise<unknown>, bare: string): Promise<void> => {
      const statement = db.prepare(bare);
      results.push({
        what,
        measured: await inTurn(
          async () => {
            for (let n = 0; n < PIECES; n += 1) await ours();
          },
          async () => {
            for (let n = 0; n < PIECES; n += 1) statement.all();
          },
          { rounds: 5, pieces: PIECES },
        ),
      });
    };
    for (const { what, asked, bare } of QUESTIONS)
      await ask(what, () => store.run('certificates.list', { ...ASKED, ...asked }), bare);
    const middle = await store.run('certificates.list', { ...ASKED, limit: 500 });
    await ask(
      'the page after a cursor',
      () => store.run('certificates.list', { ...ASKED, cursor: middle.cursor }),
      `SELECT * FROM flat WHERE name > 'host-14' ORDER BY name LIMIT ${PAGE}`,
    );
    await ask(
      'counts by state',
      () => store.run('certificates.counts', { query: '', state: null, issuer: null, role: null }),
      'SELECT count(*) FROM flat',
    );
    await ask(
      'what is due',
      () => store.run('certificates.due', { limit: 20 }),
      'SELECT * FROM flat WHERE due = 1 ORDER BY name LIMIT 20',
    );
    return results;
  } finally {
    db.close();
    rmSync(folder, { recursive: true, force: true });
    await made.remove();
  }
}
