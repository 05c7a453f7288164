import { execFileSync } from 'node:child_process';
import { createPrivateKey, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { pkcs12Der } from './pkcs12-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'baleen-p12-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function openssl(...args: string[]): string {
  return execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

test.each(['open sesame', 'pässwörd 例'])('OpenSSL opens it, passphrase %j', async (passphrase) => {
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    'key.pem',
    '-out',
    'cert.pem',
    '-subj',
    '/CN=a.example',
    '-days',
    '2',
  );
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=CA',
    '-days',
    '2',
  );
  const der = (name: string) =>
    Buffer.from(openssl('x509', '-in', name, '-outform', 'PEM').replaceAll(/-----.*-----|\n/g, ''), 'base64');
  const keyDer = createPrivateKey(readFileSync(join(folder, 'key.pem'))).export({
    format: 'der',
    type: 'pkcs8',
  });
  writeFileSync(
    join(folder, 'out.p12'),
    await pkcs12Der(
      { keyDer, certificateDer: der('cert.pem'), chainDer: [der('ca.pem')], friendlyName: 'a.example' },
      { passphrase, random: (length) => randomBytes(length) },
    ),
  );
  writeFileSync(join(folder, 'pass'), passphrase);
  const shown = openssl('pkcs12', '-in', 'out.p12', '-passin', 'file:pass', '-nodes');
  expect(shown).toContain(readFileSync(join(folder, 'cert.pem'), 'utf8').trim());
  expect(shown).toContain(readFileSync(join(folder, 'ca.pem'), 'utf8').trim());
  expect(shown).toContain('friendlyName: a.example');
  const key = /-----BEGIN PRIVATE KEY-----[^]*-----END PRIVATE KEY-----/.exec(shown)?.[0] ?? '';
  expect(createPrivateKey(key).export({ format: 'der', type: 'pkcs8' })).toEqual(keyDer);
  expect(() => openssl('pkcs12', '-in', 'out.p12', '-passin', 'pass:wrong', '-nodes')).toThrow(
    /Mac verify error/,
  );
});
