import { afterEach, expect, test } from 'vitest';
import { fakeKmip } from '../testing/fake-kmip.ts';
import { fakeToken } from '../testing/fake-device.ts';
import { addSigner } from '../testing/real-signers.ts';
import { testApp } from '../testing/test-app.ts';
import { endLater, endServers } from '../testing/test-net.ts';
import { endSigners, started } from '../testing/test-signers.ts';

afterEach(endServers);
afterEach(endSigners);

test('listing the keys of a server tells how far it is, is joined by who asks again, and ends when it is cancelled', async () => {
  let slow = false;
  let answered = 0;
  const server = await fakeKmip({
    before(operation) {
      if (!slow || operation !== 'getAttributes') return null;
      answered += 1;
      return answered > 1 ? 'silent' : null;
    },
  });
  const app = await testApp({ live: true });
  endLater(() => app.remove());
  await app.create();
  const id = await addSigner(app, 'K', server.settings({ readTimeoutSeconds: 0 }), null);
  expect(await app.call('signers.deviceKeysFound', { id })).toBeNull();
  await app.result(await app.call('signers.login', { id }));
  const request = { signer: id, algorithm: 'p-256' as const, label: 'one' };
  await app.result(await app.call('keys.create', request));
  const { keys } = await app.deviceKeys(id);
  expect(keys).toHaveLength(2);
  expect(await app.call('signers.deviceKeysFound', { id })).toMatchObject({ keys });

  slow = true;
  const { job } = await app.call('signers.deviceKeys', { id });
  expect(await app.call('signers.deviceKeys', { id })).toEqual({ job });
  await expect
    .poll(async () => app.call('jobs.get', { id: job }))
    .toMatchObject({ state: 'running', progress: 0.5, step: 'Key 1 of 2', cancellable: true });
  await app.call('jobs.cancel', { id: job });
  expect((await app.ended(job)).state).toBe('cancelled');
  // What was listed before stays, and it can be asked again.
  expect(await app.call('signers.deviceKeysFound', { id })).toMatchObject({ keys });
  slow = false;
  expect((await app.deviceKeys(id)).keys).toHaveLength(2);
});

test('a signer without a device has no such list', async () => {
  const t = await started({ '/a.so': fakeToken('S1') });
  const id = await t.add('A', '/a.so');
  expect((await t.app.deviceKeys(id)).keys).toHaveLength(1);
  await expect(t.app.call('signers.deviceKeys', { id: 'software' })).rejects.toMatchObject({
    code: 'POLICY_REFUSED',
  });
});

test('who binds a server again and cancels while its keys are looked for does not wait', async () => {
  let asked = 0;
  let counting = false;
  const server = await fakeKmip({
    before(operation) {
      if (!counting || operation !== 'locate') return null;
      asked += 1;
      // Two look for the identity key, by name and among all, which is gone; the next for the key that the signer owns.
      return asked > 2 ? 'silent' : null;
    },
  });
  const app = await testApp({ live: true });
  endLater(() => app.remove());
  await app.create();
  const id = await addSigner(app, 'K', server.settings({ readTimeoutSeconds: 0 }), null);
  await app.result(await app.call('signers.login', { id }));
  await app.result(await app.call('keys.create', { signer: id, algorithm: 'p-256', label: 'one' }));
  const identity = (await app.deviceKeys(id)).keys.find((key) => key.identity !== null)?.identifier ?? '';
  for (const name of identity.split(/[^\w-]/)) server.objects.delete(name);
  await app.call('signers.logout', { id });
  const lost = await app.ended((await app.call('signers.login', { id })).job);
  expect(lost).toMatchObject({ state: 'failed', error: { message: /lost the identity key/ } });
  counting = true;
  const { job } = await app.call('signers.bindAgain', { id });
  await expect.poll(() => asked).toBeGreaterThan(2);
  await app.call('jobs.cancel', { id: job });
  expect((await app.ended(job)).state).toBe('cancelled');
});
