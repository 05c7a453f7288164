import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './console-app.ts';
import { issue, open } from './pages/ca.ts';
import { newWorkspace, PASSPHRASE, unlock } from './pages/workspace.ts';

test('a workspace is backed up, restored into a new folder, and restored in place', async ({ apps }) => {
  const app = await apps.start();
  const { page } = app;
  await newWorkspace(page, apps, { name: 'Kept safe' });
  await open(page, 'Authorities');
  await page.getByRole('link', { name: 'New root…' }).click();
  await issue(page, 'First Root CA');

  await open(page, 'Settings');
  const backup = join(apps.scratch, 'kept-safe.baleen-backup');
  // Somebody's file lies there: it is asked about, and kept.
  writeFileSync(backup, 'notes of somebody');
  app.answers.push(backup);
  await page.getByRole('button', { name: 'Back up…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Choose a place…' }).click();
  const write = dialog.getByRole('button', { name: 'Back up', exact: true });
  await expect(write).toBeDisabled();
  expect(readFileSync(backup, 'utf8')).toBe('notes of somebody');
  await dialog.getByText(/^Replace what is there/).click();
  await write.click();
  await expect(dialog.getByText(/What was there stays beside it/)).toBeVisible();
  await expect(dialog.getByText(/: done\.$/)).toBeVisible();
  const aside = readdirSync(apps.scratch).find((name) => name.includes('.bak-')) ?? '';
  expect(readFileSync(join(apps.scratch, aside), 'utf8')).toBe('notes of somebody');
  await dialog.getByRole('button', { name: 'Close' }).click();
  expect(statSync(backup).mode & 0o777).toBe(0o600);

  await open(page, 'Authorities');
  await page.getByRole('link', { name: 'New root…' }).click();
  await issue(page, 'Second Root CA');

  await open(page, 'Settings');
  await page.getByRole('button', { name: 'Restore…' }).click();
  const folder = join(apps.scratch, 'restored');
  mkdirSync(folder);
  const garbage = join(apps.scratch, 'holiday.jpg');
  writeFileSync(garbage, 'not a backup');
  app.answers.push(garbage);
  await dialog.getByRole('button', { name: 'Choose the backup file…' }).click();
  app.answers.push(folder);
  await dialog.getByRole('button', { name: 'Choose an empty folder…' }).click();
  await dialog.getByLabel('Passphrase of the backup', { exact: true }).fill(PASSPHRASE);
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(dialog.getByText(/is not a backup made by Baleen/)).toBeVisible();
  app.answers.push(backup);
  await dialog.getByRole('button', { name: 'Choose the backup file…' }).click();
  const passphrase = dialog.getByLabel('Passphrase of the backup', { exact: true });
  await passphrase.fill('not this one');
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
  // File and folder stay chosen; only the passphrase is asked again.
  await expect(dialog.getByText(/neither the passphrase nor the recovery key/)).toBeVisible();
  await passphrase.fill(PASSPHRASE);
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(dialog.getByText(/: done\.$/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).click();

  await page.getByRole('button', { name: 'Restore…' }).click();
  app.answers.push(backup);
  await dialog.getByRole('button', { name: 'Choose the backup file…' }).click();
  await dialog.locator('label').filter({ hasText: 'Into the open workspace' }).click();
  await dialog.getByLabel('Passphrase of the backup', { exact: true }).fill(PASSPHRASE);
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(page.getByText(/Restored from the backup of/)).toBeVisible();
  await unlock(page);
  await open(page, 'Authorities');
  const grid = page.getByRole('grid', { name: 'Authorities' });
  await expect(grid.getByText('First Root CA').first()).toBeVisible();
  await expect(grid.getByText('Second Root CA')).toHaveCount(0);
  await open(page, 'Audit');
  // What was signed after the backup stays on record.
  await page.getByLabel('Search the audit').fill('Second Root CA');
  await expect(
    page
      .getByRole('grid', { name: 'Audit entries' })
      .getByText(/Issued/)
      .first(),
  ).toBeVisible();

  // The copy says that it is one, on the start screen and inside, until a person settles it.
  await open(page, 'Settings');
  await page.getByRole('button', { name: 'Close workspace…' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Close workspace' }).click();
  const copy = page.getByRole('listitem').filter({ hasText: folder });
  await expect(copy.getByText('restored copy')).toBeVisible();
  await expect(copy.getByText(/not opened yet/)).toBeVisible();
  await copy.getByRole('button', { name: /^Open/ }).click();
  await unlock(page);
  await open(page, 'Overview');
  const item = page.getByRole('row').filter({ hasText: 'Restored copy' });
  await item.getByRole('button', { name: 'Settle it…' }).click();
  const question = page.getByRole('alertdialog', { name: 'Is the original out of use?' });
  await expect(question.getByText(/is not known here/)).toBeVisible();
  await question.getByRole('button', { name: 'Only this copy is used' }).click();
  await expect(question).toBeHidden();
  await open(page, 'Overview');
  await expect(page.getByRole('heading', { name: 'What needs you' })).toBeVisible();
  await expect(item).toBeHidden();
});
