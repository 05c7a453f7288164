import { expect, test } from 'vitest';
import { networkOf } from './caller.ts';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:c000:207', '192.0.2.7'],
  ['2001:db8:1:2::7', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
  ['2001:db8:1:3::7', '2001:db8:1:3::/64'],
  ['fe80::1%eth0', 'fe80::/64'],
  ['::1', '::/64'],
  // Not mapped: compatible addresses (RFC 4291 2.5.5.1) are nobody's IPv4.
  ['::192.0.2.7', '::/64'],
  ['', ''],
  ['a socket without address', 'a socket without address'],
])('%s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
