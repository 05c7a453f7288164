import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestChildren, testChildren } from '../../testing/test-child.ts';
import { createLocalChildren } from './local-children.ts';

let here: TestChildren;
beforeEach(async () => {
  here = await testChildren();
});
afterEach(() => here.remove());

test('with the trust anchor in a folder, children lie in the same one', async () => {
  await here.ready('online');
  const target = { kind: 'folder' as const, path: '/srv/repo' };
  const together = createLocalChildren({
    ...here.deps,
    parent: here.parent,
    repository: () =>
      Promise.resolve({
        contact: { base: here.parent.base, notify: null, serverSpki: new Uint8Array(), serviceUri: '' },
        serverIdentityDer: here.parent.identityDer,
        publisherHandle: 'ta',
        target,
      }),
    removed: () => Promise.resolve(false),
  });
  expect(await together.cas.publications()).toMatchObject([{ target }]);
});
