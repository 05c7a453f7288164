// What issue and standards ask of keys on a device, from outside: OpenSSL judges what was made by clicking.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { testProxy } from '../src-main/testing/test-proxy.ts';
import { missingPeers } from '../src-main/testing/peers.ts';
import { type ConsoleApp, expect, test } from './console-app.ts';
import { exportAs, issue, open, openRow } from './pages/ca.ts';
import { applyChanges, chooseRole, makeRehearsalToken } from './pages/signers.ts';
import { setUpSigner, writeFile } from './pages/ta.ts';
import { newWorkspace } from './pages/workspace.ts';

const missing = missingPeers('softhsm2-util');
test.skip(missing.length > 0, `SKIPPED: missing ${missing.join(', ')}; type npm run peers`);

const PIN = 'pin-of-the-token-5512';
const URIS = { https: 'https://rpki.example.net/ta/ta.cer', rsync: 'rsync://rpki.example.net/ta/ta.cer' };

function openssl(...args: string[]): string {
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The certificate of an authority as a file, from its page. */
async function exportAuthority({ page, answers }: ConsoleApp, name: string, path: string): Promise<void> {
  await open(page, 'Authorities');
  await openRow(page, 'Authorities', name);
  await page.getByRole('link', { name: 'Certificate', exact: true }).click();
  await page.getByRole('button', { name: 'Export…' }).click();
  answers.push(path);
  await exportAs(page, 'Certificate, PEM');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
}

test('a root on SoftHSM, its intermediate in software and a trust anchor on SoftHSM; OpenSSL verifies all three', async ({
  apps,
}) => {
  test.setTimeout(180_000);
  apps.canaries.guard('PIN of the token', PIN);
  const app = await apps.start();
  const { page } = app;
  const at = (name: string): string => join(apps.scratch, name);
  await newWorkspace(page, apps, { name: 'Chain', kind: 'Rehearsal' });
  await makeRehearsalToken(page, { name: 'Vault token', pin: PIN, keepPin: true });
  await chooseRole(page, 'Default signer', 'Software');
  await applyChanges(page);

  await open(page, 'Authorities');
  await page.getByRole('link', { name: 'New root…' }).click();
  await issue(page, 'Root on SoftHSM', { signer: 'Vault token' });
  await page.getByRole('link', { name: /New intermediate/ }).click();
  await issue(page, 'Issuing CA in software', { signer: 'Software' });
  await exportAuthority(app, 'Root on SoftHSM', at('root.pem'));
  await exportAuthority(app, 'Issuing CA in software', at('issuing.pem'));
  const verified = openssl('verify', '-x509_strict', '-CAfile', at('root.pem'), at('issuing.pem'));
  expect(verified).toBe(`${at('issuing.pem')}: OK\n`);

  await setUpSigner(page, apps.scratch, await testProxy(new Date()), { ...URIS, signer: 'Vault token' });
  await open(page, 'Trust anchor');
  await writeFile(page, app.answers, 'ta.cer', at('ta.cer'));
  const text = openssl('x509', '-inform', 'DER', '-in', at('ta.cer'), '-out', at('ta.pem'), '-text');
  expect(text).toBe('');
  const self = ['-check_ss_sig', '-CAfile', at('ta.pem'), at('ta.pem')];
  expect(openssl('verify', ...self)).toBe(`${at('ta.pem')}: OK\n`);

  await open(page, 'Keys');
  const row = (label: string) =>
    page.getByRole('grid', { name: 'Keys' }).getByRole('row').filter({ hasText: label });
  await expect(row('Root on SoftHSM key')).toContainText('Vault token');
  await expect(row('Issuing CA in software key')).not.toContainText('Vault token');
  await open(page, 'Audit');
  const records = page.getByRole('grid', { name: 'Audit entries' }).getByRole('row');
  for (const action of ['ca.sign', 'ta.setUp']) {
    await page.getByLabel('Search the audit').fill(action);
    await records.filter({ hasText: action }).last().click();
    await expect(page.getByRole('dialog').getByText(/Vault token, serial [0-9a-f]{16}/)).toBeVisible();
    await page.keyboard.press('Escape');
  }
});
