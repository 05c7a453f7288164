import { expect, test } from './console-app.ts';
import { open } from './pages/ca.ts';
import {
  createWorkspace,
  newWorkspace,
  lock,
  PASSPHRASE,
  typeRecoveryParts,
  unlock,
} from './pages/workspace.ts';

test('a workspace is made by clicking, locked, unlocked, and found again by the next start', async ({
  apps,
}) => {
  const app = await apps.start();
  const key = await createWorkspace(app.page, apps, { name: 'Example root' });
  expect(key.split('-')).toHaveLength(8);
  await lock(app.page);
  await app.page.getByLabel('Passphrase', { exact: true }).fill('not the passphrase');
  await app.page.getByRole('button', { name: 'Unlock', exact: true }).click();
  await expect(app.page.getByText('not the passphrase of this workspace')).toBeVisible();
  await unlock(app.page);
  await expect(app.page.getByRole('heading', { name: 'What needs you' })).toBeVisible();
  await app.close();

  const again = await apps.start({ folder: app.folder });
  await again.page.getByRole('button', { name: 'Open Example root' }).click();
  await unlock(again.page, PASSPHRASE);
  await expect(again.page.getByRole('heading', { name: 'What needs you' })).toBeVisible();
});

test('the recovery key is shown once; again it asks for the passphrase, and the audit has each showing', async ({
  apps,
}) => {
  const app = await apps.start();
  const { page } = app;
  const key = await createWorkspace(page, apps, { name: 'Twice', untilShown: true });
  await page.getByRole('button', { name: 'I have it on paper' }).click();
  await page.getByRole('button', { name: 'Back', exact: true }).click();
  const show = page.getByRole('button', { name: 'Show the recovery key' });
  const passphrase = page.getByLabel('Passphrase of this workspace', { exact: true });
  await passphrase.fill('not the passphrase');
  await show.click();
  await expect(page.getByText('That is not the passphrase of this workspace.')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Recovery key' })).toHaveCount(0);
  await passphrase.fill(PASSPHRASE);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('list', { name: 'Recovery key' })).toContainText(key.split('-')[0] ?? '');
  await page.getByRole('button', { name: 'I have it on paper' }).click();
  await typeRecoveryParts(page, key);
  await page.getByRole('button', { name: 'Check' }).click();
  // It leads to the overview; who goes elsewhere before that is brought there.
  await expect(page.getByRole('heading', { name: 'What needs you' })).toBeVisible();
  await open(page, 'Audit');
  const rows = page.getByRole('grid', { name: 'Audit entries' }).getByRole('row');
  await expect(rows.filter({ hasText: 'The recovery key was shown' })).toHaveCount(2);
});

test('a rehearsal workspace is marked on every screen', async ({ apps }) => {
  const app = await apps.start();
  await newWorkspace(app.page, apps, { name: 'Practice', kind: 'Rehearsal' });
  await expect(app.page.locator('html')).toHaveAttribute('data-rehearsal', '');
  await lock(app.page);
  await expect(app.page.locator('html')).toHaveAttribute('data-rehearsal', '');
});

test('two applications cannot open one workspace', async ({ apps }) => {
  const first = await apps.start();
  await newWorkspace(first.page, apps, { name: 'Shared' });
  const second = await apps.start({ folder: first.folder });
  await second.page.getByRole('button', { name: 'Open Shared' }).click();
  await expect(second.page.getByText('open in another window')).toBeVisible();
});
