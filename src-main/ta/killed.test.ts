import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { killedAfter } from '../testing/killed-writer.ts';
import { testApp } from '../testing/test-app.ts';
import { PASSPHRASE } from '../testing/test-workspace.ts';

const scratch = mkdtempSync(join(tmpdir(), 'baleen-killed-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const WRITER = new URL('../testing/ta-writer.ts', import.meta.url);

test(
  'kill -9 while a signer is set up, signs and reissues: nothing acknowledged is lost, nothing is half-made',
  { timeout: 180_000 },
  async () => {
    const reached: number[] = [];
    for (const ms of [5, 40, 90, 150, 220, 350, 600, 1200]) {
      const folder = join(scratch, `after-${ms}`);
      const said = await killedAfter(WRITER, folder, ms);
      const [name = ''] = readdirSync(join(folder, 'workspaces'));
      const app = await testApp({ folder, workspace: join(folder, 'workspaces', name) });
      await app.call('workspace.unlock', { passphrase: PASSPHRASE });
      const { signer } = await app.call('ta.signer', {});
      const told = said.filter((line) => line.startsWith('number')).map((line) => Number(line.split(' ')[1]));
      const last = told.at(-1) ?? 0;
      const number = Number(signer?.number ?? 0);
      // The last step may be stored and not yet acknowledged, never the other way round.
      expect([last, last + 1]).toContain(number);
      const { rows } = await app.call('ta.exchanges', { limit: 500 });
      expect(rows.map((row) => Number(row.number)).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: Math.max(0, number - 1) }, (_, at) => at + 2),
      );
      for (const { id } of rows) expect((await app.call('ta.exchange', { id })).holds).toBe(true);
      expect(signer?.warnings ?? []).toEqual([]);
      // Either both keys of a signer are there, or none.
      expect((await app.call('keys.list', {})).total).toBe(signer === null ? 0 : 2);
      expect(await app.call('audit.verify', { written: '' })).toMatchObject({ faults: [] });
      reached.push(number);
      await app.remove();
    }
    // It was killed before, between and after.
    expect(Math.min(...reached)).toBe(0);
    expect(Math.max(...reached)).toBeGreaterThan(1);
  },
);
