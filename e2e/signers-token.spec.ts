// A token without anything on it becomes a signer, and one with keys is given up: by clicking, with a real SoftHSM.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { missingPeers, peer } from '../src-main/testing/peers.ts';
import { softhsmLibrary } from '../src-main/testing/softhsm.ts';
import { expect, test } from './console-app.ts';
import { open } from './pages/ca.ts';
import { answerPin, applyChanges, chooseRole, examine, openSigner } from './pages/signers.ts';
import { newWorkspace } from './pages/workspace.ts';

const missing = missingPeers('softhsm2-util');
test.skip(missing.length > 0, `SKIPPED: missing ${missing.join(', ')}; type npm run peers`);

const PIN = 'pin-of-the-token-6120';
const OFFICER = 'officer-of-the-token-8834';

/** An empty token folder; answers SoftHSM's configuration for it. */
function emptyTokens(folder: string): string {
  const tokens = join(folder, 'tokens');
  mkdirSync(tokens, { recursive: true });
  const conf = join(folder, 'softhsm2.conf');
  writeFileSync(conf, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  return conf;
}

const labels = (conf: string): string[] =>
  execFileSync(peer('softhsm2-util'), ['--show-slots'], {
    env: { ...process.env, SOFTHSM2_CONF: conf },
    encoding: 'utf8',
  })
    .split('\n')
    .flatMap((line) => /Label:\s+(\S.*?)\s*$/.exec(line)?.[1] ?? []);

/** The form of a new signer, filled in up to its slot. */
async function newSigner(page: Page, name: string, conf: string): Promise<void> {
  await open(page, 'Signers');
  await page.getByRole('link', { name: 'Add a signer…' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel(/^Library/).fill(softhsmLibrary());
  await page.getByRole('button', { name: 'Add a variable' }).click();
  await page.getByLabel('Name of variable 1').fill('SOFTHSM2_CONF');
  await page.getByLabel('Value of variable 1').fill(conf);
}

test('the doctor finds an empty token, and it is initialised where it leads to; a signer keeps its token from being erased', async ({
  apps,
}) => {
  test.setTimeout(120_000);
  apps.canaries.guard('PIN of the token', PIN);
  apps.canaries.guard('PIN of the security officer', OFFICER);
  const conf = emptyTokens(join(apps.scratch, 'hsm'));
  const { page } = await apps.start();
  await newWorkspace(page, apps, { name: 'Empty token' });
  await newSigner(page, 'New vault', conf);
  await page.getByText('By number').click();
  await page.getByLabel('Slot', { exact: true }).fill('0');
  await page.getByRole('button', { name: 'Save signer' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'New vault' })).toBeVisible();
  await examine(page);
  await expect(page.getByText('It stops at “It shows slots”.')).toBeVisible({ timeout: 30_000 });
  await page.getByRole('link', { name: 'Look for slots in the settings' }).click();

  await page.getByRole('button', { name: /^Initialise… the token in slot 0x0/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Initialise the token' });
  const verb = dialog.getByRole('button', { name: 'Initialise token' });
  await expect(dialog.getByLabel('Label')).toBeFocused();
  await dialog.getByLabel('Label').fill('ü'.repeat(17));
  await expect(dialog.getByText(/At most 32 octets/)).toBeVisible();
  await dialog.getByLabel('Label').fill('Vault 1');
  await dialog.getByLabel('PIN', { exact: true }).fill('123');
  await expect(dialog.getByText(/At least 4 characters/)).toBeVisible();
  await dialog.getByLabel('PIN', { exact: true }).fill(PIN);
  await dialog.getByLabel('PIN, again', { exact: true }).fill('something else');
  await expect(dialog.getByText('It differs from the one above.')).toBeVisible();
  await dialog.getByLabel('PIN, again', { exact: true }).fill(PIN);
  await dialog.getByLabel("Security officer's PIN", { exact: true }).fill(OFFICER);
  await page.keyboard.press('Enter');
  await expect(dialog.getByText("Type the security officer's PIN twice the same.")).toBeVisible();
  await dialog.getByLabel("Security officer's PIN, again", { exact: true }).fill(OFFICER);
  await verb.click();
  await expect(dialog).toBeHidden({ timeout: 30_000 });
  await expect(page.getByText('chosen', { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByLabel('Slot', { exact: true })).toHaveValue('Vault 1');
  expect(labels(conf)).toContain('Vault 1');

  await page.getByRole('button', { name: 'Save signer' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'New vault' })).toBeVisible();
  await open(page, 'Signers');
  await chooseRole(page, 'Default signer', 'Software');
  await applyChanges(page);
  await openSigner(page, 'New vault');
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await answerPin(page, PIN);
  await expect(page.getByText(/State: ready/)).toBeVisible({ timeout: 60_000 });

  // Its identity key lies there now.
  await page.getByRole('link', { name: 'Settings of this signer' }).click();
  await page.getByRole('button', { name: 'Look for slots' }).click();
  const erase = page.getByRole('button', { name: /^Erase… the token/ });
  await expect(erase).toHaveAttribute('aria-disabled', 'true');
  await erase.focus();
  await expect(page.getByText('“New vault” uses this token: remove that signer first')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alertdialog')).toBeHidden();
  expect(labels(conf)).toContain('Vault 1');
});

test('a token that no signer uses is erased by typing its serial; a wrong security officer is said at the field', async ({
  apps,
}) => {
  test.setTimeout(120_000);
  for (const pin of [PIN, OFFICER]) apps.canaries.guard('a PIN of the token', pin);
  const conf = emptyTokens(join(apps.scratch, 'hsm'));
  for (const label of ['Old', 'Other 1', 'Other 2', 'Other 3', 'Other 4', 'Other 5']) {
    const made = ['--init-token', '--free', '--label', label, '--so-pin', OFFICER, '--pin', '4321'];
    execFileSync(peer('softhsm2-util'), made, {
      env: { ...process.env, SOFTHSM2_CONF: conf },
      stdio: 'pipe',
    });
  }
  const { page } = await apps.start();
  await newWorkspace(page, apps, { name: 'Old token' });
  await newSigner(page, 'Old vault', conf);
  await page.getByRole('button', { name: 'Look for slots' }).click();
  // Not before it is the chosen one: nobody erases by a slip.
  await expect(page.getByRole('button', { name: /^Old serial/ })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('button', { name: /^Erase…/ })).toHaveCount(0);
  // The page scrolls, not the list in it: no slot lies behind an edge.
  const slots = page.getByRole('list', { name: 'Slots of the library' });
  await expect(slots.getByRole('listitem')).toHaveCount(7);
  expect(await slots.evaluate((list) => list.scrollHeight - list.clientHeight)).toBeLessThanOrEqual(0);
  await page.getByRole('button', { name: /^Old serial/ }).click();
  await page.getByRole('button', { name: /^Erase… the token/ }).click();
  const dialog = page.getByRole('alertdialog', { name: 'Erase “Old” and initialise it anew' });
  const verb = dialog.getByRole('button', { name: 'Erase and initialise' });
  const serial = /serial ([0-9a-f]{16})/.exec((await dialog.textContent()) ?? '')?.[1] ?? '';
  await dialog.getByLabel('Label').press('Enter');
  await expect(dialog.getByText(`Type the serial ${serial}.`, { exact: true })).toBeVisible();
  await dialog.getByLabel(`Type the serial ${serial}`).fill(serial);
  await dialog.getByLabel('Label').fill('Begun anew');
  await dialog.getByLabel('PIN', { exact: true }).fill(PIN);
  await dialog.getByLabel('PIN, again', { exact: true }).fill(PIN);
  const officer = dialog.getByLabel('Present PIN of the security officer', { exact: true });
  await officer.fill('not the officer');
  await verb.click();
  await expect(dialog.getByText(/refused the security officer's PIN/)).toBeVisible({ timeout: 30_000 });
  await expect(officer).toHaveAttribute('aria-invalid', 'true');
  expect(labels(conf)).toContain('Old');
  await officer.fill(OFFICER);
  await verb.click();
  await expect(dialog).toBeHidden({ timeout: 30_000 });
  await expect(page.getByText('chosen', { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByLabel('Slot', { exact: true })).toHaveValue('Begun anew');
  expect(labels(conf).filter((label) => !label.startsWith('Other'))).toEqual(['Begun anew']);
});
