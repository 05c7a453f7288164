import { expect, test } from 'vitest';
import { noNet } from '../testing/test-net.ts';
import { testClock, testRandom } from '../testing/test-ports.ts';
import { testTools } from '../testing/softhsm.ts';
import { DeviceError } from './device.ts';
import { deviceParts } from './device-parts.ts';

test.each([
  ['kmip', 'ENOTFOUND', /name server/],
  ['kmip', 'ECONNREFUSED', /The server does not run/],
  ['kmip', 'Item Not Found', /./],
  ['pkcs11', 'CKR_PIN_INCORRECT', /not that of this token/],
] as const)('a failure of a device is explained by its own code: %s %s', (kind, code, cause) => {
  const { kinds } = deviceParts({
    clock: testClock(),
    random: testRandom,
    net: noNet,
    hosts: testTools.hosts,
  });
  expect(kinds.explain(kind, new DeviceError('unreachable', code, 'It failed.'))?.cause).toMatch(cause);
});
