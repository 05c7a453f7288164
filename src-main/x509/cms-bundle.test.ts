import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { vectorPath } from '../testing/vectors.ts';
import { parseCertificate } from './certificate.ts';
import { nameView } from './distinguished-name.ts';
import { recognise } from './recognise.ts';

const folder = mkdtempSync(join(tmpdir(), 'baleen-cms-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const openssl = (line: string): Buffer =>
  execFileSync('openssl', line.split(' '), { cwd: folder, stdio: 'pipe' });
const file = (name: string): Buffer => readFileSync(join(folder, name));

beforeAll(() => {
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes';
  openssl(`req -x509 ${key} -keyout z.key -out z.pem -days 30 -subj /CN=Root`);
  openssl(`req ${key} -keyout leaf.key -out leaf.csr -subj /CN=leaf.example.net`);
  openssl('x509 -req -in leaf.csr -CA z.pem -CAkey z.key -days 30 -out leaf.pem');
  writeFileSync(
    join(folder, 'ca.cnf'),
    '[ca]\ndefault_ca=o\n[o]\ndatabase=index.txt\ndefault_md=sha256\ndefault_crl_days=30\nprivate_key=z.key\ncertificate=z.pem\n',
  );
  writeFileSync(join(folder, 'index.txt'), '');
  openssl('ca -config ca.cnf -gencrl -out list.crl');
  writeFileSync(join(folder, 'mail.txt'), 'Hello');
  // The root first: a bundle has no order that means anything.
  const bundle = 'crl2pkcs7 -in list.crl -certfile z.pem -certfile leaf.pem';
  openssl(`${bundle} -out bundle.p7b`);
  openssl(`${bundle} -outform DER -out bundle.der`);
  const signed = 'cms -sign -in mail.txt -signer leaf.pem -inkey leaf.key -certfile z.pem -nodetach -binary';
  openssl(`${signed} -outform DER -out signed.p7m`);
  openssl(`${signed} -outform PEM -out signed.pem`);
  openssl(`${signed} -outform DER -stream -out streamed.p7m`);
  openssl(`${signed} -nocerts -outform DER -out bare.p7m`.replace(' -certfile z.pem', ''));
  openssl('cms -encrypt -in mail.txt -aes256 -outform DER -out sealed.p7m leaf.pem');
});

const names = (name: string): string[] =>
  recognise(file(name)).objects.map((object) =>
    object.kind === 'certificate' ? nameView(parseCertificate(object.der).subject).text : `a ${object.kind}`,
  );

describe('a certs-only bundle', () => {
  test.each([
    ['bundle.p7b', 'PEM, PKCS#7 bundle, 2 certificates, 1 CRL'],
    ['bundle.der', 'PKCS#7 bundle, 2 certificates, 1 CRL'],
  ])('%s is opened, leaf first', (name, recognised) => {
    expect(recognise(file(name))).toMatchObject({ recognised, notes: [] });
    expect(names(name)).toEqual(['CN=leaf.example.net', 'CN=Root', 'a crl']);
  });

  test('of one certificate is no DER certificate', () => {
    openssl('crl2pkcs7 -nocrl -certfile z.pem -outform DER -out one.p7b');
    expect(recognise(file('one.p7b')).recognised).toBe('PKCS#7 bundle, 1 certificate');
  });

  test('without anything in it is refused with a sentence', () => {
    openssl('crl2pkcs7 -nocrl -outform DER -out none.p7b');
    expect(() => recognise(file('none.p7b'))).toThrow(/PKCS#7 bundle without a certificate or CRL/);
  });
});

describe('a signed message', () => {
  test.each([
    ['signed.p7m', 'signed message (CMS), 2 certificates'],
    ['signed.pem', 'PEM, signed message (CMS), 2 certificates'],
    ['streamed.p7m', 'signed message (CMS), 2 certificates'],
  ])('%s is named, with its certificates', (name, recognised) => {
    const found = recognise(file(name));
    expect(found.recognised).toBe(recognised);
    expect(names(name)).toEqual(['CN=leaf.example.net', 'CN=Root']);
    expect(found.notes).toMatchObject([
      {
        code: 'CMS_SIGNED',
        severity: 'careful',
        text: expect.stringContaining('its signature were not checked'),
      },
    ]);
  });

  test('of the RPKI is named by what was signed', () => {
    const found = recognise(readFileSync(vectorPath('rpki-rs/repository/ca1.mft')));
    expect(found.recognised).toBe('RPKI manifest (CMS), 1 certificate');
  });

  test.each([
    ['bare.p7m', /signed message \(CMS\) without certificates/],
    ['sealed.p7m', /an encrypted message \(CMS enveloped data\)/],
  ])('%s carries none, which is said', (name, said) => {
    expect(() => recognise(file(name))).toThrow(said);
  });
});
