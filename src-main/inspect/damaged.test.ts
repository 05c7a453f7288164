import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { toPem } from '../x509/pem.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { inspected, opensslFiles } from '../testing/openssl-files.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { vectorPath } from '../testing/vectors.ts';

const { openssl, file, remove } = opensslFiles();
afterAll(remove);
const leaf = openssl('x509 -in leaf.pem -outform DER');
const ca = openssl('x509 -in ca.pem -outform DER');

let app: TestApp;
beforeEach(async () => {
  app = await testApp();
});
afterEach(() => app.remove());

/** The same with another number of unused bits in front of the signature. */
function withUnused(der: Uint8Array, unused: number): Uint8Array {
  const changed = Uint8Array.from(der);
  changed[der.length - parseCertificate(der).signature.length - 1] = unused;
  return changed;
}

test.each([
  ['BadSignedCACert.crt', 'CN=Bad Signed CA'],
  ['InvalidDSASignatureTest6EE.crt', 'CN=Invalid DSA Signature EE Certificate Test6'],
])('%s is shown, and its signature is what is wrong', async (name, subject) => {
  const bytes = readFileSync(vectorPath('pkits', 'certs', name));
  expect(() => parseCertificate(bytes)).toThrow('not whole octets');
  const view = await inspected(app, name, bytes);
  expect(view.recognised).toBe('DER certificate with a damaged signature');
  expect(view.chain).toEqual([]);
  expect(view.items).toMatchObject([
    { kind: 'certificate', selfSigned: false, subject: { text: expect.stringContaining(subject) } },
  ]);
  expect(view.items[0]?.findings[0]).toMatchObject({
    code: 'SIGNATURE_DAMAGED',
    severity: 'bad',
    text: expect.stringMatching(/^Its signature is damaged: its last .* marked as not used/),
  });
});

test.each([
  [1, /its last bit is marked as not used/],
  [7, /its last 7 bits are marked as not used/],
  [8, /it begins with 8 where the number of unused bits belongs/],
])('%i unused bits in what was a good signature of its own: never good', async (unused, fault) => {
  const [item] = (await inspected(app, 'ca.der', withUnused(ca, unused))).items;
  expect(item).toMatchObject({ kind: 'certificate', selfSigned: false });
  expect(item?.findings.filter(({ where }) => where === 'signature')).toMatchObject([
    { code: 'SIGNATURE_DAMAGED', text: expect.stringMatching(fault) },
  ]);
});

test('it is no issuer of what stands beside it, and it is not kept', async () => {
  await app.create();
  const damaged = toPem('CERTIFICATE', withUnused(ca, 1));
  const view = await inspected(app, 'both.pem', Buffer.from(file('leaf.pem').toString() + damaged));
  expect(view.recognised).toBe('PEM, 1 certificate, 1 certificate with a damaged signature');
  expect(view.chain.map(({ name }) => name)).toEqual(['leaf.example.net']);
  expect(
    (await inspected(app, 'whole.pem', Buffer.concat([file('leaf.pem'), file('ca.pem')]))).chain,
  ).toHaveLength(2);
  await expect(app.call('inspect.keep', { id: view.id, items: [0, 1] })).rejects.toThrow(/Only certificates/);
  expect((await app.call('ca.certificates', {})).rows).toEqual([]);
  await expect(inspected(app, 'cut.der', withUnused(leaf, 1).subarray(0, 200))).rejects.toThrow(/cut off/);
});
