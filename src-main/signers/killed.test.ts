import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fakeDevices, fakeToken } from '../testing/fake-device.ts';
import { killedAfter, waits } from '../testing/killed-writer.ts';
import { testApp } from '../testing/test-app.ts';
import { PASSPHRASE } from '../testing/test-workspace.ts';

const scratch = mkdtempSync(join(tmpdir(), 'baleen-killed-signers-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const WRITER = new URL('../testing/signer-writer.ts', import.meta.url);

test(
  'kill -9 while signers are applied and refuse a PIN: what was told stays, and no refused PIN is sent again',
  { timeout: 400_000 },
  async () => {
    const reached: number[] = [];
    for (const ms of waits([5, 150, 700, 2500], () => Math.max(...reached) > 0)) {
      const folder = join(scratch, `after-${ms}`);
      const said = await killedAfter(WRITER, folder, ms);
      const ids = (word: string): string[] =>
        said.filter((line) => line.startsWith(word)).map((line) => line.split(' ')[1] ?? '');
      const token = fakeToken('S1');
      const tokens = new Map<string, typeof token>();
      const [name = ''] = readdirSync(join(folder, 'workspaces'));
      const workspace = join(folder, 'workspaces', name);
      const app = await testApp({ folder, workspace, devices: fakeDevices(tokens) });
      await app.call('workspace.unlock', { passphrase: PASSPHRASE });
      const { rows } = await app.call('signers.list', {});
      const there = rows.filter(({ kind }) => kind === 'pkcs11');
      // The last step may be stored and not yet acknowledged, never the other way round.
      expect([ids('applied').length, ids('applied').length + 1]).toContain(there.length);
      expect(there.map(({ id }) => id)).toEqual(expect.arrayContaining(ids('applied')));
      for (const { settings } of there) if (settings?.kind === 'pkcs11') tokens.set(settings.libPath, token);
      for (const id of ids('refused')) {
        const begun = await app.call('signers.login', { id });
        let prompts: { id: string }[] = [];
        while (prompts.length === 0) {
          ({ prompts } = await app.call('signers.prompts', {}));
          await new Promise((done) => setTimeout(done, 5));
        }
        await app.call('signers.cancelPrompt', { prompt: prompts[0]?.id ?? '' });
        await app.ended(begun.job);
      }
      expect(token.pins).toEqual([]);
      expect(await app.call('audit.verify', { written: '' })).toMatchObject({ faults: [] });
      reached.push(ids('refused').length);
      await app.remove();
    }
    expect(Math.min(...reached)).toBe(0);
    expect(Math.max(...reached)).toBeGreaterThan(0);
  },
);
