import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readChildCsr } from './child-csr.ts';
import { testKey } from '../testing/test-proxy.ts';
import { vectorPath } from '../testing/vectors.ts';
import { parseRequest } from '../x509/request.ts';
import { Faults } from '../rpki/fault.ts';
import { makeCsr } from '../rpki/make-csr.ts';

const FOLDER = 'rsync://rpki.example.net/repo/online/0/';
const NOTIFY = 'https://rpki.example.net/rrdp/notification.xml';

async function made(notify: string | null) {
  const key = testKey();
  const at = { repository: FOLDER, manifest: `${FOLDER}${key.keyId}.mft`, notify };
  return { key, der: await makeCsr(key, at, key.sign) };
}

test.each([NOTIFY, null])('OpenSSL verifies it, and a signer may rely on all of it (%s)', async (notify) => {
  const { key, der } = await made(notify);
  const said = execFileSync('openssl', ['req', '-inform', 'DER', '-verify', '-noout', '-text'], {
    input: der,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  expect(said).toMatch(new RegExp(`Subject: CN ?= ?${key.keyId}\\s`));
  expect(said).toContain('sha256WithRSAEncryption');
  expect(said).toMatch(/Basic Constraints: critical\s+CA:TRUE\s/);
  expect(said).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign/);
  const faults = new Faults();
  expect(readChildCsr(der, faults)).toMatchObject({
    keyId: key.keyId,
    caRepository: FOLDER,
    rpkiManifest: `${FOLDER}${key.keyId}.mft`,
    rpkiNotify: notify,
  });
  expect(faults.found).toEqual([]);
});

test("it asks for what a CA of Krill asks for, in Krill's order, without the explicit FALSE", async () => {
  const krill = parseRequest(readFileSync(vectorPath('krill-ta/csr.der')));
  const own = parseRequest((await made(NOTIFY)).der);
  const asked = ({ extensions }: typeof own) => extensions.map(({ oid, critical }) => ({ oid, critical }));
  expect(asked(own)).toEqual(asked(krill));
  expect(own.extensions.slice(0, 2)).toEqual(krill.extensions.slice(0, 2));
  // OID of the extension, then BOOLEAN FALSE, which DER leaves out.
  const explicitFalse = Buffer.from('06082b0601050507010b010100', 'hex');
  expect(Buffer.from(krill.der).includes(explicitFalse)).toBe(true);
  expect(Buffer.from(own.der).includes(explicitFalse)).toBe(false);
});
