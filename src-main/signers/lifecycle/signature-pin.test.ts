/** A key that wants a PIN for each signature: which one goes out by itself, and what a wrong one says of the login. */
import { afterEach, expect, test } from 'vitest';
import { fakeToken } from '../../testing/fake-device.ts';
import { endSigners, started } from '../../testing/test-signers.ts';
import { PASSPHRASE } from '../../testing/test-workspace.ts';

afterEach(endSigners);

/** Logged in with the PIN in the vault; from now on its keys ask for each signature. */
async function asking(signaturePin: string | null) {
  const token = fakeToken('S1', { algorithms: ['p-256'] });
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so', '5678');
  await t.job(await t.app.call('signers.login', { id }));
  Object.assign(token, { asksForEachSignature: true, signaturePin });
  token.pins.length = 0;
  const probe = () => t.app.call('signers.probe', { id });
  const answer = async (pin: string, keep: 'no' | 'until-lock' | 'vault' = 'no') => {
    const asked = await t.prompt();
    await t.app.call('signers.answer', { prompt: asked.id, pin, keep });
    return asked;
  };
  return { token, t, id, probe, answer };
}

test('the kept PIN of the login is not sent for a signature before a person typed it for one', async () => {
  const { token, t, id, probe, answer } = await asking(null);
  const first = await probe();
  const asked = await t.prompt();
  expect(token.pins).toEqual([]);
  expect(asked.text).toMatch(/^Type the signature PIN of One\. .*the one of the login\.$/);
  expect(asked).toMatchObject({ forSignature: true });
  await answer('5678');
  expect(await t.job(first)).toMatchObject({ state: 'done' });
  // Each signature was given it, and so is each after a lock.
  const signatures = token.pins.length;
  expect(signatures).toBeGreaterThan(0);
  await t.app.call('workspace.lock', {});
  await t.app.call('workspace.unlock', { passphrase: PASSPHRASE });
  expect(await t.job(await probe())).toMatchObject({ state: 'done' });
  expect(new Set(token.pins)).toEqual(new Set(['5678']));
  // Changed, it is another: a person types it for a signature once more.
  token.pin = '9999';
  const other = await t.app.call('signers.save', {
    ...{
      revision: await t.revision(),
      id,
      name: 'One',
      settings: (await t.row(id)).settings ?? ({} as never),
    },
    secret: { do: 'store', secret: '9999' },
  });
  expect(other.id).toBe(id);
  await t.apply();
  const last = await probe();
  expect((await t.prompt()).forSignature).toBe(true);
  await answer('9999');
  expect(await t.job(last)).toMatchObject({ state: 'done' });
});

test('a card with a PIN of its own: a wrong one costs one try, and that of the login stays good and kept', async () => {
  const { token, t, id, probe, answer } = await asking('4321');
  const first = await probe();
  // Whoever takes it for the PIN of the login is told, and not sent twice.
  await answer('5678');
  await t.job(first);
  expect(token.pins).toEqual(['5678']);
  expect(await t.row(id)).toMatchObject({ secretStored: true, secretMark: null });
  token.pins.length = 0;
  const second = await probe();
  const asked = await t.prompt();
  // It logged in by itself again, with the one that is kept.
  expect(token.pins).toEqual(['5678']);
  expect(asked.forSignature).toBe(true);
  await expect(
    t.app.call('signers.answer', { prompt: asked.id, pin: '5678', keep: 'no' }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(
    t.app.call('signers.answer', { prompt: asked.id, pin: '4321', keep: 'vault' }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await answer('4321', 'until-lock');
  expect(await t.job(second)).toMatchObject({ state: 'done' });
  // In memory for the signatures that follow; the login has its own.
  expect(await t.job(await probe())).toMatchObject({ state: 'done' });
  await t.app.call('signers.logout', { id });
  const third = await probe();
  await t.prompt();
  expect(token.pins.at(-1)).toBe('5678');
  // Logged out, it is forgotten; once is for one signature only.
  await answer('4321');
  const again = await t.prompt();
  expect(again.forSignature).toBe(true);
  await t.app.call('signers.cancelPrompt', { prompt: again.id });
  await t.job(third);
});

test('the doctor asks for the signature PIN too, once an examination', async () => {
  const { token, t, id, answer } = await asking('4321');
  const begun = await t.app.call('signers.examine', { id });
  const asked = await answer('4321');
  expect(asked.forSignature).toBe(true);
  expect(await t.job(begun)).toMatchObject({ state: 'done' });
  expect(new Set(token.pins.slice(1))).toEqual(new Set(['4321']));
});
