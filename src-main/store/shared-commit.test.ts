import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testVault } from '../testing/test-workspace.ts';
import { type Asked, openStore } from './transaction.ts';

let folder = '';
let store: ReturnType<typeof openStore>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baleen-shared-'));
  store = openStore({
    path: join(folder, 'workspace.db'),
    auditFile: join(folder, 'audit.jsonl'),
    workspaceId: 'ws-aaaaaaaaaaaaaaaa',
    version: '0',
    key: new Uint8Array(32).fill(7),
    auditKey: new Uint8Array(32).fill(9),
    create: true,
  });
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const audit = (summary: string) => ({ action: 'test.take', outcome: 'done' as const, summary, subjects: [] });
const take = (value: unknown): Asked => ({
  name: 'ledger.take',
  args: { kind: 'serial', scope: 'a', value, audit: audit(String(value)) },
  at: '2026-11-24T12:00:00.000Z',
});
const has = (value: string): Asked => ({ ...take(value), name: 'ledger.has' });

/** What is durable: serials and the summaries of records. */
function kept(): { serials: unknown[]; records: string[] } {
  return {
    serials: store.db.prepare("SELECT value FROM ledger WHERE scope = 'a' ORDER BY rowid").pluck().all(),
    records: store.recordsAfter(0).map(({ summary }) => summary),
  };
}

test('commands that came together are committed once, in their order, and see each other', () => {
  const frames = () => (store.db.pragma('wal_checkpoint(PASSIVE)') as { log: number }[])[0]?.log ?? 0;
  store.run([take('0')]);
  store.db.pragma('wal_checkpoint(TRUNCATE)');
  store.run([take('x')]);
  const one = frames();
  store.db.pragma('wal_checkpoint(TRUNCATE)');
  const outcomes = store.run([has('1'), take('1'), has('1'), take('2'), take('3')]);
  expect(outcomes.map((outcome) => outcome.ok && outcome.value)).toEqual([
    false,
    undefined,
    true,
    undefined,
    undefined,
  ]);
  expect(store.db.inTransaction).toBe(false);
  // Pages are written once for all of them, not once for each.
  expect(frames()).toBeLessThan(2 * one);
  expect(kept()).toEqual({ serials: ['0', 'x', '1', '2', '3'], records: ['0', 'x', '1', '2', '3'] });
});

test('one that is refused changes nothing, and the others are kept', () => {
  const outcomes = store.run([take('1'), take('1'), take('2')]);
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true]);
  expect(outcomes[1]).toMatchObject({ error: { code: 'CONFLICT' } });
  expect(kept()).toEqual({ serials: ['1', '2'], records: ['1', '2'] });
});

test('when the database refuses one, each is done for itself', () => {
  const outcomes = store.run([take('1'), take(null), take('2')]);
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true]);
  expect(outcomes[1]).toMatchObject({ error: { code: expect.stringContaining('SQLITE_CONSTRAINT') } });
  expect(kept()).toEqual({ serials: ['1', '2'], records: ['1', '2'] });
});

test('a command that nobody knows is refused alone', () => {
  const outcomes = store.run([take('1'), { ...take('2'), name: 'ledger.forget' }, take('3')]);
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true]);
  expect(kept()).toEqual({ serials: ['1', '3'], records: ['1', '3'] });
});

test('a verification in the midst of many finds the file as long as the table', async () => {
  const made = testVault();
  await made.create();
  const live = made.vault.session().store;
  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, at) =>
      at % 50 === 49
        ? (await live.run('audit.check', { written: '' })).faults
        : live.run('ledger.take', { kind: 'serial', scope: 'a', value: `${at}`, audit: audit(`${at}`) }),
    ),
  );
  expect(answers.filter((answer) => answer !== undefined)).toEqual([[], [], [], []]);
  const file = join(made.vault.opened()?.folder ?? '', 'audit.jsonl');
  expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(
    (await live.run('audit.head', {})).entries,
  );
  await made.remove();
});
