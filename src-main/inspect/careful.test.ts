import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inspected, opensslFiles } from '../testing/openssl-files.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';

const { openssl, file, remove } = opensslFiles();
afterAll(remove);

let app: TestApp;
beforeEach(async () => {
  app = await testApp();
});
afterEach(() => app.remove());

const look = (name: string, bytes: Uint8Array) => inspected(app, name, bytes);

test('a name that hides characters is written out wherever it stands, and is a finding', async () => {
  await app.create();
  openssl(
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout rlo.key -out rlo.pem -days 30 -utf8 -subj /CN=\u202egnp.exe',
  );
  const view = await look('in\u202egnp.exe', file('rlo.pem'));
  expect(view.name).toBe('in[U+202E]gnp.exe');
  expect(view.chain.map(({ name }) => name)).toEqual(['[U+202E]gnp.exe']);
  const [item] = view.items;
  expect(item).toMatchObject({ kind: 'certificate', subject: { text: 'CN=\\E2\\80\\AEgnp.exe' } });
  expect(item?.findings.find(({ code }) => code === 'NAME_HIDDEN_CHARACTERS')).toMatchObject({
    severity: 'bad',
    where: 'subject',
    text: expect.stringContaining('The CN of the subject holds U+202E (right-to-left override)'),
  });
  await app.call('inspect.keep', { id: view.id, items: [0] });
  const { rows } = await app.call('ca.certificates', {});
  expect(rows).toMatchObject([{ name: '[U+202E]gnp.exe', issuer: '[U+202E]gnp.exe' }]);
  const [record] = (await app.call('audit.list', { action: 'inspect.keep' })).rows;
  expect(record?.summary).toBe('Kept from in[U+202E]gnp.exe: [U+202E]gnp.exe');
  expect((await app.call('audit.verify', { written: '' })).faults).toEqual([]);
});

test('a request and the alternative names of a certificate with hidden characters are findings, too', async () => {
  openssl(
    'req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout zw.key -out zw.csr -utf8 -subj /O=Exa\u200bmple/CN=ok',
  );
  const [request] = (await look('zw.csr', file('zw.csr'))).items;
  expect(request?.findings.find(({ code }) => code === 'NAME_HIDDEN_CHARACTERS')?.text).toContain(
    'The O of the subject holds U+200B (zero width space)',
  );
  openssl(
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout san.key -out san.pem -days 30 -subj /CN=ok -addext subjectAltName=DNS:a\x07b.example',
  );
  const [certificate] = (await look('san.pem', file('san.pem'))).items;
  expect(certificate?.findings.find(({ code }) => code === 'NAME_HIDDEN_CHARACTERS')).toMatchObject({
    where: 'subjectAltName',
    text: expect.stringContaining('A name of type dns holds U+0007'),
  });
});

