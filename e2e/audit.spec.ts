import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './console-app.ts';
import { issue, open } from './pages/ca.ts';
import { newWorkspace, lock, unlock } from './pages/workspace.ts';

test('the audit is searched, verified, exported; an altered and a shortened file are found out', async ({
  apps,
}) => {
  const app = await apps.start();
  const { page } = app;
  await newWorkspace(page, apps, { name: 'Audited' });
  await open(page, 'Authorities');
  await page.getByRole('link', { name: 'New root…' }).click();
  await issue(page, 'Example Root CA');
  await open(page, 'Audit');
  const grid = page.getByRole('grid', { name: 'Audit entries' });
  await page.getByLabel('Search the audit').fill('Example Root');
  await expect(grid.getByRole('row').filter({ hasText: 'ca.sign' })).toHaveCount(1);
  await page.getByLabel('Search the audit').fill('no such words');
  await expect(page.getByRole('heading', { name: 'No entry fits' })).toBeVisible();
  await page.getByLabel('Search the audit').fill('');
  const head = (await page.locator('b.mono').first().innerText()).trim();

  const verify = async (written = ''): Promise<void> => {
    await page.getByRole('button', { name: 'Verify…' }).click();
    await page.getByLabel('The head you wrote down').fill(written);
    await page.getByRole('button', { name: 'Verify', exact: true }).click();
  };
  const close = () => page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await verify(head);
  await expect(page.getByText(/entries are as they were written/)).toBeVisible();
  await expect(page.getByText(/Entry \d+ is the one whose head you wrote down/)).toBeVisible();
  await close();

  // A slip of the pen or of the finger is no alarm.
  await verify(head.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')));
  await expect(page.getByText(/What you typed is not entry \d+/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'It stands on the paper like this' })).toBeVisible();
  await page.getByLabel('The head you wrote down').fill(head);
  await expect(page.getByText(/What you typed is not entry \d+/)).toBeHidden();
  await close();
  await expect(page.getByText('The audit was found wrong')).toBeHidden();

  const target = join(apps.scratch, 'audit.jsonl');
  app.answers.push(target);
  await page.getByRole('button', { name: 'Export…' }).click();
  await page.getByRole('button', { name: 'Choose a place…' }).click();
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(page.getByText(/entries are in/)).toBeVisible();
  await close();
  const lines = readFileSync(target, 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual(
    lines.map((_, index) => index + 1),
  );

  const file = join(app.folder, 'workspaces', 'Audited', 'audit.jsonl');
  const whole = readFileSync(file, 'utf8');
  writeFileSync(file, whole.replace('Example Root CA', 'Exemplary Root CA'));
  await verify();
  await expect(page.getByRole('dialog').getByText(/altered at entry \d+/)).toBeVisible();
  await close();
  writeFileSync(file, `${whole.split('\n').slice(0, 3).join('\n')}\n`);
  await verify();
  await expect(page.getByRole('dialog').getByText(/ends after entry 3/)).toBeVisible();
  await close();
  writeFileSync(file, whole);

  await lock(page);
  await expect(page.getByRole('contentinfo', { name: 'Status' })).toContainText(
    /head at the lock \d+ [0-9A-F]{4}/,
  );
  await page.getByLabel('Passphrase', { exact: true }).fill('a wrong one');
  await page.getByRole('button', { name: 'Unlock', exact: true }).click();
  await expect(page.getByText('not the passphrase of this workspace')).toBeVisible();
  await unlock(page);
  await open(page, 'Overview');
  // The verifications were recorded behind what was altered: their lines are missing from the file that was put back.
  const found = page.getByRole('row').filter({ hasText: 'Audit was found wrong' });
  await expect(found).toBeVisible();
  await found.getByRole('button', { name: 'Look at it' }).click();
  const alarm = page
    .getByRole('region', { name: 'Verdict' })
    .filter({ hasText: 'The audit was found wrong' });
  await expect(alarm).toBeVisible();
  await page.getByRole('button', { name: 'Verify…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(page.getByRole('dialog').getByText(/faults? (was|were) found/)).toBeVisible();
  await close();
  await open(page, 'Overview');
  await expect(found).toBeVisible();
  await open(page, 'Audit');
  await alarm.getByRole('button', { name: 'I have looked into it' }).click();
  await expect(alarm).toBeHidden();
  await expect(grid.getByRole('row').filter({ hasText: 'audit.acknowledge' })).toHaveCount(1);
  await verify('2 0000 0000 0000');
  await page.getByRole('button', { name: 'It stands on the paper like this' }).click();
  await expect(page.getByRole('dialog').getByText(/Entry 2 is not the one you wrote down/)).toBeVisible();
  await close();
  await expect(alarm).toBeVisible();
  // What was refused while it was locked is on record now.
  await expect(
    grid.getByRole('row').filter({ hasText: ': unlocking: ' }).filter({ hasText: 'refused' }),
  ).toHaveCount(1);
});
