import { expect, test } from './console-app.ts';
import { createWorkspace, lock, PASSPHRASE, unlock } from './pages/workspace.ts';

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

test('a rehearsal workspace is marked on every screen', async ({ apps }) => {
  const app = await apps.start();
  await createWorkspace(app.page, apps, { name: 'Practice', kind: 'Rehearsal' });
  await expect(app.page.locator('html')).toHaveAttribute('data-rehearsal', '');
  await lock(app.page);
  await expect(app.page.locator('html')).toHaveAttribute('data-rehearsal', '');
});

test('two applications cannot open one workspace', async ({ apps }) => {
  const first = await apps.start();
  await createWorkspace(first.page, apps, { name: 'Shared' });
  const second = await apps.start({ folder: first.folder });
  await second.page.getByRole('button', { name: 'Open Shared' }).click();
  await expect(second.page.getByText('open in another window')).toBeVisible();
});
