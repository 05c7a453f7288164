import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './console-app.ts';
import { open, openRow } from './pages/ca.ts';
import { drop } from './pages/drop.ts';
import { newWorkspace } from './pages/workspace.ts';

/** A self-signed certificate, its key, and both as PKCS#12 with the passphrase "garnet-cipher". */
function material(folder: string) {
  const openssl = (line: string, ...more: string[]): Buffer =>
    execFileSync('openssl', [...line.split(' '), ...more], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  openssl(
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout a.key -out a.pem -days 30 -subj /CN=a.example.net',
  );
  openssl('pkcs12 -export -in a.pem -inkey a.key -out a.p12 -passout', 'pass:garnet-cipher');
  const pkcs8 = openssl('pkcs8 -topk8 -nocrypt -in a.key -outform DER');
  return {
    pem: readFileSync(join(folder, 'a.pem'), 'utf8'),
    key: readFileSync(join(folder, 'a.key'), 'utf8'),
    p12: readFileSync(join(folder, 'a.p12')),
    /** The private scalar: RFC 5915, 32 octets behind their tag. */
    scalar: new Uint8Array(pkcs8.subarray(36, 68)),
    sha256: openssl('x509 -noout -fingerprint -sha256 -in a.pem').toString().split('=')[1]?.trim() ?? '',
  };
}

test('a certificate dropped anywhere is shown with the fingerprint OpenSSL gives', async ({ apps }) => {
  const { pem, sha256 } = material(apps.scratch);
  const { page } = await apps.start();
  await expect(page.getByRole('link', { name: /new workspace/i })).toBeVisible();
  await drop(page, 'whatever.txt', Buffer.from(pem));
  await expect(page.getByRole('heading', { level: 1, name: 'a.example.net' })).toBeVisible();
  const shown = await page.locator('main').innerText();
  expect(shown.replaceAll(/[\s:]/g, '').toUpperCase()).toContain(sha256.replaceAll(':', ''));
  await expect(page.getByRole('button', { name: 'Keep it' })).toBeDisabled();
});

test('a name that hides characters is shown with them; what was kept says so and is kept once', async ({
  apps,
}) => {
  execFileSync(
    'openssl',
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout r.key -out r.pem -days 30 -utf8 -subj /CN=\u202egnp.exe'.split(
      ' ',
    ),
    { cwd: apps.scratch, stdio: 'ignore' },
  );
  const { page } = await apps.start();
  await newWorkspace(page, apps);
  await drop(page, 'r.pem', readFileSync(join(apps.scratch, 'r.pem')));
  await expect(page.getByRole('heading', { level: 1, name: '[U+202E]gnp.exe' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('right-to-left override');
  await page.getByRole('button', { name: 'Keep it' }).click();
  await expect(page.getByRole('button', { name: 'Kept', exact: true })).toBeDisabled();
  await open(page, 'Certificates');
  await openRow(page, 'Certificates', '[U+202E]gnp.exe');
  await page.getByRole('button', { name: 'Forget…' }).click();
  const dialog = page.getByRole('alertdialog').or(page.getByRole('dialog'));
  await expect(dialog).toContainText('It can be kept again from its file.');
  await expect(dialog).not.toContainText('serial is never used again');
  await dialog.getByRole('button', { name: 'Forget certificate' }).click();
  await open(page, 'Audit');
  await expect(page.getByRole('grid', { name: 'Audit entries' })).toContainText(
    'Kept from r.pem: [U+202E]gnp.exe',
  );
});

test('what is no certificate is named in a sentence, keeps nothing, and leaves one entry each', async ({
  apps,
}) => {
  const { pem } = material(apps.scratch);
  const { page } = await apps.start();
  await newWorkspace(page, apps);
  await open(page, 'Inspect');
  const bad: [string, Uint8Array, string][] = [
    ['garbage.cer', Buffer.alloc(5000, 0xa7), 'not a certificate, request, CRL, key'],
    ['empty.pem', Buffer.alloc(0), 'The file is empty'],
    ['login.html', Buffer.from('<!DOCTYPE html><html><body>Sign in</body></html>'), 'web page (HTML)'],
    ['cut.pem', Buffer.from(pem.slice(0, 400)), 'cut off'],
    ['big.bin', Buffer.alloc(26_214_400, 0x41), 'big.bin is too large (25.0 MiB, limit 8.0 MiB)'],
  ];
  for (const [name, bytes, said] of bad) {
    const path = join(apps.scratch, name);
    writeFileSync(path, bytes);
    await page.getByLabel('Choose a file…').setInputFiles(path);
    await expect(page.getByRole('heading', { name })).toBeVisible();
    await expect(page.getByRole('alert')).toContainText(said);
  }
  await open(page, 'Audit');
  await page.getByText('Refused', { exact: true }).click();
  await expect(page.getByRole('grid', { name: 'Audit entries' }).getByRole('row')).toHaveCount(
    bad.length + 1,
  );
  await open(page, 'Certificates');
  await expect(page.getByRole('heading', { name: 'No certificate yet' })).toBeVisible();
});

test('two blocks, CRLF and a byte order mark are read, and each is said', async ({ apps }) => {
  const { pem, key } = material(apps.scratch);
  const { page } = await apps.start();
  await page
    .getByRole('link', { name: /^Inspect/ })
    .first()
    .click();
  await page.getByLabel('Or paste it').fill(`\ufeff${pem.replaceAll('\n', '\r\n')}${key}`);
  await page.getByRole('button', { name: 'Inspect', exact: true }).click();
  await expect(page.getByText('In this file')).toBeVisible();
  await expect(page.getByText('2 objects', { exact: true })).toBeVisible();
  await expect(page.getByText(/byte order mark/i).first()).toBeVisible();
  await expect(page.locator('main')).not.toContainText('PRIVATE KEY');
});

test('a PKCS#12 is opened with its passphrase, its key imported, its certificate kept; no key byte leaves main', async ({
  apps,
}) => {
  const { p12, scalar } = material(apps.scratch);
  apps.canaries.guard('private scalar', scalar);
  apps.canaries.guard('passphrase of the file', 'garnet-cipher');
  const { page } = await apps.start();
  await newWorkspace(page, apps);
  await drop(page, 'a.p12', p12);
  await page.getByLabel('Passphrase of the file', { exact: true }).fill('something else');
  await page.getByRole('button', { name: 'Open it' }).click();
  await expect(page.getByText('Wrong passphrase: the file was not opened.')).toBeVisible();
  await page.getByLabel('Passphrase of the file', { exact: true }).fill('garnet-cipher');
  await page.getByRole('button', { name: 'Open it' }).click();
  await expect(page.getByText('2 objects', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Keep it' }).click();
  await expect(page.getByText('1 kept in the workspace')).toBeVisible();
  await page.getByRole('button', { name: /private key/ }).click();
  await page.getByRole('button', { name: 'Import the key…' }).click();
  await page.getByLabel('Label').fill('imported');
  await page.getByRole('button', { name: 'Import key' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'imported' })).toBeVisible();
  await open(page, 'Certificates');
  await openRow(page, 'Certificates', 'a.example.net');
  await expect(page.getByRole('heading', { level: 1, name: 'a.example.net' })).toBeVisible();
});

test('a certificate where a key is asked, and an encrypted key without its passphrase', async ({ apps }) => {
  material(apps.scratch);
  execFileSync(
    'openssl',
    'pkcs8 -topk8 -in a.key -out locked.key -passout pass:hidden-words -v2 aes-256-cbc'.split(' '),
    {
      cwd: apps.scratch,
    },
  );
  apps.canaries.guard('passphrase of the key', 'hidden-words');
  const { page } = await apps.start();
  await newWorkspace(page, apps);
  await open(page, 'Keys');
  await page.getByRole('button', { name: 'Import…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import a private key' });
  await dialog.getByLabel('Choose a key file…').setInputFiles(join(apps.scratch, 'a.pem'));
  await dialog.getByRole('button', { name: 'Import key' }).click();
  await expect(dialog.getByRole('alert')).toContainText(/certificate/);
  await dialog.getByLabel('Choose a key file…').setInputFiles(join(apps.scratch, 'locked.key'));
  await dialog.getByRole('button', { name: 'Import key' }).click();
  await dialog.getByLabel('Passphrase of the file', { exact: true }).fill('hidden-words');
  await dialog.getByRole('button', { name: 'Import key' }).click();
  await expect(page.getByRole('heading', { level: 1, name: /locked|a\.pem|^a$/ })).toBeVisible();
});

test('a kept request stands in its list, is found by the palette, and is signed from there', async ({
  apps,
}) => {
  const path = join(apps.scratch, 'asked.csr');
  execFileSync(
    'openssl',
    `req -new -newkey rsa:2048 -nodes -keyout ${path}.key -out ${path} -subj /CN=asked.internal`.split(' '),
    { stdio: 'ignore' },
  );
  const { page } = await apps.start();
  await newWorkspace(page, apps);
  await open(page, 'Inspect');
  await page.getByLabel('Choose a file…').setInputFiles(path);
  await page.getByRole('button', { name: 'Keep it' }).click();
  await expect(page.getByText('1 kept in the workspace: see Requests and CRLs')).toBeVisible();
  await open(page, 'Requests and CRLs');
  await expect(page.getByRole('grid', { name: 'Requests and CRLs' })).toContainText('asked.internal');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /Find a certificate/ }).fill('asked');
  await page.getByRole('option', { name: /asked\.internal/ }).click();
  await page.getByRole('button', { name: 'Sign this request…' }).click();
  await expect(page.getByLabel('Value of CN', { exact: true })).toHaveValue('asked.internal');
});
