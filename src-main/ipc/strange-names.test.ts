import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testApp, type TestApp } from '../testing/test-app.ts';

let app: TestApp;
beforeEach(async () => {
  app = await testApp();
  await app.create();
});
afterEach(() => app.remove());

const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });

test.each([
  ['the words of a key', '-----BEGIN PRIVATE KEY-----'],
  ['a key', `-----BEGIN PRIVATE KEY----- ${key.toString('base64')}`],
  ['a key in hex', key.toString('hex')],
])('a file whose name holds %s is refused, and audit and overview stay readable', async (_name, name) => {
  const blob = await app.blob(name, Buffer.from('garbage'));
  await expect(app.call('inspect.blob', { blob })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  const { rows } = await app.call('audit.list', {});
  expect(rows.map(({ outcome }) => outcome)).toContain('refused');
  await app.call('overview.get', {});
});

test('a key may be called like the first line of one', async () => {
  const label = '-----BEGIN PRIVATE KEY-----';
  await app.result(await app.call('keys.create', { algorithm: 'p-256', label, signer: null }));
  expect((await app.call('keys.list', {})).rows.map((row) => row.label)).toEqual([label]);
  await app.call('audit.list', {});
});

test('a key is no label: it is refused at its field, and the list stays readable', async () => {
  const label = key.toString('base64');
  await expect(app.call('keys.create', { algorithm: 'p-256', label, signer: null })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    reply: { details: { fields: [{ path: 'label' }] } },
    message: expect.stringMatching(/^A private key stands in this text/),
  });
  expect((await app.call('keys.list', {})).rows).toEqual([]);
  const { rows } = await app.call('audit.list', {});
  expect(rows[0]).toMatchObject({ action: 'keys.create', outcome: 'refused' });
  expect(JSON.stringify(rows)).not.toContain(label);
});
