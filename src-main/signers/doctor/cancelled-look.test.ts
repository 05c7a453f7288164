/** What the doctor looks for ends when it is cancelled, and a server that makes no kind of key stops where that is told. */
import { afterEach, expect, test } from 'vitest';
import { doctored } from '../../testing/doctored.ts';
import { fakeKmip } from '../../testing/fake-kmip.ts';
import { kmipDevice } from '../../testing/kmip-device.ts';
import { endServers } from '../../testing/test-net.ts';

afterEach(endServers);

test('who cancels while it looks whether its test keys are gone does not wait, and is told of no failure', async () => {
  const cancel = new AbortController();
  let destroyed = 0;
  const fake = await fakeKmip({
    before(operation) {
      if (operation === 'destroy') destroyed += 1;
      // Both halves of both keys are gone.
      if (operation !== 'locate' || destroyed < 4) return null;
      cancel.abort();
      return 'silent';
    },
  });
  const { line, notGood } = await doctored(fake.settings({ readTimeoutSeconds: 0 }), {
    signal: cancel.signal,
  });
  expect(fake.objects.size).toBe(0);
  expect(notGood.filter((one) => one.endsWith('bad'))).toEqual([]);
  expect(line('destroy')).toMatchObject({ state: 'skipped', cause: '' });
});

test('mechanisms: a server that refused to make every kind of key that is tried', async () => {
  const fake = await fakeKmip({ before: (operation) => (operation === 'createKeyPair' ? 8 : null) });
  const settings = fake.settings();
  const device = kmipDevice(settings);
  await device.open(new AbortController().signal);
  for (const algorithm of ['rsa-2048', 'p-256'] as const)
    await expect(device.create({ algorithm, label: '' })).rejects.toMatchObject({ trouble: 'unsupported' });
  const { lines, line, notGood } = await doctored(settings, { device });
  expect(notGood.filter((one) => one.endsWith('bad'))).toEqual(['mechanisms bad']);
  const after = lines.slice(lines.findIndex(({ code }) => code === 'mechanisms') + 1);
  expect(after.map(({ state }) => state)).toEqual(after.map(() => 'skipped'));
  expect(line('mechanisms').text).toMatch(/makes neither RSA 2048 nor P-256 keys/);
  expect(line('mechanisms').cause).toMatch(/no mechanism/);
  expect(line('mechanisms').check).toMatch(/policy of the device/);
  expect(line('mechanisms').fix).toMatch(/Allow RSA or ECDSA/);
});
