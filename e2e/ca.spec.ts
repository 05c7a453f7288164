import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './console-app.ts';
import { beginLeaf, exportAs, issue, issueChain, open, openRow } from './pages/ca.ts';
import { drop } from './pages/drop.ts';
import { newWorkspace, next } from './pages/workspace.ts';

function openssl(...args: string[]): string {
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

test('root, intermediate and leaf by clicking; OpenSSL verifies them, opens the PKCS#12, and the list finds them', async ({
  apps,
}) => {
  const app = await apps.start();
  const { page } = app;
  await newWorkspace(page, apps);
  await issueChain(
    page,
    { root: 'Example Root CA', intermediate: 'Example Issuing CA', leaf: 'postgres.internal' },
    { dns: 'postgres.internal, localhost', ip: '10.0.0.20' },
  );
  const place = (name: string): string => {
    const path = join(apps.scratch, name);
    app.answers.push(path);
    return path;
  };
  await page.getByRole('button', { name: 'Export…' }).click();
  const chain = place('chain.pem');
  await exportAs(page, 'Full chain');
  const p12 = place('leaf.p12');
  apps.canaries.guard('export passphrase', 'export me 2026');
  await exportAs(page, 'PKCS#12', 'export me 2026');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();

  await open(page, 'Authorities');
  await openRow(page, 'Authorities', 'Example Root CA');
  await page.getByRole('link', { name: 'Certificate', exact: true }).click();
  await page.getByRole('button', { name: 'Export…' }).click();
  const root = place('root.pem');
  await exportAs(page, 'Certificate, PEM');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();

  expect(
    openssl(
      'verify',
      '-x509_strict',
      '-purpose',
      'sslserver',
      '-verify_hostname',
      'postgres.internal',
      '-CAfile',
      root,
      '-untrusted',
      chain,
      chain,
    ),
  ).toBe(`${chain}: OK\n`);
  const opened = openssl('pkcs12', '-in', p12, '-passin', 'pass:export me 2026', '-nodes');
  expect(opened).toContain('BEGIN PRIVATE KEY');
  expect(opened.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  expect(statSync(p12).mode & 0o777).toBe(0o600);

  await open(page, 'Certificates');
  await page.getByLabel('Search certificates').fill('postg');
  await expect(page.getByRole('grid', { name: 'Certificates' }).getByRole('row')).toHaveCount(2);

  // A renewal begins at its review: what it takes over is done.
  await openRow(page, 'Certificates', 'postgres.internal');
  await page.getByRole('button', { name: 'Renew…' }).click();
  await expect(page.getByText(/^It can be signed/)).toBeVisible();
  const steps = page.getByRole('list', { name: 'Steps' }).getByRole('listitem');
  await expect(steps.filter({ hasText: ', done' })).toHaveCount(4);
});

test('what is wrong is said at its field, and the wizard goes on after a reload', async ({ apps }) => {
  const app = await apps.start();
  const { page } = app;
  await newWorkspace(page, apps);
  await open(page, 'Authorities');
  await page.getByRole('link', { name: 'New root…' }).click();
  await expect(page.getByRole('navigation', { name: 'Where you are' })).toHaveText(
    /^Authorities\s*\/\s*New root CA$/,
  );
  await page.getByLabel('Value of CN', { exact: true }).fill('../x');
  await next(page);
  await expect(page.getByText(/holds no slashes/)).toBeVisible();
  await page.getByLabel('Value of CN', { exact: true }).fill('Example Root CA');
  await next(page);
  await next(page);
  for (const [days, said] of [
    ['0', 'above zero'],
    ['-1', 'above zero'],
    ['36500', 'more than Root CA certificates may live'],
  ] as const) {
    await page.getByLabel('Lifetime', { exact: true }).fill(days);
    await page.getByRole('button', { name: /Unit of lifetime/ }).click();
    await page.getByRole('option', { name: /^days/ }).click();
    await next(page);
    await expect(page.getByText(new RegExp(said))).toBeVisible();
  }
  await page.getByLabel('Lifetime', { exact: true }).fill('3650');
  await next(page);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: /Which names/ })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel…' }).click();
  await page.getByRole('button', { name: 'Cancel and discard' }).click();
  await expect(page.getByRole('heading', { name: 'No authority yet' })).toBeVisible();
  await open(page, 'Keys');
  await expect(page.getByRole('heading', { name: 'No key yet' })).toBeVisible();
});

