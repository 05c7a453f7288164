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
  ['pkcs11', 'CKR_VENDOR_DEFINED_0x1', /only the vendor can name/],
  ['pkcs11', 'ANOTHER_DEVICE', /settings lead to another device/],
  ['pkcs11', 'PIN_UNANSWERED', /fell silent while it had the PIN/],
] as const)('a failure of a device is explained by its own code: %s %s', (kind, code, cause) => {
  const { kinds } = deviceParts({
    clock: testClock(),
    random: testRandom,
    net: noNet,
    hosts: testTools.hosts,
  });
  expect(kinds.explain(kind, new DeviceError('unreachable', code, 'It failed.'))?.cause).toMatch(cause);
  // No table knows it: the general advice, not that of a vendor's code.
  expect(kinds.explain(kind, new DeviceError('pin-needed', 'PIN_NEEDED', 'Log in.'))).toBeNull();
});
