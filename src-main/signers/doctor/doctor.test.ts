import { afterEach, expect, test } from 'vitest';
import { fakeToken } from '../../testing/fake-device.ts';
import { softhsm } from '../../testing/softhsm.ts';
import { testApp } from '../../testing/test-app.ts';
import { endSigners, settings, started } from '../../testing/test-signers.ts';

afterEach(endSigners);

const CANARY = 'canary-7391-pin';

type Started = Awaited<ReturnType<typeof started>>;

/** A signer that is pending, with a PIN that is. */
async function pending(t: Started, pin: string | null): Promise<string> {
  const { id } = await t.app.call('signers.save', {
    revision: await t.revision(),
    ...{ id: null, name: 'One', settings: settings('/a.so') },
    secret: pin === null ? { do: 'keep' } : { do: 'store', secret: pin },
  });
  return id;
}

async function examined({ app }: Pick<Started, 'app'>, id: string) {
  const job = await app.ended((await app.call('signers.examine', { id })).job);
  const report = await app.call('signers.report', { id });
  if (report === null) throw new Error('no report');
  const line = (code: string) => report.lines.find((one) => one.code === code);
  return { job, report, line };
}

test('lines come one by one, of a signer that is pending; the report holds no secret', async () => {
  const hsm = softhsm();
  const app = await testApp();
  try {
    hsm.addToken('doctor', CANARY);
    await app.create();
    const { pending: config } = await app.call('signers.list', {});
    const { id } = await app.call('signers.save', {
      ...{ revision: config.revision, id: null, name: 'My token' },
      settings: hsm.settings('doctor', {
        environment: { ...hsm.environment, VENDOR_PASSWORD: CANARY },
      }),
      secret: { do: 'store', secret: CANARY },
    });
    expect(await app.call('signers.report', { id })).toBeNull();
    const begun = await app.call('signers.examine', { id });
    await expect(app.call('signers.examine', { id })).rejects.toMatchObject({ code: 'NOT_ALLOWED_NOW' });
    const counts = new Set<number>();
    for (;;) {
      const report = await app.call('signers.report', { id });
      if (report !== null) counts.add(report.lines.length);
      if (report?.done === true) break;
      await new Promise((done) => setTimeout(done, 20));
    }
    expect((await app.ended(begun.job)).state).toBe('done');
    expect(counts.size).toBeGreaterThan(5);
    const report = await app.call('signers.report', { id });
    expect(report?.lines.filter(({ state }) => state !== 'good')).toEqual([]);
    expect(report?.lines.find(({ code }) => code === 'login')?.text).toBe(
      'It let us in. The kept PIN was taken.',
    );
    expect(report?.toml).toContain('# user_pin = "type it here"');
    expect(report?.text).toContain('Baleen\'s doctor on the signer "My token" (PKCS#11)');
    expect(report?.text).toContain('[good] Login: It let us in.');
    expect(report?.text).toContain('VENDOR_PASSWORD=***');
    expect(report?.text).toContain(`lib_path = "`);
    expect(JSON.stringify(report)).not.toContain(CANARY);
    expect(app.lines.join('\n')).not.toContain(CANARY);
    const { rows } = await app.call('audit.list', { action: 'signers.examine', limit: 10 });
    expect(rows.map(({ outcome, summary }) => `${outcome}: ${summary}`)).toEqual(
      [
        'refused: My token is being examined. Wait for its end.',
        'done: The doctor examined My token: a key was made, used and destroyed on it',
      ].toReversed(),
    );
    // Nothing was changed: it is not bound and not in force.
    expect((await app.call('signers.list', {})).rows).toHaveLength(1);
    // The lock forgets it.
    await app.call('workspace.lock', {});
    await expect(app.call('signers.report', { id })).rejects.toMatchObject({ code: 'LOCKED' });
  } finally {
    await app.remove();
    await hsm.remove();
  }
});

