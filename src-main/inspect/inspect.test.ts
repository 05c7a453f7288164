import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inspected, opensslFiles } from '../testing/openssl-files.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { vectorPath } from '../testing/vectors.ts';

const { openssl, file, remove } = opensslFiles();
afterAll(remove);
openssl('pkcs8 -topk8 -in leaf.key -out locked.key -passout pass:right -v2 aes-256-cbc');

let app: TestApp;
beforeEach(async () => {
  app = await testApp();
});
afterEach(() => app.remove());

const look = (name: string, bytes: Uint8Array) => inspected(app, name, bytes);
const text = (content: string): Buffer => Buffer.from(content);
const kinds = (view: { items: { kind: string }[] }): string[] => view.items.map(({ kind }) => kind);

describe('what is no certificate', () => {
  test.each<[string, () => Uint8Array, RegExp]>([
    ['nothing', () => text(''), /is empty/],
    ['garbage', () => Buffer.alloc(4000, 0xa7), /not a certificate, request, CRL, key/],
    ['a web page', () => text('<!DOCTYPE html><html></html>'), /web page/],
    ['JSON', () => text('{"a":1}'), /JSON/],
    [
      'a request of a trust anchor',
      () => text('{"request":{},"signed":{}}'),
      /request of a proxy to its signer.*opened under Trust anchor/,
    ],
    ['a PEM block cut off', () => file('leaf.pem').subarray(0, 300), /cut off/],
    ['a DER file cut off', () => openssl('x509 -in leaf.pem -outform DER').subarray(0, 200), /cut off/],
    ['a PEM block with its end only', () => file('leaf.pem').subarray(30), /BEGIN/],
    ['a Java keystore', () => Buffer.from('feedfeed00000002', 'hex'), /keytool/],
    ['an OpenSSH key', () => text('ssh-ed25519 AAAA comment'), /OpenSSH/],
    ['a PKCS#12 file cut off', () => file('leaf.p12').subarray(0, 500), /cut off/],
    [
      'another ASN.1 structure',
      () => Buffer.from('300906035504030c024142', 'hex'),
      /structure is another one/,
    ],
    ['Nine megabytes', () => Buffer.alloc(9_437_184, 0x41), /limit 8\.0 MiB/],
  ])('%s', async (name, bytes, said) => {
    const content = bytes();
    const failure = content.length > 0 ? look(name, content) : app.call('inspect.text', { text: ' ' });
    await expect(failure).rejects.toThrow(said);
    await expect(failure).rejects.toMatchObject({
      reply: { message: expect.stringMatching(/^[A-Z“][^]*\.$/s) },
    });
  });
});

describe('what is one, however it is written', () => {
  const pem = file('leaf.pem').toString();
  test.each<[string, Uint8Array, string[]]>([
    ['CRLF and a byte order mark', text(`\ufeff${pem.replaceAll('\n', '\r\n')}`), ['certificate']],
    ['two blocks', text(pem + file('ca.pem').toString()), ['certificate', 'certificate']],
    ['text around it', text(`Subject: x\n${pem}\nbye`), ['certificate']],
    ['DER', openssl('x509 -in leaf.pem -outform DER'), ['certificate']],
    ['bare base64', text(pem.replaceAll(/-----.*-----\n?/g, '')), ['certificate']],
    ['a request', file('leaf.csr'), ['request']],
    [
      'a key and its certificate',
      Buffer.concat([file('leaf.key'), file('leaf.pem')]),
      ['privateKey', 'certificate'],
    ],
    [
      'PKCS#7',
      openssl('crl2pkcs7 -nocrl -certfile leaf.pem -certfile ca.pem'),
      ['certificate', 'certificate'],
    ],
  ])('%s', async (name, bytes, wanted) => {
    expect(kinds(await look(name, bytes))).toEqual(wanted);
  });

  test('a private key is described by its public half and shown nowhere', async () => {
    const view = await look('leaf.key', file('leaf.key'));
    const said = JSON.stringify([view, app.events, app.lines]);
    const der = openssl('pkcs8 -topk8 -nocrypt -in leaf.key -outform DER');
    // The private scalar of a P-256 key in PKCS#8.
    const scalar = der.subarray(36, 68);
    expect(der.subarray(34, 36).toString('hex')).toBe('0420');
    expect(said).not.toContain('PRIVATE KEY');
    expect(said).not.toContain(scalar.toString('base64').slice(0, 20));
    expect(said.toLowerCase()).not.toContain(scalar.toString('hex').slice(0, 20));
    expect(view.items[0]).toMatchObject({
      kind: 'privateKey',
      key: { text: expect.stringContaining('P-256') },
    });
  });
});

