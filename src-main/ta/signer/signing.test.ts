import { expect, test } from 'vitest';
import type { OneOffKey } from '../../rpki/make-message.ts';
import { withKeysAhead } from './signing.ts';

/** Keys by number, and what became of them. */
function keys() {
  const log: string[] = [];
  let count = 0;
  const oneOff = async <T>(use: (key: OneOffKey) => Promise<T>): Promise<T> => {
    count += 1;
    const name = String(count);
    log.push(`made ${name}`);
    await Promise.resolve();
    try {
      return await use({ keyId: name, spkiDer: new Uint8Array(), sign: async () => new Uint8Array() });
    } finally {
      log.push(`destroyed ${name}`);
    }
  };
  return { log, oneOff };
}

test('keys are begun before they are asked for, and each is destroyed after its use', async () => {
  const { log, oneOff } = keys();
  const used = await withKeysAhead({ oneOff }, 2, async (next) => {
    log.push('work');
    const first = await next(async ({ keyId }) => keyId);
    log.push('between');
    return [first, await next(async ({ keyId }) => keyId), await next(async ({ keyId }) => keyId)];
  });
  expect(used).toEqual(['1', '2', '3']);
  expect(log).toEqual([
    'made 1',
    'made 2',
    'work',
    'destroyed 1',
    'between',
    'destroyed 2',
    'made 3',
    'destroyed 3',
  ]);
});

test('a failure on the way destroys what was begun', async () => {
  const { log, oneOff } = keys();
  const failing = withKeysAhead({ oneOff }, 2, async (next) => {
    await next(() => Promise.reject(new Error('the token is gone')));
  });
  await expect(failing).rejects.toThrow('the token is gone');
  expect(log.filter((line) => line.startsWith('destroyed')).toSorted()).toEqual([
    'destroyed 1',
    'destroyed 2',
  ]);
});

test('a key that cannot be made is told where it is asked for', async () => {
  const oneOff = () => Promise.reject(new Error('no keys here'));
  await expect(withKeysAhead({ oneOff }, 2, (next) => next(async () => 1))).rejects.toThrow('no keys here');
  expect(await withKeysAhead({ oneOff }, 1, async () => 'not needed')).toBe('not needed');
});
