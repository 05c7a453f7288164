import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { DAY, draftOf, wizard } from '../testing/test-wizard.ts';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
  await app.create();
  const by = wizard(app);
  const root = await by.signed(draftOf('root', 'Harbour Root R1'));
  const issuing = await by.signed(draftOf('intermediate', 'Harbour Issuing I1', { issuer: root }));
  const names = [
    'Harbour Root R1 spare',
    ...[...Array(9).keys()].map((at) => `leaf-${at}.example`),
    'Old harbour',
  ];
  for (const name of names)
    await by.signed(
      draftOf('server', name, {
        issuer: issuing,
        lifetimeSeconds: DAY,
        names: { dns: 'a.example', ip: '', uri: '', email: '' },
      }),
    );
});
afterAll(() => app.remove());

const find = async (query: string): Promise<string[]> =>
  (await app.call('overview.find', { query })).hits.map(({ type, title }) => `${type} ${title}`);

test('what is called so comes first, though another is newer and found by its issuer', async () => {
  for (const typed of ['Harbour Root R1', 'harbour  root r1 '])
    expect((await find(typed)).slice(0, 4)).toEqual([
      'authority Harbour Root R1',
      'certificate Harbour Root R1 spare',
      'key Harbour Root R1 spare key',
      'key Harbour Root R1 key',
    ]);
});

test('a beginning lists the authorities, then leaves and keys, then who has it in the name, the issuer last', async () => {
  const found = await find('harb');
  expect(found.slice(0, 7)).toEqual([
    'authority Harbour Root R1',
    'authority Harbour Issuing I1',
    'certificate Harbour Root R1 spare',
    expect.stringMatching(/^key Harbour/),
    expect.stringMatching(/^key Harbour/),
    expect.stringMatching(/^key Harbour/),
    'certificate Old harbour',
  ]);
  expect(found.slice(7)).toEqual([
    'key Old harbour key',
    ...[...Array(4).keys()].map(() => expect.stringMatching(/^certificate leaf-/) as string),
  ]);
});

test('signs of the search language are only characters', async () => {
  for (const typed of ['"', '^', '*', 'name :', '(', '" OR "', '-'])
    expect([typed, (await find(typed)).filter((hit) => !hit.includes(typed))]).toEqual([typed, []]);
  expect(await find('  ')).toEqual([]);
});
