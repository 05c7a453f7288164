import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { draftOf, issueDraftOf, wizard } from '../testing/test-wizard.ts';

const folder = mkdtempSync(join(tmpdir(), 'baleen-kept-'));
const openssl = (line: string): Buffer =>
  execFileSync('openssl', line.split(' '), { cwd: folder, stdio: 'pipe' });
let app: TestApp;
beforeAll(async () => {
  app = await testApp();
  await app.create();
  openssl(
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=Lists',
  );
  openssl(
    'req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout a.key -out a.csr -subj /CN=asked.example.net -addext subjectAltName=DNS:asked.example.net',
  );
  writeFileSync(
    join(folder, 'ca.cnf'),
    '[ca]\ndefault_ca=o\n[o]\ndatabase=index.txt\ndefault_md=sha256\ndefault_crl_days=30\nprivate_key=ca.key\ncertificate=ca.pem\n',
  );
  writeFileSync(join(folder, 'index.txt'), '');
  openssl('ca -config ca.cnf -gencrl -out list.crl');
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await app.remove();
});

test('a request and a CRL that were kept are listed, found, looked at, signed from and forgotten', async () => {
  const files = ['ca.pem', 'a.csr', 'list.crl'].map((name) => readFileSync(join(folder, name)));
  const { id } = await app.call('inspect.blob', { blob: await app.blob('all.pem', Buffer.concat(files)) });
  const { added } = await app.call('inspect.keep', { id, items: [0, 1, 2] });
  expect(added).toHaveLength(3);

  const { rows, total } = await app.call('inspect.kept', {});
  expect(total).toBe(2);
  const request = rows.find(({ kind }) => kind === 'request');
  const crl = rows.find(({ kind }) => kind === 'crl');
  expect(request).toMatchObject({ name: 'asked.example.net', detail: 'P-256' });
  expect(crl).toMatchObject({ name: 'Lists', detail: expect.stringMatching(/^without a number, 0 revoked/) });
  expect((await app.call('inspect.kept', { query: 'asked' })).rows).toEqual([request]);
  const first = await app.call('inspect.kept', { limit: 1 });
  const second = await app.call('inspect.kept', { limit: 1, cursor: first.cursor });
  expect([...first.rows, ...second.rows]).toEqual(rows);
  expect(second.cursor).toBeNull();

  const { hits } = await app.call('overview.find', { query: 'asked.example' });
  expect(hits.map(({ type, id: hit }) => [type, hit])).toEqual([['request', request?.id]]);
  const { view } = await app.call('inspect.keptObject', { id: request?.id ?? '' });
  expect(view).toMatchObject({ kind: 'request', proofOfPossession: true });

  const root = await wizard(app).signed(draftOf('root', 'Root'));
  const { draft } = await app.call('ca.startFromRequest', { request: request?.id ?? '' });
  const { data, revision } = issueDraftOf(await app.call('drafts.get', { id: draft }));
  expect(data).toMatchObject({
    purpose: 'server',
    key: { from: 'request', name: 'asked.example.net' },
    names: { dns: 'asked.example.net' },
  });
  const saved = await app.call('drafts.save', {
    kind: 'ca.issue',
    id: draft,
    revision,
    step: 'review',
    data: { ...data, issuer: root },
  });
  const review = await app.call('ca.review', { draft, revision: saved.revision });
  expect(review.problems).toEqual([]);

  await app.call('inspect.forgetKept', { id: request?.id ?? '' });
  await expect(app.call('inspect.keptObject', { id: request?.id ?? '' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  expect((await app.call('inspect.kept', {})).rows).toEqual([crl]);
  const { rows: records } = await app.call('audit.list', { action: 'inspect.forgetKept' });
  expect(records[0]).toMatchObject({ summary: 'Forgot the request "asked.example.net"' });
});
