import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vectorPath } from '../testing/vectors.ts';
import { crlView } from './crl.ts';
import { recognise } from './recognise.ts';

const folder = mkdtempSync(join(tmpdir(), 'baleen-crl-'));
const openssl = (line: string): Buffer =>
  execFileSync('openssl', line.split(' '), { cwd: folder, stdio: 'pipe' });

const CONFIG = `
[ca]
default_ca=own
[own]
database=index.txt
crlnumber=number
default_md=sha256
default_crl_days=30
private_key=ca.key
certificate=ca.pem
[all]
authorityKeyIdentifier=keyid
[keyid]
authorityKeyIdentifier=keyid:always
`;

beforeAll(() => {
  openssl(
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=Lists',
  );
  writeFileSync(join(folder, 'ca.cnf'), CONFIG);
  writeFileSync(
    join(folder, 'index.txt'),
    'R\t361124120000Z\t261124120000Z,keyCompromise\t0A\tunknown\t/CN=x\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `openssl ca -gencrl` makes with these extensions. */
function made(extensions: string, form: 'PEM' | 'DER', number: string): Uint8Array {
  writeFileSync(join(folder, 'number'), `${number}\n`);
  openssl(`ca -config ca.cnf -gencrl -crlexts ${extensions} -out list.pem`);
  if (form === 'DER') openssl('crl -in list.pem -outform DER -out list.der');
  return readFileSync(join(folder, form === 'DER' ? 'list.der' : 'list.pem'));
}

describe('a list as OpenSSL makes it', () => {
  it.each([
    ['all', 'PEM', '05', '5'],
    ['all', 'DER', '05', '5'],
    ['keyid', 'PEM', '80', '128'],
    ['keyid', 'DER', '0100', '256'],
  ] as const)('with %s, %s, number %s', (extensions, form, number, said) => {
    const { recognised, objects } = recognise(made(extensions, form, number));
    expect(recognised).toBe(form === 'PEM' ? 'PEM, 1 CRL' : 'DER CRL');
    const [crl] = objects;
    if (crl?.kind !== 'crl') throw new Error('no CRL');
    const view = crlView(crl.der, { now: new Date() });
    expect(view).toMatchObject({
      number: said,
      entryCount: 1,
      entries: [{ serial: '0A', reason: 'keyCompromise' }],
      findings: [],
    });
    expect(view.authorityKeyId).toMatch(/^[0-9A-F]{40}$/);
  });
});

it('every list of PKITS is taken for a list', () => {
  const names = readdirSync(vectorPath('pkits', 'crls'));
  expect(names.length).toBeGreaterThan(30);
  for (const name of names) {
    const { objects } = recognise(readFileSync(vectorPath('pkits', 'crls', name)));
    expect([name, objects.map(({ kind }) => kind)]).toEqual([name, ['crl']]);
  }
});
