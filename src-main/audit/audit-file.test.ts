import type * as Fs from 'node:fs';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type AuditFile, openAuditFile } from './audit-file.ts';
import { genesisHash, recordLine, sealRecord, type StoredAuditRecord } from './audit-record.ts';

const broken = vi.hoisted(() => ({ sync: false }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof Fs>();
  const fsync = (file: number, done: Fs.NoParamCallback): unknown =>
    broken.sync ? setImmediate(done, new Error('EIO')) : fs.fsync(file, done);
  return { ...fs, fsync };
});

let folder = '';
let path = '';
let open: AuditFile | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baleen-audit-file-'));
  path = join(folder, 'audit.jsonl');
});
let failures: string[] = [];
afterEach(async () => {
  broken.sync = false;
  failures = [];
  await open?.close();
  open = null;
  rmSync(folder, { recursive: true, force: true });
});

function table(count: number): StoredAuditRecord[] {
  return Array.from({ length: count }, (_, index) =>
    sealRecord(
      Buffer.alloc(32, 7),
      'ws-a',
      { action: 'a.b', outcome: 'done', summary: `Eintrag ${index + 1} für größere Bäume`, subjects: [] },
      { seq: index + 1, at: '2026-11-24T12:00:00.000Z', version: '0', previous: genesisHash('ws-a') },
    ),
  );
}

/** Opens the file beside `records` and completes it, as the worker does. */
async function completed(records: StoredAuditRecord[]): Promise<AuditFile> {
  await open?.close();
  open = openAuditFile(
    path,
    (seq) => records[seq - 1] ?? null,
    ({ message }) => failures.push(message),
  );
  open.append(records.slice(open.lastSeq));
  return open;
}
const lines = (): string[] => readFileSync(path, 'utf8').trimEnd().split('\n');

test('a line that Baleen did not write is said, and does not end the projection', async () => {
  await completed(table(3));
  appendFileSync(path, '{"seq":1000000000}\n');
  const again = await completed(table(6));
  expect(again).toMatchObject({ lastSeq: 6, healed: false, foreign: 1 });
  expect(lines()).toHaveLength(7);
  expect(lines().slice(-3)).toEqual(table(6).slice(3).map(recordLine));
});

test('a cut-off line is taken away to the octet, whatever octets are in it', async () => {
  await completed(table(2));
  const whole = readFileSync(path);
  writeFileSync(
    path,
    Buffer.concat([Buffer.from([0x22, 0xff, 0xfe, 0x0a]), whole, Buffer.from([0x7b, 0xe2, 0x82])]),
  );
  const again = await completed(table(3));
  expect(again).toMatchObject({ lastSeq: 3, healed: true, foreign: 0 });
  const bytes = readFileSync(path);
  expect(bytes.subarray(4, 4 + whole.length).equals(whole)).toBe(true);
  expect(bytes.subarray(4 + whole.length).toString()).toBe(
    `${recordLine(table(3)[2] as StoredAuditRecord)}\n`,
  );
});

test('a file whose end was cut off is completed, one of another content is written whole behind it', async () => {
  await completed(table(4));
  writeFileSync(path, `${lines().slice(0, 2).join('\n')}\n`);
  await completed(table(4));
  expect(lines()).toEqual(table(4).map(recordLine));
  writeFileSync(path, 'nothing of ours\n');
  expect((await completed(table(2))).foreign).toBe(1);
  expect(lines().slice(1)).toEqual(table(2).map(recordLine));
});

test('a line is in the file at once, and what cannot be synced is taken away and written again', async () => {
  await completed(table(3));
  const file = await completed(table(3));
  broken.sync = true;
  file.append(table(4).slice(3));
  file.append(table(5).slice(4));
  expect(lines()).toHaveLength(5);
  await vi.waitFor(() => expect(failures).toEqual(['EIO']));
  expect(file.lastSeq).toBe(3);
  expect(lines()).toEqual(table(3).map(recordLine));
  broken.sync = false;
  file.append(table(6).slice(file.lastSeq));
  await file.close();
  open = null;
  expect(lines()).toEqual(table(6).map(recordLine));
});
