import { expect, test } from 'vitest';
import { CKR_OF_KEY } from '../pkcs11/ckr-key.ts';
import { CKR_OF_LIBRARY } from '../pkcs11/ckr-library.ts';
import { CKR_OF_TOKEN } from '../pkcs11/ckr-token.ts';
import { OWN_FAULTS } from '../pkcs11/own-faults.ts';
import { doctorAdvice } from './doctor-advice.ts';

test.each([
  'PEER_UNTRUSTED',
  'PEER_CHANGED',
  'OPERATIONS_MISSING',
  'MISSING_OPERATION',
  'ANOTHER_DEVICE',
  'LEFT_BEHIND',
])('%s points at nothing that only one of the screens shows', (code) => {
  const advice = doctorAdvice(code);
  expect(advice?.check).toMatch(/^[A-Z].*\.$/);
  expect(Object.values(advice ?? {}).join(' ')).not.toMatch(/\b(above|below)\b/);
});

test('what is to be pressed is called as the button is', () => {
  for (const rows of [CKR_OF_KEY, CKR_OF_LIBRARY, CKR_OF_TOKEN, OWN_FAULTS])
    for (const { text, fix } of Object.values(rows)) expect(`${text} ${fix}`).not.toMatch(/probe/i);
});
