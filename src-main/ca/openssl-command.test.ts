import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attributeType, type IssueDraft } from '#shared/contract/issue-draft.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { testRequest } from '../testing/test-request.ts';
import { DAY, draftOf, wizard } from '../testing/test-wizard.ts';
import { certificateView } from '../x509/certificate-view.ts';
import { recognise } from '../x509/recognise.ts';
import { toPem } from '../x509/pem.ts';

let app: TestApp;
let by: ReturnType<typeof wizard>;
let folder = '';
beforeAll(async () => {
  app = await testApp();
  await app.create();
  by = wizard(app);
  folder = mkdtempSync(join(tmpdir(), 'baleen-command-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await app.remove();
});

const DN: Record<string, string> = {
  CN: 'Root in Zürich',
  serialNumber: '12 34',
  C: 'DE',
  emailAddress: 'pki@example.net',
  DC: 'example',
};

/** Runs what the review shows and compares what OpenSSL made with what Baleen signs for the same draft. */
async function sameAsSigned(data: IssueDraft): Promise<string> {
  const draft = await by.saved(data);
  const { command, digest, problems } = await app.call('ca.review', draft);
  expect(problems).toEqual([]);
  execFileSync('bash', ['-euc', command], { cwd: folder, stdio: 'pipe' });
  const [made] = recognise(readFileSync(join(folder, 'certificate.pem'))).objects;
  if (made?.kind !== 'certificate') throw new Error('no certificate');
  const id = await app.result(await app.call('ca.sign', { ...draft, digest }));
  const { view } = await app.call('ca.certificate', { id });
  const own = certificateView(made.der, { now: app.clock.now() });
  for (const field of [
    'notBefore',
    'notAfter',
    'signatureAlgorithm',
    'keyUsage',
    'extendedKeyUsage',
    'isCa',
    'pathLength',
    'names',
    'namesPermitted',
    'crlUrls',
    'ocspUrls',
    'caIssuerUrls',
  ] as const)
    expect([field, own[field]]).toEqual([field, view[field]]);
  expect(own.subject.text).toBe(view.subject.text);
  expect(own.key.text).toBe(view.key.text);
  expect(own.extensions.map(({ oid, critical }) => [oid, critical])).toEqual(
    view.extensions.map(({ oid, critical }) => [oid, critical]),
  );
  return id;
}

test('the command shown beside a review makes the same certificate, with the OpenSSL that is here', async () => {
  const root = await sameAsSigned(
    draftOf('root', 'Root', {
      subject: attributeType.options.map((type) => ({ type, value: DN[type] ?? `Zürich / ${type} $x #1` })),
    }),
  );
  copyFileSync(join(folder, 'certificate.pem'), join(folder, 'issuer.pem'));
  copyFileSync(join(folder, 'key.pem'), join(folder, 'issuer-key.pem'));
  const intermediate = await sameAsSigned(
    draftOf('intermediate', 'Intermediate', {
      issuer: root,
      key: { from: 'new', algorithm: 'p-384', label: '' },
      namesPermitted: '10.0.0.0/8, 2001:db8::/33, example.net',
      status: {
        mode: 'urls',
        crl: 'http://pki.example.net/$root#.crl',
        ocsp: 'http://ocsp.example.net',
        caIssuers: 'http://pki.example.net/root.crt',
      },
    }),
  );
  copyFileSync(join(folder, 'certificate.pem'), join(folder, 'issuer.pem'));
  copyFileSync(join(folder, 'key.pem'), join(folder, 'issuer-key.pem'));
  const names = { dns: 'a.example.net, *.b.example.net', ip: '10.0.0.20, 2001:db8::1', uri: '', email: '' };
  for (const more of [
    { key: { from: 'new', algorithm: 'rsa-2048', label: '' } as const },
    { key: { from: 'new', algorithm: 'ed25519', label: '' } as const },
    { subject: [] },
  ])
    await sameAsSigned(
      draftOf('server', 'a.example.net', { issuer: intermediate, lifetimeSeconds: DAY, names, ...more }),
    );

  const der = testRequest('asked.example.net', []);
  writeFileSync(join(folder, 'request.pem'), toPem('CERTIFICATE REQUEST', der));
  const key = { from: 'request', requestDer: der.toString('base64'), name: 'a.csr' } as const;
  await sameAsSigned(draftOf('client', 'another name', { issuer: intermediate, names, key }));
  expect(await app.call('ca.counts', {})).toMatchObject({ total: 6 });
}, 30_000);
