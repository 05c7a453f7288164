import { afterEach, expect, test } from 'vitest';
import type { Net } from '../../ports.ts';
import { fakeKmip } from '../../testing/fake-kmip.ts';
import { kmipDevice } from '../../testing/kmip-device.ts';
import { endServers, nodeNet } from '../../testing/test-net.ts';
import { testClock } from '../../testing/test-ports.ts';
import { testTls } from '../../testing/test-tls.ts';
import { DeviceError } from '../device.ts';

const signal = new AbortController().signal;
afterEach(endServers);

test('a second server behind the name that answered during the first contact proves itself before a key is made there', async () => {
  const clock = testClock();
  let there = true;
  // Each connection is too old when it is given back, and the next one goes to the first server.
  const before = (operation: string): null => {
    if (operation !== 'discoverVersions' && operation !== 'query') return null;
    clock.advance(2_000);
    there = false;
    return null;
  };
  const first = await fakeKmip({ before });
  const other = await fakeKmip({ before, tls: testTls() });
  const net: Net = {
    ...nodeNet,
    dial: (target) => nodeNet.dial({ ...target, port: there ? other.port : first.port }),
  };
  const device = kmipDevice(first.settings({ maxUseSeconds: 1 }), { net, clock });
  const asked: string[] = [];
  const { serial } = await device.open(signal, async (_device, facts) => {
    asked.push(facts.serial);
    throw new DeviceError('misconfigured', 'ANOTHER_DEVICE', 'It is another one.');
  });
  expect([other.asked, first.asked]).toEqual([['1.4 discoverVersions'], ['1.4 query']]);
  there = true;
  const refused = { code: 'ANOTHER_DEVICE' };
  await expect(device.create({ algorithm: 'p-256', label: '' })).rejects.toMatchObject(refused);
  expect(asked).toHaveLength(1);
  expect(asked).not.toContain(serial);
  expect([other.objects.size, other.asked.length]).toEqual([0, 1]);
  there = false;
  await device.create({ algorithm: 'p-256', label: '' });
  expect(first.objects.size).toBe(2);
});
