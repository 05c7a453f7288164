import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { krillta } from '../../testing/krillta.ts';
import { missingPeers, peer } from '../../testing/peers.ts';
import {
  describeSoftHsm,
  hasSoftHsm,
  PIN,
  softhsm,
  type SoftHsm,
  softhsmLibrary,
} from '../../testing/softhsm.ts';
import { vectorPath } from '../../testing/vectors.ts';
import { signatureHolds } from '../signature-scheme.ts';

const DATA = Buffer.from('what is to be signed');
const never = new AbortController().signal;
const same = (a: Uint8Array | null, b: Uint8Array): boolean => a !== null && Buffer.compare(a, b) === 0;
let hsm: SoftHsm;
beforeAll(() => {
  if (!hasSoftHsm) return;
  hsm = softhsm();
  hsm.addToken('one');
});
afterAll(() => hsm?.remove());

describeSoftHsm('keys', () => {
  test('are made, used first and removed while the token is searched: SoftHSM crashes when both happen at once', async () => {
    const device = hsm.device('one');
    await device.open(never);
    const stays = await device.create({ algorithm: 'p-256', label: 'stays' });
    const making = new AbortController();
    const searching = (async () => {
      let searches = 0;
      for (; !making.signal.aborted; searches += 1)
        expect((await device.list()).some(({ handle }) => same(handle, stays.handle))).toBe(true);
      return searches;
    })();
    for (let made = 0; made < 40; made += 1) {
      const { handle, spkiDer } = await device.create({ algorithm: 'p-256', label: 'passes' });
      expect(signatureHolds('p-256', spkiDer, DATA, await device.sign(handle, 'p-256', DATA))).toBe(true);
      await device.destroy(handle, null);
    }
    making.abort();
    expect(await searching).toBeGreaterThan(20);
    await device.destroy(stays.handle, null);
  });

  test('two with one label are two keys', async () => {
    const device = hsm.device('one');
    await device.open(never);
    const [a, b] = [
      await device.create({ algorithm: 'rsa-2048', label: 'same' }),
      await device.create({ algorithm: 'rsa-2048', label: 'same' }),
    ];
    expect(signatureHolds('rsa-2048', a.spkiDer, DATA, await device.sign(a.handle, 'rsa-2048', DATA))).toBe(
      true,
    );
    expect(signatureHolds('rsa-2048', b.spkiDer, DATA, await device.sign(b.handle, 'rsa-2048', DATA))).toBe(
      true,
    );
  });

  test('two under one CKA_ID are neither used, found nor destroyed', async () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
    for (const [index, { privateKey }] of [pair, other].entries()) {
      const file = join(hsm.folder, `double-${index}.der`);
      writeFileSync(file, privateKey.export({ format: 'der', type: 'pkcs8' }));
      hsm.tool(
        'one',
        '--write-object',
        file,
        '--type',
        'privkey',
        '--id',
        'dd',
        '--label',
        'double',
        '--usage-sign',
      );
    }
    const device = hsm.device('one');
    await device.open(never);
    const handle = Buffer.from('dd', 'hex');
    const ambiguous = { trouble: 'refused', code: 'KEY_AMBIGUOUS' };
    await expect(device.sign(handle, 'rsa-2048', DATA)).rejects.toMatchObject(ambiguous);
    await expect(device.publicKey(handle)).rejects.toMatchObject(ambiguous);
    await expect(device.destroy(handle, null)).rejects.toMatchObject(ambiguous);
    await expect(device.find(pair.publicKey.export({ format: 'der', type: 'spki' }))).rejects.toMatchObject(
      ambiguous,
    );
  });

  test('one that another program made is found by its public key and signs; so is one with a certificate alone', async () => {
    const device = hsm.device('one');
    await device.open(never);
    hsm.tool(
      'one',
      '--keypairgen',
      '--key-type',
      'EC:secp384r1',
      '--id',
      '01',
      '--label',
      'theirs',
      '--usage-sign',
    );
    const theirs = (await device.list()).find(({ label }) => label === 'theirs');
    const spkiDer = theirs?.spkiDer ?? new Uint8Array();
    expect(same(await device.find(spkiDer), Buffer.from('01', 'hex'))).toBe(true);
    expect(
      signatureHolds('p-384', spkiDer, DATA, await device.sign(Buffer.from('01', 'hex'), 'p-384', DATA)),
    ).toBe(true);

    const at = (name: string): string => join(hsm.folder, name);
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-keyout',
        at('k.pem'),
        '-out',
        at('c.pem'),
        '-subj',
        '/CN=card',
      ],
      { stdio: 'pipe' },
    );
    const certificate = new X509Certificate(readFileSync(at('c.pem')));
    writeFileSync(
      at('k.der'),
      createPrivateKey(readFileSync(at('k.pem'))).export({ format: 'der', type: 'pkcs8' }),
    );
    writeFileSync(at('c.der'), certificate.raw);
    hsm.tool(
      'one',
      '--write-object',
      at('k.der'),
      '--type',
      'privkey',
      '--id',
      'cc',
      '--label',
      'card',
      '--usage-sign',
    );
    const spki = certificate.publicKey.export({ format: 'der', type: 'spki' });
    expect(await device.find(spki)).toBeNull();
    hsm.tool('one', '--write-object', at('c.der'), '--type', 'cert', '--id', 'cc', '--label', 'card');
    const handle = await device.find(spki);
    expect(same(handle, Buffer.from('cc', 'hex'))).toBe(true);
    expect(signatureHolds('p-256', spki, DATA, await device.sign(handle ?? spki, 'p-256', DATA))).toBe(true);
    const row = (await device.list()).find(({ identifier }) => identifier === 'cc');
    expect(row).toMatchObject({ sensitive: expect.any(Boolean) as boolean, neverExtractable: false });
  });

  test('destroyed by another program, it is gone here as well', async () => {
    const device = hsm.device('one');
    await device.open(never);
    const { handle } = await device.create({ algorithm: 'p-256', label: 'short-lived' });
    await device.sign(handle, 'p-256', DATA);
    for (const type of ['privkey', 'pubkey'])
      hsm.tool('one', '--delete-object', '--type', type, '--id', Buffer.from(handle).toString('hex'));
    await expect(device.sign(handle, 'p-256', DATA)).rejects.toMatchObject({
      trouble: 'key-gone',
      code: 'KEY_NOT_FOUND',
    });
  });

  test('attributes as Krill lets them be set, and no key that could leave', async () => {
    const modifiable = hsm.device('one', {
      publicKeyAttributes: { CKA_PRIVATE: false, CKA_MODIFIABLE: false },
    });
    await modifiable.open(never);
    const { handle } = await modifiable.create({ algorithm: 'p-256', label: '' });
    const visible = hsm.device('one', { login: false });
    await visible.open(never);
    const env = { ...process.env, ...hsm.environment };
    const args = ['--module', softhsmLibrary(), '--token-label', 'one', '--list-objects', '--type', 'pubkey'];
    expect(execFileSync(peer('pkcs11-tool'), args, { env, encoding: 'utf8' })).toContain(
      Buffer.from(handle).toString('hex'),
    );
    for (const table of [{ CKA_EXTRACTABLE: true }, { CKA_SENSITIVE: false }, { CKA_WRAP: true }]) {
      const device = hsm.device('one', { privateKeyAttributes: table });
      await device.open(never);
      await expect(device.create({ algorithm: 'p-256', label: '' })).rejects.toMatchObject({
        trouble: 'refused',
        code: 'ATTRIBUTES_REFUSED',
      });
    }
  });
});

