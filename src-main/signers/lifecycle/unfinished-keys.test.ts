import { expect, test } from 'vitest';
import { AppError } from '../../lib/app-error.ts';
import { fakeDevice, fakeToken } from '../../testing/fake-device.ts';
import { testClock, testRandom } from '../../testing/test-ports.ts';
import { createUnfinishedKeys } from './unfinished-keys.ts';

test('a key is in use until it is kept, and its name is forgotten with its row', async () => {
  let rows: { id: string; signer: string }[] = [];
  const store = {
    async run(name: string, args: { id: string; signer: string }) {
      if (name === 'unfinished.remember') rows = [...rows.filter(({ id }) => id !== args.id), args];
      if (name === 'unfinished.list') return rows;
      if (name === 'unfinished.swept' && !rows.some(({ id }) => id === args.id))
        throw new AppError('NOT_FOUND', 'It is not on the list.');
      return undefined;
    },
  };
  const unfinished = createUnfinishedKeys({
    ...{ clock: testClock(), random: testRandom, log: { failure: () => undefined } as never },
    session: { store } as never,
    about: () => ({ name: 'One', subjects: [] }),
    changed: () => undefined,
  });
  const token = fakeToken('S1', { pin: null });
  const never = (): Promise<never> => Promise.reject(new Error('nobody is here'));
  const device = unfinished.watched(
    's-1',
    fakeDevice(() => token, { pin: never, waits: () => () => undefined }),
  );
  await device.open(new AbortController().signal);
  await device.create({ algorithm: 'p-256', label: 'a key' });
  const id = rows[0]?.id ?? '';
  expect(await unfinished.list()).toEqual([]);
  await expect(unfinished.forget('s-1', id)).rejects.toMatchObject({ code: 'NOT_ALLOWED_NOW' });
  // It is destroyed while the device is listed: it was its job's all the same.
  const kept = rows;
  const found = await unfinished.among({ signer: 's-1', serial: 'S1' }, async () => {
    const keys = await device.list();
    rows = [];
    return keys;
  });
  expect([...found.values()]).toEqual(['job']);
  rows = kept;
  // The command that keeps it takes the row away.
  rows = [];
  expect(await unfinished.list()).toEqual([]);
  await expect(unfinished.forget('s-1', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
