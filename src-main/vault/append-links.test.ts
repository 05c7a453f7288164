import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openAuditFile } from '../audit/audit-file.ts';
import { createLockedNotes } from './locked-notes.ts';

let folder: string;
let target: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baleen-append-'));
  target = join(folder, 'somebody-elses');
  writeFileSync(target, 'theirs\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('notes of a locked workspace follow no link', async () => {
  symlinkSync(target, join(folder, 'locked-audit.jsonl'));
  const entry = { action: 'workspace.unlock', outcome: 'refused', summary: 'x', subjects: [] } as const;
  await expect(createLockedNotes(folder).note({ ...entry, subjects: [] }, new Date())).rejects.toThrow();
  expect(readFileSync(target, 'utf8')).toBe('theirs\n');
});

test('the audit file follows no link', () => {
  const path = join(folder, 'audit.jsonl');
  symlinkSync(target, path);
  const open = () =>
    openAuditFile(
      path,
      () => null,
      () => undefined,
    );
  expect(open).toThrow(/ELOOP/);
  expect(readFileSync(target, 'utf8')).toBe('theirs\n');
});