describe('what is encrypted', () => {
  test('a PKCS#12 file asks, refuses the wrong passphrase, opens with the right one', async () => {
    const closed = await look('leaf.p12', file('leaf.p12'));
    expect(closed).toMatchObject({ needsPassphrase: true, recognised: 'PKCS#12', items: [] });
    await expect(app.call('inspect.openWith', { id: closed.id, passphrase: 'wrong' })).rejects.toMatchObject({
      code: 'WRONG_PASSPHRASE',
    });
    const opened = await app.call('inspect.openWith', { id: closed.id, passphrase: 'right' });
    expect(opened).toMatchObject({ id: closed.id, needsPassphrase: false });
    expect(kinds(opened)).toEqual(['certificate', 'certificate', 'privateKey']);
    expect(opened.chain.map(({ name }) => name)).toEqual(['Root', 'leaf.example.net']);
    expect(opened.notes.find(({ code }) => code === 'FRIENDLY_NAME')?.text).toContain('“krill”');
  });

  test('one without a passphrase opens by itself', async () => {
    const view = await look('open.p12', file('open.p12'));
    expect(view.needsPassphrase).toBe(false);
    expect(kinds(view)).toEqual(['certificate', 'privateKey']);
  });

  test('a vector of another maker opens', async () => {
    const closed = await look('x', readFileSync(vectorPath('pkcs12/pyca/cert-rc2-key-3des.p12')));
    const opened = await app.call('inspect.openWith', { id: closed.id, passphrase: 'cryptography' });
    expect(kinds(opened)).toEqual(['certificate', 'privateKey']);
  });

  test('a key inside is imported into the workspace, certificates are kept beside it', async () => {
    await app.create();
    const closed = await look('leaf.p12', file('leaf.p12'));
    const opened = await app.call('inspect.openWith', { id: closed.id, passphrase: 'right' });
    const { blob } = await app.call('inspect.keyBlob', { id: opened.id, item: 2 });
    await app.result(await app.call('keys.import', { blob, passphrase: null, label: 'leaf' }));
    const { rows } = await app.call('keys.list', {});
    expect(rows.map(({ label }) => label)).toContain('leaf');
    const kept = await app.call('inspect.keep', { id: opened.id, items: [0, 1] });
    expect(kept.added).toHaveLength(2);
    expect(await app.call('inspect.keep', { id: opened.id, items: [0, 1] })).toMatchObject({ added: [] });
    // Now the workspace knows the issuer, and a lone leaf finds it there.
    const alone = await look('leaf.pem', file('leaf.pem'));
    expect(alone.chain.map(({ name, from }) => [name, from])).toEqual([
      ['Root', 'workspace'],
      ['leaf.example.net', 'file'],
    ]);
    await expect(app.call('inspect.keep', { id: opened.id, items: [2] })).rejects.toThrow(
      /private key is imported/,
    );
  });

  test('an encrypted key asks for its passphrase and then shows its public half', async () => {
    const closed = await look('locked.key', file('locked.key'));
    expect(closed).toMatchObject({ needsPassphrase: true, items: [{ key: null }] });
    const opened = await app.call('inspect.openWith', { id: closed.id, passphrase: 'right' });
    expect(opened.items).toMatchObject([{ key: { text: expect.stringContaining('P-256') } }]);
  });
});

test('locking forgets what was looked at', async () => {
  await app.create();
  const { id } = await look('leaf.pem', file('leaf.pem'));
  await app.call('inspect.get', { id });
  await app.call('workspace.lock', {});
  await expect(app.call('inspect.get', { id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('what is forgotten while it is being opened stays forgotten, with its keys', async () => {
  await app.create();
  const { id } = await look('leaf.p12', file('leaf.p12'));
  const opening = app.call('inspect.openWith', { id, passphrase: 'right' });
  const [opened] = await Promise.allSettled([opening, app.call('inspect.forget', { id })]);
  expect(opened).toMatchObject({ status: 'rejected', reason: { code: 'NOT_FOUND' } });
  await expect(app.call('inspect.get', { id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(app.call('inspect.keyBlob', { id, item: 2 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('two openings at once end in one inspection that can be forgotten', async () => {
  const { id } = await look('leaf.p12', file('leaf.p12'));
  const both = [1, 2].map(() => app.call('inspect.openWith', { id, passphrase: 'right' }));
  for (const opened of await Promise.all(both))
    expect(kinds(opened)).toEqual(['certificate', 'certificate', 'privateKey']);
  await app.call('inspect.forget', { id });
  await expect(app.call('inspect.get', { id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('keeping while locked is refused and keeps nothing', async () => {
  const { id } = await look('leaf.pem', file('leaf.pem'));
  await expect(app.call('inspect.keep', { id, items: [0] })).rejects.toMatchObject({ code: 'NO_WORKSPACE' });
});

test('what was refused is on record with the name of its file', async () => {
  await app.create();
  await expect(look('garbage.cer', Buffer.alloc(400, 0xa7))).rejects.toThrow();
  await expect(app.call('inspect.text', { text: 'nothing' })).rejects.toThrow();
  const closed = await look('leaf.p12', file('leaf.p12'));
  await expect(app.call('inspect.openWith', { id: closed.id, passphrase: 'wrong' })).rejects.toThrow();
  await expect(look('ta.json', text('{"request":{},"signed":{}}'))).rejects.toThrow();
  const { rows } = await app.call('audit.list', { outcome: 'refused' });
  expect(rows.map(({ summary }) => summary.split(': ')[0])).toEqual([
    'ta.json',
    'leaf.p12',
    'pasted text',
    'garbage.cer',
  ]);
  const { mac, ...record } = await app.call('audit.get', { seq: rows[0]?.seq ?? 0 });
  expect(record).toEqual(rows[0]);
  const workspace = (await app.call('workspace.state', {})).workspace?.path ?? '';
  expect(readFileSync(join(workspace, 'audit.jsonl'), 'utf8')).toContain(`"mac":"${mac}"`);
}, 20_000);

test('a certificate in which another reader sees something else is shown, and says so', async () => {
  const der = readFileSync(vectorPath('krill-ta/krill-0.16.1/ta.cer'));
  const readings = async (bytes: Buffer) =>
    (await look('ta.cer', bytes)).items.flatMap(({ findings }) =>
      findings.filter(({ code }) => code === 'READERS_DIFFER'),
    );
  expect(await readings(der)).toEqual([]);
  // The common name of its subject, as a type of string that nobody knows.
  const commonName = Buffer.from([0x55, 0x04, 0x03, 0x13]);
  der[der.lastIndexOf(commonName) + 3] = 0x11;
  expect(await readings(der)).toMatchObject([
    {
      severity: 'careful',
      text: expect.stringContaining('An independent reader sees something else here: '),
    },
  ]);
});
