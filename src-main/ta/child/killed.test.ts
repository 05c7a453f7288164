import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { killedAfter, waits } from '../../testing/killed-writer.ts';
import { openChildren } from '../../testing/test-child.ts';
import { refreshChild } from './refresh-child.ts';
import { nextStep } from './roll-key.ts';

const scratch = mkdtempSync(join(tmpdir(), 'baleen-child-killed-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const WRITER = new URL('../../testing/child-writer.ts', import.meta.url);

test(
  'kill -9 while a child is made, certified and rolled: nothing acknowledged is lost, no key is half-made',
  { timeout: 400_000 },
  async () => {
    const reached: number[] = [];
    for (const ms of waits([5, 300, 500, 700, 1000, 1500, 2500], () => Math.max(...reached) > 8)) {
      const folder = join(scratch, `after-${ms}`);
      const said = await killedAfter(WRITER, folder, ms);
      const here = await openChildren(folder);
      const { store } = here.made.vault.session();
      const stored = await store.run('ta.children', {});
      const last = said.at(-1)?.split(' ') ?? ['0', ''];
      // A step takes one transaction, or two when an answer came; what follows the acknowledged one may be there as well.
      const version = stored[0]?.version ?? 0;
      expect(version).toBeGreaterThanOrEqual(Number(last[0]));
      expect(version).toBeLessThanOrEqual(Number(last[0]) + 3);
      const { total } = await store.run('keys.list', { query: '', cursor: null, limit: 10 });
      if (stored[0] === undefined) {
        expect(total).toBe(0);
      } else {
        const { child, keys } = await here.held('online');
        // Identity and the keys of the state, each with its private half: no orphan, none missing.
        expect(total).toBe(1 + child.keys.length);
        for (const { keyId, objects } of child.keys) {
          const key = keys.get(keyId);
          expect(key && (await here.deps.router.sign(key, 'crl', new Uint8Array(1))).length).toBe(256);
          const highest = stored[0].keys.find((one) => one.key.keyIdentifier === keyId)?.highest ?? 0n;
          expect(highest).toBe(objects?.number ?? 0n);
        }
        expect(child.keys.filter(({ state }) => state === 'active').length).toBeLessThanOrEqual(1);
        if (version === Number(last[0])) expect(child.keys.map(({ state }) => state).join('+')).toBe(last[1]);
        // It goes on.
        await refreshChild(here.deps, await here.held('online'));
        expect(['start', 'activate', null]).toContain(nextStep(child));
      }
      expect(await here.made.audit.domain.verify({ written: '' })).toMatchObject({ faults: [] });
      reached.push(version);
      await here.remove();
    }
    expect(Math.min(...reached)).toBe(0);
    expect(Math.max(...reached)).toBeGreaterThan(8);
    expect(readdirSync(scratch)).toEqual([]);
  },
);