test('a pending PIN that was refused is never sent again: it is taken out, and a person is asked', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await pending(t, '0000');
  const first = await examined(t, id);
  expect(first.line('login')).toMatchObject({ state: 'bad' });
  expect(first.line('generate')).toMatchObject({ state: 'skipped' });
  expect(first.job).toMatchObject({ state: 'done', resultIds: [] });
  expect(token.pins).toEqual(['0000']);
  expect((await t.list()).pending.signers.find((one) => one.id === id)?.secretStored).toBe(false);
  expect(await t.audit('signers.examine')).toEqual(['done: The doctor examined One: it stops at "Login"']);
  expect(await t.audit('signers.pinRefused')).toHaveLength(1);

  const again = await t.app.call('signers.examine', { id });
  const prompt = await t.prompt();
  expect(prompt).toMatchObject({ signer: id, signerName: 'One', kind: 'pin' });
  await expect(
    t.app.call('signers.answer', { prompt: prompt.id, pin: '0000', keep: 'no' }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await t.app.call('signers.answer', { prompt: prompt.id, pin: '5678', keep: 'vault' });
  await t.app.ended(again.job);
  expect(new Set(token.pins.slice(1))).toEqual(new Set(['5678']));
  const report = await t.app.call('signers.report', { id });
  expect(report?.lines.every(({ state }) => state === 'good')).toBe(true);
  expect(token.keys.size).toBe(0);
  // As the operator said: it is kept, with the rest that is pending.
  expect((await t.list()).pending.signers.find((one) => one.id === id)?.secretStored).toBe(true);
});

test('of a signer in force: its refused PIN is not sent, a cancelled question is no failure', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so', '0000');
  await t.job(await t.app.call('signers.login', { id }));
  expect(token.pins).toEqual(['0000']);
  const begun = await t.app.call('signers.examine', { id });
  const prompt = await t.prompt();
  await t.app.call('signers.cancelPrompt', { prompt: prompt.id });
  await t.app.ended(begun.job);
  expect(token.pins).toEqual(['0000']);
  const report = await t.app.call('signers.report', { id });
  expect(report?.lines[0]).toMatchObject({
    ...{ code: 'login', state: 'skipped', stop: 'no PIN was given' },
    fix: 'Examine it again and type the PIN.',
  });
  expect(new Set(report?.lines.map(({ state }) => state))).toEqual(new Set(['skipped']));

  const typed = await t.app.call('signers.examine', { id });
  await t.app.call('signers.answer', { prompt: (await t.prompt()).id, pin: '5678', keep: 'until-lock' });
  await t.app.ended(typed.job);
  expect((await t.row(id)).secretHeld).toBe(true);
  expect((await t.app.call('signers.report', { id }))?.lines[0]?.text).toBe(
    'It let us in. The kept PIN was refused before and was not sent.',
  );
});

test('it can be cancelled, and what hangs holds up no lock', async () => {
  const token = fakeToken('S1', { hangs: new Set(['create']) });
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  const { job } = await t.app.call('signers.examine', { id });
  await t.until(async () => token.asked.includes('create'));
  await t.app.call('jobs.cancel', { id: job });
  expect((await t.app.ended(job)).state).toBe('cancelled');
  expect((await t.app.call('signers.report', { id }))?.done).toBe(true);
  await t.app.call('signers.examine', { id });
  await t.until(async () => token.asked.filter((one) => one === 'create').length === 2);
  await t.app.call('workspace.lock', {});
});

test('the software signer and one that is gone are refused in a sentence', async () => {
  const t = await started({});
  await expect(t.app.call('signers.examine', { id: 'software' })).rejects.toMatchObject({
    code: 'POLICY_REFUSED',
  });
  await expect(t.app.call('signers.examine', { id: 'signer-none' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('a PIN that is only held until the lock is not called kept', async () => {
  const t = await started({ '/a.so': fakeToken('S1') });
  const id = await t.add('One', '/a.so', null);
  const login = await t.app.call('signers.login', { id });
  const { id: prompt } = await t.prompt();
  await t.app.call('signers.answer', { prompt, pin: '5678', keep: 'until-lock' });
  await t.app.result(login);
  expect((await examined(t, id)).line('login')?.text).toBe(
    'It let us in. The PIN that is kept in memory until the lock was taken.',
  );
});

test('a report of other settings than the ones of now says so, until they are the same again', async () => {
  const t = await started({ '/a.so': fakeToken('S1') });
  const id = await pending(t, '5678');
  expect((await examined(t, id)).report.otherSettings).toBe(false);
  const save = async (libPath: string) =>
    t.app.call('signers.save', {
      ...{ revision: await t.revision(), id, name: 'One', settings: settings(libPath) },
      secret: { do: 'keep' },
    });
  await save('/b.so');
  expect((await t.app.call('signers.report', { id }))?.otherSettings).toBe(true);
  await save('/a.so');
  expect((await t.app.call('signers.report', { id }))?.otherSettings).toBe(false);
});
