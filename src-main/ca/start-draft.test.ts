import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IssueDraft } from '#shared/contract/issue-draft.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { testRequest } from '../testing/test-request.ts';
import { draftOf, wizard, issueDraftOf } from '../testing/test-wizard.ts';
import { boolean, contextPrimitive, sequence, tlv } from '../x509/der-writer.ts';
import { EXTENSION } from '../x509/oids.ts';

let app: TestApp;
let by: ReturnType<typeof wizard>;
let root = '';
let intermediate = '';
let leaf = '';
beforeAll(async () => {
  app = await testApp();
  await app.create();
  by = wizard(app);
  ({ root, intermediate, leaf } = await by.chain());
});
afterAll(() => app.remove());
test('renewing keeps the key and the names; re-keying changes it; the old ones stay in the history', async () => {
  const before = await app.call('ca.certificate', { id: leaf });
  await app.later(16 * 3_600_000 + 60_000);
  expect((await app.call('ca.certificate', { id: leaf })).row.state).toBe('renew');
  const start = await app.call('ca.startReplace', { id: leaf, action: 'renew' });
  const renewal = issueDraftOf(await app.call('drafts.get', { id: start.draft }));
  expect(renewal.data.names).toEqual({
    dns: 'postgres.internal, localhost',
    ip: '10.0.0.20',
    uri: '',
    email: '',
  });
  const { digest } = await app.call('ca.review', { draft: start.draft, revision: 1 });
  const renewed = await app.result(await app.call('ca.sign', { draft: start.draft, revision: 1, digest }));
  const after = await app.call('ca.certificate', { id: renewed });
  expect(after.view.key.spkiSha256).toBe(before.view.key.spkiSha256);
  expect(after.view.serial).not.toBe(before.view.serial);
  expect(after.history.map(({ action }) => action)).toEqual(['renew', 'issued']);
  expect((await app.call('ca.certificate', { id: leaf })).row.state).toBe('replaced');
  await expect(app.call('ca.startReplace', { id: leaf, action: 'renew' })).rejects.toMatchObject({
    code: 'NOT_ALLOWED_NOW',
  });
  const rekey = await app.call('ca.startReplace', { id: renewed, action: 'rekey' });
  const review = await app.call('ca.review', { draft: rekey.draft, revision: 1 });
  const rekeyed = await app.result(
    await app.call('ca.sign', { draft: rekey.draft, revision: 1, digest: review.digest }),
  );
  const last = await app.call('ca.certificate', { id: rekeyed });
  expect(last.view.key).toMatchObject({ text: 'P-384' });
  expect(last.view.key.spkiSha256).not.toBe(before.view.key.spkiSha256);
  await expect(app.call('drafts.cancel', { id: rekey.draft })).rejects.toMatchObject({
    code: 'NOT_ALLOWED_NOW',
  });
});