/** Key objects as pkcs11-tool prints them: a block each, without the numbers that differ. */
function blocks(listing: string): string[] {
  return listing
    .split(/^(?=\w+ Key Object)/m)
    .filter((block) => / Key Object/.test(block))
    .map((block) =>
      block
        .replace(/ID: +[0-9a-f]{40}$/m, 'ID: 40 digits')
        .replace(/^ +uri:.*\n/m, '')
        .trim(),
    )
    .toSorted();
}

describeSoftHsm('beside Krill', () => {
  const store = vectorPath('krill-ta', 'krill-0.16.1', 'signer-store-pkcs11');
  const setup = (name: string): Buffer => readFileSync(vectorPath('krill-ta', 'krill-0.16.1', 'setup', name));

  test('pkcs11-tool shows our keys as it shows those of Krill', async () => {
    hsm.addToken('krill-like');
    const device = hsm.device('krill-like');
    await device.open(never);
    for (let count = 0; count < 3; count += 1) await device.create({ algorithm: 'rsa-2048', label: '' });
    const theirs = blocks(readFileSync(join(store, 'pkcs11-objects.txt'), 'utf8'));
    expect(theirs).toHaveLength(6);
    expect(blocks(hsm.tool('krill-like', '--list-objects'))).toEqual(theirs);
  });

  test('the keys of a token that krillta made sign here', async () => {
    const own = softhsm();
    try {
      cpSync(join(store, 'tokens'), own.tokens, { recursive: true });
      const device = own.device('krill-ta');
      await device.open(never);
      const keys = await device.list();
      expect(keys).toHaveLength(3);
      for (const { handle, spkiDer } of keys) {
        expect(spkiDer).not.toBeNull();
        const signature = await device.sign(handle, 'rsa-2048', DATA);
        expect(signatureHolds('rsa-2048', spkiDer ?? new Uint8Array(), DATA, signature)).toBe(true);
      }
      const info = JSON.parse(readFileSync(join(store, 'signer-info.json'), 'utf8')) as {
        ta_cert_details: { cert: { base64?: string } | string };
      };
      const { cert } = info.ta_cert_details;
      const der = Buffer.from(typeof cert === 'string' ? cert : (cert.base64 ?? ''), 'base64');
      const spki = new X509Certificate(der).publicKey.export({ format: 'der', type: 'spki' });
      expect(await device.find(spki)).not.toBeNull();
    } finally {
      await own.remove();
    }
  });

  test.skipIf(missingPeers('krillta').length > 0)(
    'a real krillta and Baleen share a token and do not disturb each other',
    async () => {
      hsm.addToken('shared');
      const device = hsm.device('shared');
      await device.open(never);
      const ours = await device.create({ algorithm: 'rsa-2048', label: '' });
      const config = `[[signers]]\ntype = "PKCS#11"\nname = "Token"\nlib_path = "${softhsmLibrary()}"\nslot = "shared"\nuser_pin = "${PIN}"\n`;
      const theirs = krillta(join(hsm.folder, 'krillta'), { config, environment: hsm.environment });
      const tal = { https: 'https://example.invalid/ta.cer', rsync: 'rsync://example.invalid/repo/ta.cer' };
      theirs.init(setup('proxy-id.json'), setup('proxy-repo.json'), tal);
      expect(
        signatureHolds('rsa-2048', ours.spkiDer, DATA, await device.sign(ours.handle, 'rsa-2048', DATA)),
      ).toBe(true);
      const between = await device.create({ algorithm: 'p-256', label: '' });
      const fingerprint = theirs.fingerprint();
      theirs.reissue(setup('proxy-id.json'), setup('proxy-repo.json'), tal);
      await device.destroy(between.handle, null);
      expect(theirs.fingerprint()).toBe(fingerprint);
      const keys = await device.list();
      expect(keys.every(({ label, sensitive }) => label === 'Krill' && sensitive === true)).toBe(true);
      expect(keys.length).toBeGreaterThanOrEqual(4);
      expect(
        new Set(
          keys.map(({ spkiDer }) =>
            createHash('sha256')
              .update(spkiDer ?? '')
              .digest('hex'),
          ),
        ).size,
      ).toBe(keys.length);
      expect(same(await device.find(ours.spkiDer), ours.handle)).toBe(true);
    },
  );
});