test('what is typed in a step stays when the wizard is left half-way; many names leave the bar of the review where it is', async ({
  apps,
}) => {
  const { page } = await apps.start();
  await newWorkspace(page, apps);
  await beginLeaf(page);
  await page.getByLabel('Value of CN', { exact: true }).fill('half typed');
  await open(page, 'Keys');
  await open(page, 'Overview');
  await expect(page.getByText('Server certificate "half typed"')).toBeVisible();
  await page.getByRole('button', { name: 'Continue…' }).click();
  await expect(page.getByLabel('Value of CN', { exact: true })).toHaveValue('half typed');
  await next(page);
  await next(page);
  await next(page);
  const hosts = Array.from({ length: 60 }, (_, at) => `host-${at}.a-rather-long-name.example.net`);
  await page.getByLabel('DNS names').fill(hosts.join(', '));
  await next(page);
  await expect(page.getByText(/^It can be signed/)).toBeVisible();
  await expect(page.getByText('12 of 60 shown')).toBeVisible();
  await page.setViewportSize({ width: 900, height: 600 });
  const sign = page.getByRole('button', { name: /^Sign / });
  await expect(sign).toBeInViewport({ ratio: 1 });
  await page.getByRole('button', { name: 'Show all 60 names' }).click();
  await expect(page.getByText('host-59.a-rather-long-name.example.net').first()).toBeAttached();
  await expect(sign).toBeInViewport({ ratio: 1 });
  // It was looked at, and nothing is signed: no tick.
  await page.getByRole('button', { name: 'Back', exact: true }).click();
  const steps = page.getByRole('list', { name: 'Steps' }).getByRole('listitem');
  await expect(steps.filter({ hasText: 'Review and sign' })).not.toContainText('done');
});

test('a leaf: names that are none, an empty list, a lifetime over the limit', async ({ apps }) => {
  const { page } = await apps.start();
  await newWorkspace(page, apps);
  await beginLeaf(page);
  await page.getByLabel('Value of CN', { exact: true }).fill('a.internal');
  await next(page);
  await next(page);
  // Only what its authority allows is offered; anything can be typed.
  await expect(page.getByRole('radio', { name: '24 hours' })).toBeChecked();
  await expect(page.getByRole('radio', { name: '1 year' })).toHaveCount(0);
  await page.getByRole('button', { name: /Unit of lifetime/ }).click();
  await page.getByRole('option', { name: /^days/ }).click();
  await page.getByLabel('Lifetime', { exact: true }).fill('365');
  await next(page);
  await expect(
    page.getByText(/requested duration of 8760h1m0s is more than the authorized maximum/),
  ).toBeVisible();
  await page.getByRole('radio', { name: '24 hours' }).click();
  await next(page);
  await next(page);
  await expect(page.getByText(/No name is given/)).toBeVisible();
  await page.getByLabel('DNS names').fill('a b');
  await page.getByLabel('IP addresses').fill('999.1.1.1');
  await next(page);
  await expect(page.getByText(/Invalid DNS name: a b\./)).toBeVisible();
  await expect(page.getByText(/Invalid IP address: 999.1.1.1\./)).toBeVisible();
});

test('a request chosen in the Key step keeps the rest of the wizard; a bad one and a stray file are said there', async ({
  apps,
}) => {
  const app = await apps.start();
  const { page } = app;
  const request = (name: string, key: string, ...more: string[]): string => {
    const path = join(apps.scratch, name);
    openssl(
      ...`req -new -newkey ${key} -nodes -keyout ${path}.key -out ${path} -subj /CN=asked.internal`.split(
        ' ',
      ),
      ...more,
    );
    return path;
  };
  const weak = request('weak.csr', 'rsa:1024');
  const good = request('good.csr', 'rsa:2048', '-addext', 'subjectAltName=DNS:asked.internal');
  await newWorkspace(page, apps);
  await open(page, 'Authorities');
  await page.getByRole('link', { name: 'New root…' }).click();
  await issue(page, 'Example Root CA');
  await page.getByRole('link', { name: /Issue a certificate/ }).click();
  const typed = page.getByLabel('Value of CN', { exact: true });
  await typed.fill('typed.internal');
  await drop(page, 'stray.pem', Buffer.from('x'), 'Leave the wizard first');
  await expect(page.getByText('“stray.pem” was not opened.')).toBeVisible();
  await expect(typed).toHaveValue('typed.internal');
  await next(page);
  await page.getByText('Start from a request').click();
  await expect(page.getByRole('button', { name: 'Next', exact: true })).toBeDisabled();
  await page.getByLabel(/Choose a request/).setInputFiles(weak);
  await expect(page.getByRole('alert')).toContainText('weak.csr: An RSA key of 1024 bits');
  await page.getByLabel(/Choose a request/).setInputFiles(good);
  await expect(page.getByText(/its subject \(CN=asked\.internal\)/)).toBeVisible();
  await next(page);
  await next(page);
  await expect(page.getByLabel('DNS names')).toHaveValue('asked.internal');
  await next(page);
  await expect(page.getByText(/^It can be signed/)).toBeVisible();
  await page.getByRole('button', { name: /^Sign / }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'It is signed' })).toBeVisible();
  await open(page, 'Audit');
  const records = page.getByRole('grid', { name: 'Audit entries' });
  await expect(records).not.toContainText('Cancelled before signing');
  await expect(records.getByRole('row').filter({ hasText: 'weak.csr' })).toContainText('refused');
});
