import { expect, it } from 'vitest';
import { toPem } from './pem.ts';
import { recognise } from './recognise.ts';

it('Diffie-Hellman parameters are no private key, and are called what they are', () => {
  // Two numbers, the first with a leading zero octet: so begins a PKCS#1 key, too.
  const der = Buffer.from('300a020500fd000001020102', 'hex');
  expect(() => recognise(der)).toThrow(/structure is another one/);
  expect(() => recognise(Buffer.from(toPem('DH PARAMETERS', der)))).toThrow(
    /Diffie-Hellman parameters: numbers .* neither a key nor a certificate/,
  );
});