describe('what there is to be careful about', () => {
  const severities = (view: { items: { findings: { code: string; severity: string }[] }[] }) =>
    view.items[0]?.findings.map(({ code, severity }) => `${severity} ${code}`);

  test('a request that asks for more than is granted', async () => {
    openssl(
      'req -new -key leaf.key -out wants.csr -subj /CN=a.example -addext subjectAltName=DNS:a.example -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,digitalSignature -addext extendedKeyUsage=codeSigning,serverAuth -addext 1.2.3.4=DER:0500',
    );
    const [item] = (await look('wants.csr', file('wants.csr'))).items;
    expect(item?.findings.filter(({ code }) => code === 'CSR_NOT_GRANTED').map((one) => one.text)).toEqual([
      'It asks for CA:TRUE: to be an authority; that will not be granted.',
      'It asks for key usage keyCertSign; that will not be granted.',
      'It asks for purpose codeSigning; that will not be granted.',
      'It asks for extension 1.2.3.4; that will not be granted.',
    ]);
  });

  test('a key in the clear, and none that lay behind a passphrase', async () => {
    expect(severities(await look('leaf.key', file('leaf.key')))).toEqual(['careful KEY_IN_CLEAR']);
    const { id } = await look('leaf.p12', file('leaf.p12'));
    const { items } = await app.call('inspect.openWith', { id, passphrase: 'right' });
    expect(items[2]).toMatchObject({ kind: 'privateKey', encrypted: true, findings: [] });
    const open = await look('open.p12', file('open.p12'));
    expect(open.items[1]).toMatchObject({ encrypted: false, findings: [{ code: 'KEY_IN_CLEAR' }] });
  });

  test.each([
    ['X25519', 'X25519'],
    ['X448', 'X448'],
    ['Ed448', 'Ed448'],
    ['RSA -pkeyopt rsa_keygen_bits:1024', 'RSA 1024'],
    ['EC -pkeyopt ec_paramgen_curve:secp256k1', 'secp256k1'],
  ])('a key of a type that has no use here: %s', async (algorithm, called) => {
    openssl(`genpkey -algorithm ${algorithm} -out odd.key`);
    openssl('pkey -in odd.key -pubout -out odd.pub');
    const [key] = (await look('odd.key', file('odd.key'))).items;
    expect(key).toMatchObject({ kind: 'privateKey', importable: false, key: { text: called } });
    expect(key?.findings.map(({ code }) => code)).toContain('KEY_NOT_USABLE');
    const shown = await look('odd.pub', file('odd.pub'));
    expect(shown).toMatchObject({
      recognised: 'PEM, 1 public key',
      items: [{ kind: 'publicKey', key: { text: called }, pem: file('odd.pub').toString() }],
    });
    expect(shown.items[0]?.findings.map(({ code }) => code)).toContain('KEY_NOT_USABLE');
  });

  test('a good public key is shown with its fields and without a remark', async () => {
    openssl('pkey -in leaf.key -pubout -out leaf.pub');
    const { items } = await look('leaf.pub', file('leaf.pub'));
    expect(items).toMatchObject([{ kind: 'publicKey', key: { text: 'P-256' }, findings: [] }]);
  });
});

test('what is kept twice is kept once, with one record, and is known as kept until it is forgotten', async () => {
  await app.create();
  const { id } = await look('both.pem', Buffer.concat([file('leaf.pem'), file('leaf.csr')]));
  expect(await app.call('inspect.known', { id })).toEqual({ items: [], anchors: [] });
  const { added } = await app.call('inspect.keep', { id, items: [0] });
  expect(await app.call('inspect.known', { id })).toEqual({ items: [0], anchors: [] });
  expect(await app.call('inspect.keep', { id, items: [0] })).toEqual({ added: [], alreadyThere: added });
  expect((await app.call('inspect.keep', { id, items: [0, 1] })).alreadyThere).toEqual(added);
  const { rows } = await app.call('audit.list', { action: 'inspect.keep' });
  expect(rows.map(({ summary }) => summary)).toEqual([
    'Kept from both.pem: leaf.example.net',
    'Kept from both.pem: leaf.example.net',
  ]);
  expect(rows.map(({ subjects }) => subjects.map(({ type }) => type))).toEqual([['object'], ['certificate']]);
});

test('a request is signed from the file without being kept, and a broken one is refused with its name on record', async () => {
  await app.create();
  const { id } = await look('leaf.csr', file('leaf.csr'));
  const { blob } = await app.call('inspect.requestBlob', { id, item: 0 });
  const { draft } = await app.call('ca.startFromFile', { blob });
  expect(await app.call('drafts.get', { id: draft })).toMatchObject({
    data: { purpose: 'server', key: { from: 'request', name: 'leaf.csr' } },
  });
  const broken = openssl('req -in leaf.csr -outform DER');
  broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
  const other = await look('broken.csr', broken);
  const { blob: again } = await app.call('inspect.requestBlob', { id: other.id, item: 0 });
  await expect(app.call('ca.startFromFile', { blob: again })).rejects.toThrow(/broken\.csr: .*own key/);
  expect((await app.call('inspect.kept', {})).total).toBe(0);
  const [refused] = (await app.call('audit.list', { outcome: 'refused' })).rows;
  expect(refused?.subjects).toMatchObject([{ type: 'file', id: 'broken.csr' }]);
});

test.each(['a\u202eb', 'a\u200bb', 'a\ufe0fb'])(
  'a label with a hidden character is refused: %j',
  async (label) => {
    await app.create();
    await expect(app.call('keys.create', { algorithm: 'p-256', label, signer: null })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      reply: { message: 'A label has no control or invisible characters.' },
    });
    expect((await app.call('keys.list', {})).total).toBe(0);
  },
);
