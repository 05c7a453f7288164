/** Who signs a new certificate when nobody chose. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { draftOf, wizard } from '../testing/test-wizard.ts';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
  await app.create();
});
afterAll(() => app.remove());

test('the only authority that can is filled in with what comes with it; where there is a choice, nobody is', async () => {
  const preset = (purpose: 'root' | 'intermediate' | 'server') =>
    app.call('ca.preset', { purpose, issuer: null });
  const by = wizard(app);
  expect((await preset('intermediate')).issuer).toBeNull();
  const root = await by.signed(draftOf('root', 'Root', { pathLength: 1 }));
  expect(await preset('intermediate')).toMatchObject({
    issuer: root,
    subject: [{ type: 'O', value: 'kldload Internal CA' }],
  });
  expect(await preset('server')).toMatchObject({ issuer: root });
  expect((await preset('root')).issuer).toBeNull();
  await by.signed(draftOf('intermediate', 'Intermediate', { issuer: root, pathLength: 0 }));
  // Below the intermediate there is no room for another.
  expect(await preset('intermediate')).toMatchObject({ issuer: root });
  expect((await preset('server')).issuer).toBeNull();
});
