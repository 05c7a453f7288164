import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { wizard } from '../testing/test-wizard.ts';

let app: TestApp;
let by: ReturnType<typeof wizard>;
let root = '';
let leaf = '';
beforeAll(async () => {
  app = await testApp();
  await app.create();
  by = wizard(app);
  ({ root, leaf } = await by.chain());
});
afterAll(() => app.remove());

test('root, intermediate and leaf by their drafts; OpenSSL verifies the exported chain', async () => {
  const paths: Record<string, string> = {};
  for (const [name, id, format] of [
    ['root', root, 'pem'],
    ['chain', leaf, 'chain'],
  ] as const) {
    const path = join(app.folder, `${name}.pem`);
    app.places.push(path);
    const { chosen } = await app.call('dialogs.saveFile', { purpose: 'export', suggestedName: 'a.pem' });
    await app.call('ca.export', {
      id,
      format,
      target: chosen?.ticket ?? '',
      passphrase: null,
      overwrite: false,
    });
    paths[name] = path;
  }
  expect(readFileSync(paths['chain'] ?? '', 'utf8').match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  const at = String(Math.floor(app.clock.now().getTime() / 1000));
  expect(
    execFileSync(
      'openssl',
      [
        'verify',
        '-x509_strict',
        '-attime',
        at,
        '-purpose',
        'sslserver',
        '-verify_ip',
        '10.0.0.20',
        '-CAfile',
        'root.pem',
        '-untrusted',
        'chain.pem',
        'chain.pem',
      ],
      { cwd: app.folder, encoding: 'utf8' },
    ),
  ).toBe('chain.pem: OK\n');
  const { rows } = await app.call('ca.authorities', {});
  expect(
    rows.map(({ name, pathLength, parent, canSign, issued, leaves }) => ({
      name,
      pathLength,
      parent,
      canSign,
      issued,
      leaves,
    })),
  ).toEqual([
    { name: 'kldload Internal CA Root CA', pathLength: 1, parent: null, canSign: true, issued: 1, leaves: 0 },
    {
      name: 'kldload Internal CA Intermediate CA',
      pathLength: 0,
      parent: root,
      canSign: true,
      issued: 1,
      leaves: 1,
    },
  ]);
  const detail = await app.call('ca.certificate', { id: leaf });
  expect(detail.chain.map(({ state }) => state)).toEqual(['good', 'good', 'good']);
  expect(detail.view.notBefore).toBe('2026-11-24T11:59:00Z');
  expect(detail.view.notAfter).toBe('2026-11-25T12:00:00Z');
  expect(detail).toMatchObject({
    canRenew: true,
    whyNot: '',
    row: { state: 'good', serial: detail.view.serial },
  });
});

test('PKCS#12 and key files open in OpenSSL and are 0600; nothing is overwritten unasked', async () => {
  const path = join(app.folder, 'leaf.p12');
  app.places.push(path, path, path, join(app.folder, 'leaf.key'));
  const ticket = async () =>
    (await app.call('dialogs.saveFile', { purpose: 'privateKey', suggestedName: 'leaf.p12' })).chosen
      ?.ticket ?? '';
  const ask = { id: leaf, format: 'pkcs12', passphrase: 'open sesame', overwrite: false } as const;
  const first = await app.call('ca.export', { ...ask, target: await ticket() });
  expect(first).toEqual({ path, backup: null, mode: '0600' });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await expect(app.call('ca.export', { ...ask, target: await ticket() })).rejects.toMatchObject({
    code: 'FILE_EXISTS',
  });
  const again = await app.call('ca.export', { ...ask, target: await ticket(), overwrite: true });
  expect(again.backup).toContain('leaf.p12.bak-2026');
  const shown = execFileSync('openssl', ['pkcs12', '-in', path, '-passin', 'pass:open sesame', '-nodes'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  expect(shown.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  const key = await app.call('ca.export', {
    id: leaf,
    format: 'key',
    target: await ticket(),
    passphrase: 'open sesame',
    overwrite: false,
  });
  expect(readFileSync(key.path, 'utf8')).toContain('BEGIN ENCRYPTED PRIVATE KEY');
  const openssl = (...args: string[]): string => execFileSync('openssl', args, { encoding: 'utf8' });
  expect(openssl('pkey', '-in', key.path, '-passin', 'pass:open sesame')).toContain('BEGIN PRIVATE KEY');
  // 600,000 rounds, not OpenSSL's 2,048.
  expect(openssl('asn1parse', '-in', key.path)).toContain('INTEGER           :0927C0');
  const { rows } = await app.call('audit.list', { query: 'exported' });
  expect(rows[0]?.summary).toContain('encrypted');
});

test('inventory, counts, search and forgetting', async () => {
  const all = await app.call('ca.certificates', { limit: 2, sort: 'name' });
  const rest = await app.call('ca.certificates', { limit: 100, sort: 'name', cursor: all.cursor });
  expect(all.rows.length + rest.rows.length).toBe(all.total);
  expect(new Set([...all.rows, ...rest.rows].map(({ id }) => id)).size).toBe(all.total);
  expect((await app.call('ca.certificates', { query: 'postg' })).total).toBe(1);
  expect((await app.call('ca.certificates', { query: '"; DROP' })).total).toBe(0);
  expect((await app.call('ca.certificates', { role: 'ca' })).total).toBe(2);
  const counts = await app.call('ca.counts', {});
  expect(counts.total).toBe(all.total);
  expect((await app.call('ca.counts', { query: 'postg' })).total).toBe(1);
  const { row: known } = await app.call('ca.certificate', { id: leaf });
  for (const typed of [
    known.serial.replaceAll(/(.{4})(?!$)/g, '$1 '),
    `${known.serial.slice(0, 4)} ${known.serial.slice(4, 8)} … ${known.serial.slice(-4)}`,
    known.serial.toLowerCase(),
    known.sha256.replaceAll(/(..)(?!$)/g, '$1:'),
  ])
    expect([typed, (await app.call('ca.certificates', { query: typed })).rows.map(({ id }) => id)]).toEqual([
      typed,
      [leaf],
    ]);
  const { hits } = await app.call('overview.find', { query: 'kldload' });
  expect(hits.map(({ type }) => type)).toContain('authority');
  await expect(app.call('ca.forget', { id: leaf, confirm: 'x' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
  const { row } = await app.call('ca.certificate', { id: root });
  await expect(app.call('ca.forget', { id: root, confirm: row.sha256.slice(-8) })).rejects.toMatchObject({
    code: 'NOT_ALLOWED_NOW',
  });
  const overview = await app.call('overview.get', {});
  expect(overview.counts).toMatchObject({ authorities: 2, certificates: all.total });
  expect(overview.lanes[0]).toMatchObject({ group: 'ca' });
});

test('the audit holds up, and no private key is in any answer or log line', async () => {
  expect(await app.call('audit.verify', { written: '' })).toMatchObject({ faults: [] });
  expect(app.lines.filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
});
