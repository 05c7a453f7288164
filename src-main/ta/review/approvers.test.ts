import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../testing/test-app.ts';
import { dateOf, groupsOf, krillFile, openRequest, setUpSigner } from '../../testing/test-signer.ts';

const request = (name: string): Buffer => krillFile(`exchanges/${name}/request.json`);

let app: TestApp;
beforeEach(async () => {
  app = await testApp();
  await app.create('offline');
  await setUpSigner(app);
  app.clock.advance(60_000);
});
afterEach(() => app.remove());

const lastAudit = async () => (await app.call('audit.list', { limit: 1 })).rows[0];

test('two approvers: each own digits and a name of their own, both on record', async () => {
  await app.call('ta.setApprovers', { count: 2 });
  const bytes = request('x3-empty');
  const { id, view } = await openRequest(app, bytes);
  expect(view).toMatchObject({ approvers: 2 });
  expect(new Set(view.groups).size).toBe(6);
  const groups = groupsOf(bytes, view.groups);
  const alike = [
    ['Ann Example', 'ann  example'],
    ['Ann Example', 'Аnn Ехаmрlе'],
    ['Ann Example', 'Ann\u200B Example'],
  ];
  for (const names of [[], ['Registrar'], ['Registrar', 'registrar '], ['Registrar', ''], ...alike])
    await expect(app.call('ta.approve', { id, groups, names, number: null })).rejects.toThrow(
      /Two different people/,
    );
  // The digits of the second person: none, then those of another file.
  const names = ['Registrar', 'Auditor'];
  const others = groups.map((group, at) => (at < 3 ? group : group === '0000' ? '1111' : '0000'));
  for (const [given, why] of [
    [groups.slice(0, 3), /is not a group/],
    [others, /this is not the file/],
  ] as const)
    await expect(app.call('ta.approve', { id, groups: [...given], names, number: null })).rejects.toThrow(
      why,
    );
  const exchange = await app.result(
    await app.call('ta.approve', { id, groups, names: ['Registrar', ' Second  Auditor'], number: null }),
  );
  const { row } = await app.call('ta.exchange', { id: exchange });
  expect(row.how).toMatch(/^signed here, approved by Registrar and Second Auditor, groups /);
  expect(row.approvedBy).toEqual(['Registrar', 'Second Auditor']);
  expect((await lastAudit())?.summary).toContain('approved by Registrar and Second Auditor');
});

test('one person alone cannot end it: both agree by name, refused and done on record', async () => {
  const count = async () => (await app.call('ta.approvers', {})).count;
  const early = await openRequest(app, request('x3-empty'));
  await app.call('ta.setApprovers', { count: 2 });
  // What was opened for one approver is not approved by one afterwards.
  await expect(app.call('ta.review', { id: early.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const same = ['Ann Example', 'ann  example'];
  for (const names of [[], ['Registrar'], ['Registrar', 'registrar '], ['Registrar', ' '], same]) {
    await expect(app.call('ta.setApprovers', { count: 1, names })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/^Two people approve here, so both agree/),
    });
    expect(await lastAudit()).toMatchObject({ action: 'ta.setApprovers', outcome: 'refused' });
    expect(await count()).toBe(2);
  }
  await app.call('ta.setApprovers', { count: 1, names: ['Registrar', 'Auditor'] });
  expect(await count()).toBe(1);
  expect(await lastAudit()).toMatchObject({
    action: 'ta.setApprovers',
    outcome: 'done',
    summary: 'One person approves each response from now on, agreed by Registrar and Auditor',
  });
});

test('with the rule on, a reissue, going on from a clock and writing for krillta ask both as well', async () => {
  const URIS = { https: ['https://rpki.example.net/ta/ta.cer'], rsync: 'rsync://rpki.example.net/ta/ta.cer' };
  const { keyId } = (await app.call('ta.signer', {})).signer ?? { keyId: '' };
  const folder = async (): Promise<string> => {
    app.places.push(join(app.folder, 'for-krillta'));
    return (await app.call('dialogs.folder', { purpose: 'krill' })).chosen?.ticket ?? '';
  };
  const reissue = (names: string[]) =>
    app.call('ta.reissue', { ...URIS, notify: null, years: 50, today: dateOf(app), names });
  const goOn = (names: string[]) => app.call('ta.goOn', { today: dateOf(app), names });
  const write = async (names: string[]) =>
    app.call('ta.exportStore', { folder: await folder(), confirm: keyId.slice(-8), names });
  const refused = async (action: string, act: (names: string[]) => Promise<unknown>) => {
    for (const names of [[], ['Ann Example'], ['Ann Example', 'ann  example']]) {
      await expect(act(names)).rejects.toThrow(/^Two different people approve .* here: each gives a name/);
      expect(await lastAudit()).toMatchObject({ action, outcome: 'refused' });
    }
  };
  const both = ['Registrar', 'Auditor'];
  const done = async (action: string) => {
    expect(await lastAudit()).toMatchObject({
      action,
      outcome: 'done',
      summary: expect.stringContaining(', approved by Registrar and Auditor') as string,
    });
  };
  await app.call('ta.setApprovers', { count: 2 });

  await refused('ta.exportStore', write);
  expect(existsSync(join(app.folder, 'for-krillta'))).toBe(false);
  await write(both);
  await done('ta.exportStore');

  // By a clock that is ten days ahead, and is then put right.
  const day = 86_400_000;
  await app.later(10 * day);
  await refused('ta.reissue', reissue);
  await app.result(await reissue(both));
  await done('ta.reissue');
  app.clock.advance(-9 * day);
  await refused('ta.goOn', goOn);
  await app.result(await goOn(both));
  await done('ta.goOn');

  // One person is enough again: nobody is named, and a name that is given is not on record.
  await app.call('ta.setApprovers', { count: 1, names: both });
  await app.later(20 * day);
  await app.result(await reissue(['Somebody']));
  expect((await lastAudit())?.summary).not.toMatch(/approved by|Somebody/);
  const { rows } = await app.call('ta.recordEvents', { half: 'signer' });
  expect(rows.map(({ kind }) => kind)).toEqual(['reissued', 'rule', 'went-on', 'reissued', 'rule']);
  expect(rows[1]?.says).toMatch(/^One person approves .* agreed by Registrar and Auditor$/);
  expect(rows[4]?.says).toMatch(/^Two people approve each response from now on, and each reissue/);
});
