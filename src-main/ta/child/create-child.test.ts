import { afterEach, beforeEach, expect, test } from 'vitest';
import { testChildren } from '../../testing/test-child.ts';
import { requireFreeHandle } from './create-child.ts';

let here: Awaited<ReturnType<typeof testChildren>>;
beforeEach(async () => void (here = await testChildren()));
afterEach(() => here.remove());

test.each(['nul', 'Con', 'com7', 'LPT1'])(
  'a local child called %s, as Windows calls a device, is refused before a key is made, with the reason',
  async (handle) => {
    await expect(requireFreeHandle(here.deps, handle)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: `“${handle}” is a name that Windows keeps for a device: neither its folder nor its file could be written there. Choose another handle.`,
      details: { fields: [{ path: 'handle' }] },
    });
    await requireFreeHandle(here.deps, `${handle}sole`);
  },
);
