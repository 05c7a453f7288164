import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterAll, describe, expect, test } from 'vitest';
import { sha256Hex } from '../../lib/bytes.ts';
import { testAuthority } from '../../testing/issued-tls.ts';
import { X509Certificate } from 'node:crypto';
import { readKmipContact } from './contact.ts';

const folder = mkdtempSync(join(tmpdir(), 'baleen-contact-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const authority = testAuthority(folder);
const agent = authority.issue('agent', 'clientAuth');
const admin = authority.issue('admin', 'clientAuth');
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const NONE = {
  insecure: false,
  serverSha256: null,
  serverCertPath: null,
  serverCaCertPath: null,
  clientCertPath: null,
  clientCertPrivateKeyPath: null,
};
const garbage = file('garbage.pem', 'nothing of that kind\n');
const broken = file('broken.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
const encrypted = join(folder, 'encrypted.key');
execFileSync('openssl', [
  'pkey',
  '-in',
  agent.keyPath,
  '-aes256',
  '-passout',
  'pass:secret',
  '-out',
  encrypted,
]);

describe('whom to believe', () => {
  test('a pinned fingerprint, before any authority', async () => {
    const serverSha256 = 'A1'.repeat(32);
    expect(await readKmipContact({ ...NONE, serverSha256 })).toEqual({
      trust: { sha256: serverSha256 },
      client: null,
    });
  });

  test('the public authorities, unless files say more', async () => {
    expect(await readKmipContact(NONE)).toEqual({ trust: 'system', client: null });
    expect(await readKmipContact({ ...NONE, serverCaCertPath: '' })).toEqual({
      trust: 'system',
      client: null,
    });
  });
  test('authorities: all of the file, without what stands around them', async () => {
    const other = testAuthority(folder, 'second');
    const both = file('both.pem', `a text\n${authority.certPem}\nand\n${other.certPem}`);
    const { trust } = await readKmipContact({ ...NONE, serverCaCertPath: both });
    expect(trust).toEqual({
      caPem: `${authority.certPem}${other.certPem}`.replaceAll('-----\n-----', '-----\n\n-----'),
    });
  });
  test('one certificate, which says more than an authority', async () => {
    const { trust } = await readKmipContact({
      ...NONE,
      serverCertPath: admin.certPath,
      serverCaCertPath: authority.certPath,
    });
    expect(trust).toEqual({ sha256: sha256Hex(new X509Certificate(admin.certPem).raw) });
  });
  test('everybody, when that is chosen', async () => {
    expect(
      (await readKmipContact({ ...NONE, insecure: true, serverCaCertPath: authority.certPath })).trust,
    ).toBe('any');
  });
});

describe('the client’s pair', () => {
  test('fits', async () => {
    const { client } = await readKmipContact({
      ...NONE,
      clientCertPath: agent.certPath,
      clientCertPrivateKeyPath: agent.keyPath,
    });
    expect(client).toEqual({ certPem: agent.certPem, keyPem: agent.keyPem });
  });

  test.each([
    [
      'a certificate without key',
      { clientCertPath: agent.certPath },
      'clientCertPrivateKeyPath',
      /both or neither/,
    ],
    [
      'a key without certificate',
      { clientCertPrivateKeyPath: agent.keyPath },
      'clientCertPath',
      /both or neither/,
    ],
    [
      'the key of another certificate',
      { clientCertPath: agent.certPath, clientCertPrivateKeyPath: admin.keyPath },
      'clientCertPrivateKeyPath',
      /belongs to another certificate/,
    ],
    [
      'no key in the file',
      { clientCertPath: agent.certPath, clientCertPrivateKeyPath: agent.certPath },
      'clientCertPrivateKeyPath',
      /No private key found/,
    ],
    [
      'an encrypted key',
      { clientCertPath: agent.certPath, clientCertPrivateKeyPath: encrypted },
      'clientCertPrivateKeyPath',
      /encrypted/,
    ],
    [
      'no certificate in the file',
      { clientCertPath: agent.keyPath, clientCertPrivateKeyPath: agent.keyPath },
      'clientCertPath',
      /No certificate found/,
    ],
    [
      'an authority file of garbage',
      { serverCaCertPath: garbage },
      'serverCaCertPath',
      /No certificate found/,
    ],
    ['a damaged certificate', { serverCertPath: broken }, 'serverCertPath', /No certificate found/],
    [
      'a file that is not there',
      { serverCaCertPath: join(folder, 'none.pem') },
      'serverCaCertPath',
      /is not there/,
    ],
    ['a device', { serverCaCertPath: '/dev/zero' }, 'serverCaCertPath', /is no file/],
    [
      'a film',
      { serverCaCertPath: file('film.bin', Buffer.alloc(2_000_000)) },
      'serverCaCertPath',
      /too large/,
    ],
    ['a folder', { serverCertPath: folder }, 'serverCertPath', /is a folder/],
  ])('%s', async (_what, paths, path, message) => {
    await expect(readKmipContact({ ...NONE, ...paths })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { fields: [{ path, message: expect.stringMatching(message) }] },
    });
  });

  test('every file that is wrong is told', async () => {
    await expect(
      readKmipContact({ ...NONE, serverCaCertPath: garbage, clientCertPath: agent.certPath }),
    ).rejects.toMatchObject({
      details: { fields: [{ path: 'serverCaCertPath' }, { path: 'clientCertPrivateKeyPath' }] },
    });
  });
});
