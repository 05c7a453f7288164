/** Who cancels an examination: its test keys are destroyed first, and what could not be is named, listed and destroyed by the next one. */
import { afterEach, expect, test } from 'vitest';
import { fakeToken, strangerKey } from '../../testing/fake-device.ts';
import { softhsm } from '../../testing/softhsm.ts';
import { testApp } from '../../testing/test-app.ts';
import { endSigners, settings, started } from '../../testing/test-signers.ts';

afterEach(endSigners);

type Started = Awaited<ReturnType<typeof started>>;

test('a real token: cancelled while it signs, nothing is left on it and nobody logs in again', async () => {
  const hsm = softhsm();
  const app = await testApp();
  try {
    hsm.addToken('doctor', '4321');
    await app.create();
    const { pending } = await app.call('signers.list', {});
    const { id } = await app.call('signers.save', {
      ...{ revision: pending.revision, id: null, name: 'My token', settings: hsm.settings('doctor') },
      secret: { do: 'store', secret: '4321' },
    });
    const { job } = await app.call('signers.examine', { id });
    const report = () => app.call('signers.report', { id });
    for (;;) {
      const line = (await report())?.lines.find(({ code }) => code === 'speed');
      if (line?.state === 'running') break;
      expect(line).toBeUndefined();
      await new Promise((done) => setTimeout(done, 20));
    }
    expect(hsm.tool('doctor', '--list-objects')).toContain('Baleen doctor');
    await app.call('jobs.cancel', { id: job });
    expect((await app.ended(job)).state).toBe('cancelled');
    const lines = (await report())?.lines ?? [];
    const stateOf = (code: string) => lines.find((one) => one.code === code);
    expect(stateOf('speed')).toMatchObject({
      ...{ state: 'skipped', text: 'Cancelled by you.', stop: 'cancelled by you' },
    });
    expect(stateOf('destroy')).toMatchObject({
      ...{ state: 'good', text: 'Nothing of this test is left on it.' },
    });
    expect(hsm.tool('doctor', '--list-objects')).not.toContain('Baleen doctor');
  } finally {
    await app.remove();
    await hsm.remove();
  }
});

/** Cancelled while it signs on a device that answers nothing any more. */
async function leaves(t: Started, token: ReturnType<typeof fakeToken>, id: string) {
  const before = new Set(token.keys.keys());
  token.hangs.add('sign').add('destroy');
  const signed = token.asked.filter((one) => one === 'sign').length;
  const { job } = await t.app.call('signers.examine', { id });
  await t.until(async () => token.asked.filter((one) => one === 'sign').length > signed);
  await t.app.call('jobs.cancel', { id: job });
  expect((await t.app.ended(job)).state).toBe('cancelled');
  token.hangs.clear();
  const lines = (await t.app.call('signers.report', { id }))?.lines ?? [];
  const line = lines.find(({ code }) => code === 'destroy');
  const ids = [...token.keys.keys()].filter((name) => !before.has(name));
  expect(ids).toHaveLength(2);
  expect(line?.state).toBe('bad');
  expect(line?.text).toMatch(/^Cancelled by you\. The test keys are still on it: RSA 2048 with CKA_ID /);
  for (const one of ids) expect(line?.text).toContain(one);
  expect(line?.fix).toContain('Examine it again');
  return ids;
}

test('in force: what stays is listed as such, and the next examination destroys it and says so', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  await t.job(await t.app.call('signers.login', { id }));
  const ids = await leaves(t, token, id);
  const stranger = 'ab'.repeat(20);
  strangerKey(token, 'p-256', stranger).label = 'Baleen doctor';
  expect((await t.row(id)).unfinished.map(({ identifier }) => identifier).toSorted()).toEqual(ids.toSorted());
  await t.job(await t.app.call('signers.deviceKeys', { id }));
  const listed = (await t.app.call('signers.deviceKeysFound', { id }))?.keys ?? [];
  for (const one of ids)
    expect(listed.find(({ identifier }) => identifier === one)).toMatchObject({ begun: 'examination' });
  // Of the same label, and nobody has it on record.
  expect(listed.find(({ identifier }) => identifier === stranger)).toMatchObject({ begun: null });
  await t.job(await t.app.call('signers.examine', { id }));
  const line = (await t.app.call('signers.report', { id }))?.lines.find(({ code }) => code === 'left');
  expect(line?.state).toBe('good');
  for (const one of ids) {
    expect(line?.text).toContain(`CKA_ID ${one}`);
    expect(token.keys.has(one)).toBe(false);
  }
  expect(token.keys.has(stranger)).toBe(true);
  expect((await t.row(id)).unfinished).toEqual([]);
  // The button in the list contacts the device, which does the same.
  const again = await leaves(t, token, id);
  await t.job(await t.app.call('signers.login', { id }));
  expect((await t.row(id)).unfinished).toEqual([]);
  for (const one of again) expect(token.keys.has(one)).toBe(false);
});

test('pending: the next examination destroys what the cancelled one left, and no other key', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const { id } = await t.app.call('signers.save', {
    ...{ revision: await t.revision(), id: null, name: 'One', settings: settings('/a.so') },
    secret: { do: 'store', secret: '5678' },
  });
  const ids = await leaves(t, token, id);
  const stranger = 'ab'.repeat(20);
  strangerKey(token, 'p-256', stranger).label = 'Baleen doctor';
  await t.job(await t.app.call('signers.examine', { id }));
  const lines = (await t.app.call('signers.report', { id }))?.lines ?? [];
  expect(lines.filter(({ state }) => state !== 'good')).toEqual([]);
  for (const one of ids) expect(lines.find(({ code }) => code === 'left')?.text).toContain(one);
  expect([...token.keys.keys()]).toEqual([stranger]);
  // It has nothing to say any more.
  await t.job(await t.app.call('signers.examine', { id }));
  const after = (await t.app.call('signers.report', { id }))?.lines.map(({ code }) => code);
  expect(after).not.toContain('left');
});
