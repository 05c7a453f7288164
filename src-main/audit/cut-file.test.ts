import { cpSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PASSPHRASE, testVault } from '../testing/test-workspace.ts';

vi.setConfig({ testTimeout: 20_000 });

let made: ReturnType<typeof testVault>;
let file = '';
beforeEach(async () => {
  made = testVault();
  file = join(await made.create(), 'audit.jsonl');
});
afterEach(() => made.remove());

const all = { query: '', outcome: null, action: null, from: null, to: null, cursor: null, limit: 100 };

describe('an audit file that was cut while it was locked', () => {
  const cutEnd = (path: string): void =>
    writeFileSync(path, `${readFileSync(path, 'utf8').trimEnd().split('\n').slice(0, -2).join('\n')}\n`);
  const bad = async (): Promise<string> =>
    (await made.domain.state({})).notices
      .filter(({ severity }) => severity === 'bad')
      .map(({ text }) => text)
      .join();

  it.each<[string, (path: string) => void, number, RegExp]>([
    ['at a line end', cutEnd, 2, /ended after entry 1 .* but had 3/],
    ['in a line', (path) => truncateSync(path, statSync(path).size - 10), 3, /ended after entry 2/],
    ['to nothing', (path) => writeFileSync(path, ''), 1, /ended after entry 0/],
    ['away', (path) => rmSync(path), 1, /ended after entry 0/],
    [
      'away with its head',
      (path) => ['audit-head.json', 'audit.jsonl'].forEach((name) => rmSync(join(path, '..', name))),
      0,
      /audit-head.json is missing/,
    ],
    [
      'off from its head',
      (path) => rmSync(join(path, '..', 'audit-head.json')),
      0,
      /audit-head.json is missing/,
    ],
  ])(
    '%s is said at the unlock and by verification, located, and is on record',
    async (_name, tamper, seq, said) => {
      await made.vault.lock();
      tamper(file);
      await made.domain.unlock({ passphrase: PASSPHRASE });
      expect(await bad()).toMatch(said);
      const { rows } = await made.audit.domain.list({ ...all, action: 'audit.verify' });
      expect(rows).toMatchObject([{ outcome: 'failed', summary: expect.stringMatching(said) }]);
      const { faults } = await made.audit.domain.verify({ written: '' });
      expect(faults).toMatchObject([{ seq, text: expect.stringMatching(said) }]);
      // The next lock signs what is there: it was said, and the file is whole again.
      await made.vault.lock();
      await made.domain.unlock({ passphrase: PASSPHRASE });
      expect(await bad()).toBe('');
      expect((await made.audit.domain.verify({ written: '' })).faults).toEqual([]);
    },
  );

  it('is not said of a workspace that an older version made without a head, the first time', async () => {
    const folder = join(made.folder, 'older');
    cpSync(join(import.meta.dirname, '..', 'testing', 'workspaces', '0.1.0'), folder, { recursive: true });
    rmSync(join(folder, 'audit-head.json'));
    await made.vault.open(folder);
    await made.domain.unlock({ passphrase: PASSPHRASE });
    expect((await made.domain.state({})).notices).toEqual([]);
    expect((await made.audit.domain.verify({ written: '' })).faults).toEqual([]);
    await made.vault.lock();
    rmSync(join(folder, 'audit-head.json'));
    await made.domain.unlock({ passphrase: PASSPHRASE });
    expect(await bad()).toMatch(/is missing/);
  });
});
