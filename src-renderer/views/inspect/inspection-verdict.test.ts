import { expect, test } from 'vitest';
import type { ObjectView } from '#shared/contract/certificate-view.ts';
import type { Finding } from '#shared/contract/channel.ts';
import { canBeKept, verdictOf } from './inspection-verdict.ts';

const finding = (severity: Finding['severity'], text: string): Finding => ({
  ...{ code: 'X', severity, text, where: '', clause: '' },
});
const FILE = { items: [], notes: [], chain: [], needsPassphrase: false };
/** Only what the verdict looks at. */
const item = (fields: object): ObjectView => ({ findings: [], ...fields }) as unknown as ObjectView;
const leaf = (fields: object = {}): ObjectView =>
  item({ kind: 'certificate', sha256: 'AA', selfSigned: false, ...fields });
const link = (name: string, sha256: string) => ({
  ...{ name, sha256, from: 'file' as const, state: 'good' as const, text: '' },
});

test('a file that was not opened has no verdict', () => {
  expect(verdictOf(undefined, { ...FILE, needsPassphrase: true })).toEqual({
    severity: 'note',
    title: 'It is encrypted: nothing in it was looked at yet.',
    checks: [],
  });
});

test('an encrypted key has none, and one in the clear is amber', () => {
  const key = (fields: object): ObjectView => item({ kind: 'privateKey', importable: true, ...fields });
  expect(verdictOf(key({ key: null }), FILE).severity).toBe('note');
  expect(
    verdictOf(key({ key: { text: 'P-256' }, findings: [finding('careful', 'In the clear.')] }), FILE),
  ).toMatchObject({ severity: 'careful', title: 'In the clear.' });
  expect(verdictOf(key({ key: { text: 'P-256' } }), FILE).severity).toBe('good');
});

test('a certificate is green only when its signature was checked', () => {
  expect(verdictOf(leaf(), { ...FILE, chain: [link('leaf', 'AA')] })).toMatchObject({
    severity: 'note',
    checks: [{ ok: null, text: 'Its signature was not checked: its issuer is not here' }],
  });
  expect(verdictOf(leaf(), { ...FILE, chain: [link('Root', 'BB'), link('leaf', 'AA')] })).toMatchObject({
    severity: 'good',
    title: 'Nothing wrong was found in this certificate.',
    checks: [{ ok: true, text: 'Signed by Root' }],
  });
  expect(verdictOf(leaf({ selfSigned: true }), FILE).severity).toBe('good');
});

test('the worst finding speaks, of the file as well as of the object', () => {
  const careful = [finding('careful', 'One.'), finding('careful', 'Two.')];
  expect(verdictOf(leaf({ findings: careful }), FILE)).toMatchObject({
    severity: 'careful',
    title: '2 things deserve a look.',
  });
  expect(verdictOf(leaf({ findings: careful }), { ...FILE, notes: [finding('bad', 'Bad.')] })).toMatchObject({
    severity: 'bad',
    title: 'Bad.',
  });
});

test('a request and a CRL say what is known of their signature', () => {
  expect(verdictOf(item({ kind: 'request', proofOfPossession: false }), FILE).checks).toMatchObject([
    { ok: false },
  ]);
  expect(verdictOf(item({ kind: 'crl' }), FILE)).toMatchObject({ severity: 'note', checks: [{ ok: null }] });
});

test('a certificate with a damaged signature is bad and is not kept', () => {
  const damaged = leaf({
    selfSigned: true,
    findings: [{ ...finding('bad', 'Its signature is damaged.'), code: 'SIGNATURE_DAMAGED' }],
  });
  expect(verdictOf(damaged, { ...FILE, chain: [link('Root', 'BB'), link('leaf', 'AA')] })).toEqual({
    severity: 'bad',
    title: 'Its signature is damaged.',
    checks: [{ text: 'Its signature is damaged', ok: false }],
  });
  expect([canBeKept(damaged), canBeKept(leaf()), canBeKept(item({ kind: 'crl' }))]).toEqual([
    false,
    true,
    true,
  ]);
});

test('of several objects the verdict counts those that are wrong, whichever is looked at', () => {
  const chain = [link('Root', 'BB'), link('leaf', 'AA')];
  const weak = leaf({ sha256: 'CC', selfSigned: true, findings: [finding('bad', 'RSA 1024.')] });
  const old = leaf({ sha256: 'DD', selfSigned: true, findings: [finding('careful', 'SHA-1.')] });
  const of = (at: ObjectView, ...items: ObjectView[]) => {
    const { severity, title } = verdictOf(at, { ...FILE, chain, items });
    return [severity, title];
  };
  expect(of(leaf(), leaf(), weak)).toEqual([
    'bad',
    '1 of 2 objects has something wrong. Nothing wrong was found in this certificate.',
  ]);
  expect(of(weak, leaf(), weak)).toEqual(['bad', '1 of 2 objects has something wrong. RSA 1024.']);
  expect(of(leaf(), leaf(), weak, weak, old)[1]).toMatch(/^2 of 4 objects have something wrong\. /);
  expect(of(leaf(), leaf(), old)).toEqual([
    'careful',
    '1 of 2 objects deserves a look. Nothing wrong was found in this certificate.',
  ]);
  expect(of(leaf(), leaf(), leaf())).toEqual(['good', 'Nothing wrong was found in this certificate.']);
  expect(of(weak, weak)).toEqual(['bad', 'RSA 1024.']);
});
