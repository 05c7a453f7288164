import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AppError } from '../lib/app-error.ts';
import { PASSPHRASE, testVault } from '../testing/test-workspace.ts';

let made: ReturnType<typeof testVault>;
let file: string;
beforeEach(async () => {
  made = testVault();
  file = join(await made.create(), 'locked-audit.jsonl');
});
afterEach(() => made.remove());

const line = (summary: string, more: object = {}): string =>
  `${JSON.stringify({ at: '2026-11-24T12:00:00.000Z', action: 'ca.sign', outcome: 'done', summary, ...more })}\n`;
const unlock = () => made.domain.unlock({ passphrase: PASSPHRASE });
const refuse = (text: string) =>
  made.audit.refused('workspace.unlock', new AppError('WRONG_PASSPHRASE', text));

async function records(query: string) {
  const { rows } = await made.audit.domain.list({
    ...{ query, outcome: null, action: null, from: null, to: null, cursor: null, limit: 500 },
  });
  return rows.toReversed();
}

test('a note passes for nothing but a note, whatever it says of itself', async () => {
  await made.vault.lock();
  writeFileSync(file, line('A certificate was signed') + line('no', { outcome: 'failed' }) + 'no JSON\n');
  await unlock();
  const noted = (await records('workspace.whileLocked')).map(({ action, outcome, summary }) => ({
    action,
    outcome,
    summary,
  }));
  expect(noted.map(({ action }) => action)).toEqual(Array(3).fill('workspace.whileLocked'));
  expect(noted.map(({ outcome }) => outcome)).toEqual(['refused', 'failed', 'refused']);
  expect(noted[0]?.summary).toBe('While locked, 2026-11-24 12:00:00 Z: ca.sign: A certificate was signed');
  expect((await records('ca.sign')).every(({ action }) => action === 'workspace.whileLocked')).toBe(true);
});

test('a file too large to read keeps nobody out: the newest are told, and that others are not', async () => {
  await made.vault.lock();
  writeFileSync(file, line('old').repeat(120_000));
  expect(statSync(file).size).toBeGreaterThan(8_388_608);
  appendFileSync(file, line('the newest'));
  await unlock();
  const noted = await records('workspace.whileLocked');
  expect(noted).toHaveLength(201);
  expect(noted[0]).toMatchObject({
    outcome: 'failed',
    summary: expect.stringMatching(/left out: \d+ or more/),
  });
  expect(noted.at(-1)?.summary).toContain('the newest');
  expect(existsSync(file)).toBe(false);
});

test('what Baleen notes itself is bounded, and it counts what it left out', async () => {
  await made.vault.lock();
  const long = 'x'.repeat(290);
  for (let count = 0; count < 1000; count += 1) await refuse(`${count} ${long}`);
  expect(statSync(file).size).toBeLessThan(140_000);
  await unlock();
  const noted = await records('workspace.whileLocked');
  expect(noted.length).toBeLessThanOrEqual(201);
  expect(noted.at(-1)?.summary).toContain(': 999 x');
  const told = Number(/left out: (\d+)/.exec(noted[0]?.summary ?? '')?.[1]);
  expect(told + noted.length - 1).toBe(1000);
});

test('a folder in its place keeps nobody out either', async () => {
  await made.vault.lock();
  mkdirSync(file);
  mkdirSync(file.replace('.jsonl', '.taking.jsonl'));
  await unlock();
  expect(made.vault.stateName()).toBe('unlocked');
});

test('a crash between taking and forgetting takes nothing twice, and nothing that came after is lost', async () => {
  await made.vault.lock();
  await refuse('the first');
  const kept = join(made.folder, 'kept');
  copyFileSync(file, kept);
  await unlock();
  await made.vault.lock();
  // As a crash leaves it: the batch is on record and still lies there.
  copyFileSync(kept, file);
  await unlock();
  expect((await records('the first')).length).toBe(1);
  await made.vault.lock();
  // And another refusal came before the next unlock.
  copyFileSync(kept, file.replace('.jsonl', '.taking.jsonl'));
  await refuse('the second');
  await unlock();
  expect((await records('the first')).length).toBe(1);
  expect((await records('the second')).length).toBe(1);
  expect(readFileSync(join(made.vault.opened()?.folder ?? '', 'audit.jsonl'), 'utf8')).toContain(
    'the second',
  );
});
