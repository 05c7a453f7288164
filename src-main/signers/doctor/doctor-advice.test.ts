import { expect, test } from 'vitest';
import { CKR_OF_LIBRARY } from '../pkcs11/ckr-library.ts';
import { doctorAdvice } from './doctor-advice.ts';

test.each(['PEER_UNTRUSTED', 'PEER_CHANGED', 'OPERATIONS_MISSING', 'MISSING_OPERATION', 'ANOTHER_DEVICE', 'LEFT_BEHIND'])(
  '%s points at nothing that only one of the screens shows',
  (code) => {
    const advice = doctorAdvice(code);
    expect(advice?.check).toMatch(/^[A-Z].*\.$/);
    expect(Object.values(advice ?? {}).join(' ')).not.toMatch(/\b(above|below)\b/);
  },
);

test('what is to be pressed is called as the button is', () => {
  for (const { fix } of Object.values(CKR_OF_LIBRARY)) expect(fix).not.toMatch(/probe/);
});
