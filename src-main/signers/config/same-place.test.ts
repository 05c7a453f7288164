import { expect, test } from 'vitest';
import { kmipSettings, pkcs11Settings } from '#shared/contract/signer-settings.ts';
import { samePlace } from './same-place.ts';

const TOKEN = {
  ...{ kind: 'pkcs11', libPath: '/a.so', slot: { by: 'label', label: 'One' } },
  environment: { A_CONF: '/a', B_CONF: '/b' },
};
const SERVER = { kind: 'kmip', host: 'hsm.example', serverCaCertPath: '/ca.pem', username: 'one' };

test.each([
  [{ keyLabel: 'Other', environment: { B_CONF: '/b', A_CONF: '/a' } }, true],
  [{ libPath: '/b.so' }, false],
  [{ environment: { A_CONF: '/other', B_CONF: '/b' } }, false],
])('a PIN goes to the same place with %j: %s', (change, same) => {
  const moved = pkcs11Settings.parse({ ...TOKEN, ...change });
  expect(samePlace(pkcs11Settings.parse(TOKEN), moved)).toBe(same);
});

test.each([
  [{ readTimeoutSeconds: 9 }, true],
  [{ port: 1 }, false],
  [{ serverCaCertPath: '/other.pem' }, false],
  [{ serverCertPath: '/pin.pem' }, false],
  [{ insecure: true }, false],
])('a password goes to the same place with %j: %s', (change, same) => {
  const moved = kmipSettings.parse({ ...SERVER, ...change });
  expect(samePlace(kmipSettings.parse(SERVER), moved)).toBe(same);
});