function csr(subject: string, extensions: string): Buffer {
  const config = join(app.folder, 'csr.cnf');
  writeFileSync(config, `[req]\ndistinguished_name=dn\nreq_extensions=ext\n[dn]\n[ext]\n${extensions}\n`);
  return execFileSync(
    'openssl',
    [
      'req',
      '-new',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      '/dev/null',
      '-subj',
      subject,
      '-config',
      config,
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
}

test('an authority that was renewed keeps what it issued: one line in its list, its count and the filter', async () => {
  const before = await app.call('ca.authority', { id: intermediate });
  const { draft } = await app.call('ca.startReplace', { id: intermediate, action: 'rekey' });
  const { digest } = await app.call('ca.review', { draft, revision: 1 });
  const renewed = await app.result(await app.call('ca.sign', { draft, revision: 1, digest }));
  const now = await app.call('ca.authority', { id: renewed });
  expect(now.issued).toBe(before.issued);
  const listed = await app.call('ca.certificates', { issuer: renewed });
  expect(listed.total).toBe(now.issued);
  expect(listed.rows.map(({ id }) => id)).toContain(leaf);
  const { issuers } = await app.call('ca.counts', {});
  const names = issuers.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
  expect(issuers.find(({ id }) => id === renewed)).toMatchObject({ count: now.issued });
  // A root is its own issuer, in the list, the filter and its count alike.
  const { rows } = await app.call('ca.certificates', {});
  for (const { id, name, count } of issuers) {
    if (id === null) continue;
    const narrowed = await app.call('ca.certificates', { issuer: id, own: true });
    expect([name, narrowed.total]).toEqual([name, count]);
  }
  const own = rows.find(({ id, issuerId }) => id === issuerId);
  expect(
    (await app.call('ca.certificates', { issuer: own?.id ?? '', own: true })).rows.map(({ id }) => id),
  ).toContain(own?.id);
  intermediate = renewed;
});

/** The draft of the wizard after a request was chosen in its Key step, ready for the review. */
async function draftFrom(
  part: Pick<IssueDraft, 'key' | 'subject' | 'names'>,
): Promise<{ draft: string; revision: number }> {
  return by.saved({ ...draftOf('server', ''), ...part, issuer: intermediate });
}

/** What only somebody who writes drafts past the wizard hands in. */
const unread = (der: Uint8Array): Pick<IssueDraft, 'key' | 'subject' | 'names'> => ({
  key: { from: 'request', requestDer: Buffer.from(der).toString('base64'), name: 'x.csr' },
  subject: [],
  names: { dns: 'web.internal', ip: '', uri: '', email: '' },
});

test('a request gives key, subject and names; what it asks beyond is listed and not granted', async () => {
  const pem = csr(
    '/O=Example/CN=web.internal/pseudonym=nick',
    'subjectAltName=@names\nbasicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,digitalSignature\nextendedKeyUsage=codeSigning,serverAuth\ntlsfeature=status_request\n[names]\nDNS=web.internal\nIP=10.0.0.9\nURI=https://ok.example/a,https://evil.example/',
  );
  const part = await app.call('ca.readRequest', { blob: await app.blob('web.csr', pem) });
  expect(part.subject).toEqual([
    { type: 'O', value: 'Example' },
    { type: 'CN', value: 'web.internal' },
  ]);
  expect(part.names).toEqual({ dns: 'web.internal', ip: '10.0.0.9', uri: '', email: '' });
  expect((await app.call('drafts.list', {})).drafts).toEqual([]);
  const draft = await draftFrom(part);
  const review = await app.call('ca.review', draft);
  expect(review.problems).toEqual([]);
  expect(review.notGranted).toEqual([
    'subject attribute pseudonym: nick',
    'CA:TRUE: to be an authority',
    'key usage keyCertSign',
    'purpose codeSigning',
    expect.stringMatching(/^extension/),
    'name with a separator in it: https://ok.example/a,https://evil.example/',
  ]);
  // What the operator takes out of it is listed, too; another spelling of a name is the same name.
  const fewer = await app.call(
    'ca.review',
    await draftFrom({
      ...part,
      subject: [{ type: 'CN', value: 'web.internal' }],
      names: { ...part.names, dns: 'WEB.internal', ip: '' },
    }),
  );
  expect(fewer.notGranted).toEqual(
    expect.arrayContaining(['subject attribute O: Example', 'IP address 10.0.0.9']),
  );
  expect(fewer.notGranted).not.toContain('DNS name web.internal');
  const id = await app.result(await app.call('ca.sign', { ...draft, digest: review.digest }));
  const { view, key, whyNot } = await app.call('ca.certificate', { id });
  expect(view).toMatchObject({
    isCa: false,
    keyUsage: ['digitalSignature'],
    extendedKeyUsage: ['serverAuth'],
  });
  expect(key).toBeNull();
  expect(whyNot).toMatch(/start from a new request/);
});

test('a request whose signature is broken, a weak key, and what is no request are refused by name', async () => {
  const good = csr('/CN=web.internal', 'subjectAltName=DNS:web.internal');
  const der = Buffer.from(good.toString().replaceAll(/-----.*-----|\s/g, ''), 'base64');
  const altered = Buffer.from(der);
  altered[altered.length - 3] = (altered.at(-3) ?? 0) ^ 1;
  const key = (...args: string[]): Buffer =>
    execFileSync(
      'openssl',
      ['req', '-new', '-newkey', ...args, '-nodes', '-keyout', '/dev/null', '-subj', '/CN=x'],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
  const bad: [string, Buffer, RegExp][] = [
    ['altered.csr', altered, /^altered\.csr: The request is not signed by its own key/],
    ['weak.csr', key('rsa:1024'), /^weak\.csr: .*1024.* Ask for a request with another key\. Use .*\.$/],
    [
      'curve.csr',
      key('ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1'),
      /^curve\.csr: secp256k1 keys are not/,
    ],
    ['garbage.csr', Buffer.from('garbage'), /^garbage\.csr: .*Choose a certificate request/],
    ['empty.csr', Buffer.alloc(0), /^empty\.csr: /],
    ['cut.csr', der.subarray(0, 40), /^cut\.csr: /],
  ];
  for (const [name, bytes, said] of bad) {
    const refused = app.call('ca.readRequest', { blob: await app.blob(name, bytes) });
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(refused).rejects.toThrow(said);
  }
  const { rows } = await app.call('audit.list', { outcome: 'refused', action: 'ca.readRequest' });
  expect(rows.map(({ summary }) => summary.split(':')[0])).toEqual(bad.map(([name]) => name).toReversed());
  const review = await app.call('ca.review', await draftFrom(unread(altered)));
  expect(review.problems[0]?.message).toMatch(/not signed by its own key/);
  expect(review.digest).toBe('');
});

test('a request that asks for an extension twice is refused: nobody can say which one it means', async () => {
  const san = (name: string) => ({
    oid: EXTENSION.subjectAltName,
    valueDer: sequence(contextPrimitive(2, Buffer.from(name))),
  });
  const ca = (isCa: boolean) => ({
    oid: EXTENSION.basicConstraints,
    valueDer: sequence(...(isCa ? [boolean(true)] : [])),
  });
  for (const asked of [
    [[san('web.internal'), ca(false), ca(true), san('evil.example')]],
    [[san('web.internal'), ca(false)], [ca(true)]],
  ]) {
    const der = testRequest('web.internal', asked);
    const blob = await app.blob('twice.csr', der);
    await expect(app.call('ca.readRequest', { blob })).rejects.toThrow(/asks twice for basicConstraints/);
    const review = await app.call('ca.review', await draftFrom(unread(der)));
    expect(review.problems[0]?.message).toMatch(/^The request asks twice for basicConstraints/);
    expect(review.digest).toBe('');
    const { items } = await app.call('inspect.blob', { blob: await app.blob('twice.csr', der) });
    expect(items).toMatchObject([
      {
        kind: 'request',
        findings: expect.arrayContaining([
          expect.objectContaining({ code: 'EXTENSION_TWICE', severity: 'bad' }),
        ]),
      },
    ]);
  }
});

test('a request with a number that is written too long is refused: others would read it as damaged', async () => {
  const der = testRequest('web.internal', [
    [
      {
        oid: EXTENSION.basicConstraints,
        valueDer: sequence(boolean(true), tlv(0x02, Uint8Array.of(0, 1))),
      },
    ],
  ]);
  const blob = await app.blob('long.csr', der);
  await expect(app.call('ca.readRequest', { blob })).rejects.toThrow(/longer than DER allows/);
  const review = await app.call('ca.review', await draftFrom(unread(der)));
  expect(review.problems.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/^The request: A number in it is written longer than DER allows/),
  );
});

test('names outside of the constraints of an authority are refused', async () => {
  const constrained = await by.signed(
    draftOf('intermediate', 'Constrained CA', { issuer: root, namesPermitted: 'example.net, 10.0.0.0/8' }),
  );
  const review = await by.reviewOf(
    draftOf('server', 'a', {
      issuer: constrained,
      names: { dns: 'a.example.net, b.example.org', ip: '10.1.2.3, 192.0.2.1', uri: '', email: '' },
    }),
  );
  expect(review.problems.map(({ message }) => message.split(' lies')[0])).toEqual([
    'b.example.org',
    '192.0.2.1',
  ]);
});

test.each([
  ['page.html', '<!DOCTYPE html><html></html>', 'page.html: This is a web page (HTML), not a certificate.'],
  ['empty.csr', ' ', 'empty.csr: The file is empty.'],
  ['odd.csr', 'nothing of ours', 'odd.csr: This is not a certificate, request, CRL, key or PKCS#12 file.'],
])('what is no request is refused with sentences that end once: %s', async (name, content, said) => {
  const blob = await app.blob(name, Buffer.from(content));
  await expect(app.call('ca.readRequest', { blob })).rejects.toMatchObject({
    reply: { message: `${said} Choose a certificate request (CSR).` },
  });
  const [{ summary, subjects } = { summary: '', subjects: [] }] = (
    await app.call('audit.list', { action: 'ca.readRequest' })
  ).rows;
  expect(summary).toBe(`${said} Choose a certificate request (CSR).`);
  expect(subjects).toMatchObject([{ type: 'file', id: name }]);
});
