/** SoftHSM: no PIN goes to a token with another serial than the bound one, although it bears the same label. */
import { execFileSync } from 'node:child_process';
import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { peer } from '../testing/peers.ts';
import { type SoftHsm, softhsm, softhsmLibrary } from '../testing/softhsm.ts';
import { testApp } from '../testing/test-app.ts';

let hsm: SoftHsm;
beforeAll(() => void (hsm = softhsm()));
afterAll(() => hsm.remove());

/** A signer that is bound to a token by its label alone; then that token is out, and a stranger has its label. */
async function swapped(label: string, strangerPin: string) {
  const app = await testApp({ live: true });
  await app.create('online', 'X');
  const before = new Set(readdirSync(hsm.tokens));
  hsm.addToken(label);
  const folder = readdirSync(hsm.tokens).find((one) => !before.has(one)) ?? '';
  const list = () => app.call('signers.list', {});
  const revision = async () => (await list()).pending.revision;
  const { id } = await app.call('signers.save', {
    ...{ revision: await revision(), id: null, name: 'One' },
    settings: hsm.settings(label, { retrySeconds: 1, maxRetrySeconds: 1 }),
    secret: { do: 'store', secret: '4321' },
  });
  const roles = { defaultSigner: 'software', oneOffSigner: null };
  await app.call('signers.setRoles', { revision: await revision(), ...roles });
  await app.call('signers.apply', { revision: await revision() });
  expect(await app.ended((await app.call('signers.login', { id })).job)).toMatchObject({ state: 'done' });
  await app.call('signers.logout', { id });
  renameSync(join(hsm.tokens, folder), join(hsm.folder, `away-${label}`));
  hsm.addToken(label, strangerPin);
  const row = async () => (await list()).rows.find((one) => one.id === id);
  return { app, id, row };
}

test('the doctor stops at the token', { timeout: 60_000 }, async () => {
  const { app, id, row } = await swapped('dup', '9999');
  try {
    await app.ended((await app.call('signers.examine', { id })).job);
    const report = await app.call('signers.report', { id });
    const line = (code: string) => report?.lines.find((one) => one.code === code);
    expect(line('token')).toMatchObject({
      state: 'bad',
      text: expect.stringContaining('this signer belongs to'),
    });
    expect(line('login')?.state).toBe('skipped');
    expect((await row())?.secretMark).toBeNull();
  } finally {
    await app.remove();
  }
});

test('the PIN of the stranger is not changed', { timeout: 60_000 }, async () => {
  const { app, id } = await swapped('twin', '4321');
  try {
    const pins = { oldPin: '4321', newPin: '7777' };
    const job = await app.ended((await app.call('signers.changePin', { id, ...pins })).job);
    expect(job).toMatchObject({
      state: 'failed',
      error: { message: expect.stringContaining('not the device that owns these keys') },
    });
    const login = (pin: string) =>
      execFileSync(
        peer('pkcs11-tool'),
        ['--module', softhsmLibrary(), '--token-label', 'twin', '--login', '--pin', pin, '-O'],
        { env: { ...process.env, ...hsm.environment }, stdio: 'pipe' },
      );
    expect(() => login('4321')).not.toThrow();
    expect(() => login('7777')).toThrow();
  } finally {
    await app.remove();
  }
});
