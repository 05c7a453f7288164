import { expect, test, vi } from 'vitest';
import { testVault } from '../testing/test-workspace.ts';
import type * as StoreModule from '../store/store.ts';
import type { Late } from '../store/store-worker.ts';

const worker = vi.hoisted(() => ({ late: (_late: unknown): void => undefined }));
vi.mock('../store/store.ts', async (original) => {
  const { startStore } = await original<typeof StoreModule>();
  return {
    startStore: (...[deps, start]: Parameters<typeof startStore>) => {
      worker.late = (late) => deps.late?.(late as Late);
      return startStore(deps, start);
    },
  };
});

test('an audit file that cannot be written is said on the screen, once, and is in the log', async () => {
  const made = testVault();
  await made.create();
  worker.late({ what: 'audit', why: 'ENOSPC: no space left' });
  worker.late({ what: 'audit', why: 'ENOSPC: no space left' });
  worker.late({ what: 'log', why: 'EIO' });
  const { notices } = await made.domain.state({});
  expect(notices.map(({ severity }) => severity)).toEqual(['careful', 'careful']);
  expect(notices[0]?.text).toMatch(/^audit\.jsonl could not be written.*Look at the disk/);
  expect(made.events).toContainEqual({ type: 'changed', topic: 'workspace', ids: [] });
  expect(made.lines.filter((line) => line.includes('ENOSPC'))).toHaveLength(2);
  await made.remove();
});
