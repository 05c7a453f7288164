import { expect, test } from './console-app.ts';
import { issue, issueChain, open, openRow } from './pages/ca.ts';
import {
  answerPin,
  applyChanges,
  chooseRole,
  examine,
  makeRehearsalToken,
  openMigration,
  openSigner,
  rollKey,
} from './pages/signers.ts';
import { newWorkspace, lock, unlock } from './pages/workspace.ts';

const PIN = 'pin-of-the-token-7731';

test('a SoftHSM token is made, applied, tested with its PIN, and holds the key of a root', async ({
  apps,
}) => {
  test.setTimeout(180_000);
  apps.canaries.guard('PIN of the token', PIN);
  const { page } = await apps.start();
  await newWorkspace(page, apps, { name: 'With a token' });
  await open(page, 'Signers');
  await expect(page.getByRole('heading', { name: 'No device yet' })).toBeVisible();

  await makeRehearsalToken(page, { name: 'Token one', pin: PIN, keepPin: false });
  await chooseRole(page, 'Default signer', 'Token one');
  await applyChanges(page);
  await openSigner(page, 'Token one');
  await expect(page.getByText('State: not contacted yet')).toBeVisible();

  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await answerPin(page, PIN, 'Until the workspace is locked');
  await expect(page.getByText(/State: ready/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('C_GenerateKeyPair')).toBeVisible();
  await expect(page.getByText('identity of the device')).toBeVisible();

  await open(page, 'Authorities');
  await page.getByRole('link', { name: 'New root…' }).click();
  await issue(page, 'Root on a token');
  await open(page, 'Keys');
  await openRow(page, 'Keys', 'Root on a token key');
  await expect(page.getByRole('link', { name: 'Token one' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Export…' })).toHaveAttribute('aria-disabled', 'true');
  await openSigner(page, 'Token one');
  await expect(page.getByRole('link', { name: /Root on a token key/ })).toBeVisible();

  await page.getByRole('button', { name: 'Remove…' }).click();
  await expect(page.getByRole('button', { name: 'Remove signer' })).toHaveAttribute('aria-disabled', 'true');
  await expect(
    page.getByRole('list', { name: 'Keys on the signer' }).getByText('Root on a token key'),
  ).toBeVisible();
  await page.keyboard.press('Escape');

  await lock(page);
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
  await unlock(page);
  await openSigner(page, 'Token one');
  await expect(page.getByText('State: not contacted yet')).toBeVisible();
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('alertdialog', { name: /^PIN of/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
});

test('a wrong PIN is said with its cause, is sent once, and the right one mends it', async ({ apps }) => {
  test.setTimeout(120_000);
  apps.canaries.guard('PIN of the token', PIN);
  const { page } = await apps.start();
  await newWorkspace(page, apps, { name: 'Wrong PIN' });
  await makeRehearsalToken(page, { name: 'Token two', pin: PIN, keepPin: false });
  await chooseRole(page, 'Default signer', 'Software');
  await applyChanges(page);
  await openSigner(page, 'Token two');
  await page.getByRole('button', { name: 'Log in' }).click();
  await answerPin(page, 'wrong-pin-0000');
  await expect(page.getByText('State: PIN refused')).toBeVisible({ timeout: 30_000 });
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await expect(verdict.getByText('CKR_PIN_INCORRECT', { exact: true })).toBeVisible();
  for (const label of ['Why', 'Look', 'Mend'])
    await expect(verdict.getByText(label, { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'I looked at it: ask for the PIN again' }).click();
  await answerPin(page, PIN, 'In the encrypted workspace');
  await expect(page.getByText(/State: ready/)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('in the encrypted workspace', { exact: true })).toBeVisible();
});

test('the doctor stops at a wrong PIN, says why, and goes through with the right one', async ({ apps }) => {
  test.setTimeout(120_000);
  apps.canaries.guard('PIN of the token', PIN);
  const { page } = await apps.start();
  await newWorkspace(page, apps, { name: 'Doctor' });
  await makeRehearsalToken(page, { name: 'Token three', pin: PIN, keepPin: false });
  // It is looked at as it is pending.
  await openSigner(page, 'Token three');
  await examine(page);
  await answerPin(page, 'wrong-pin-0000');
  await expect(page.getByText('It stops at “Login”.')).toBeVisible({ timeout: 30_000 });
  const line = page.getByRole('listitem').filter({ hasText: 'Login bad' });
  for (const label of ['Why', 'Look', 'Mend'])
    await expect(line.getByText(label, { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Examine again' }).click();
  await answerPin(page, PIN);
  await expect(page.getByText(/^It works/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('Nothing of this test is left on it.')).toBeVisible();
  await page.getByRole('button', { name: 'Copy report' }).click();
  await expect(page.getByText(/Report copied|copied/i).first()).toBeVisible();
});

test('keys move to a token by rolling: the warning first, then the root, then what stands below it', async ({
  apps,
}) => {
  test.setTimeout(180_000);
  apps.canaries.guard('PIN of the token', PIN);
  const { page } = await apps.start();
  await newWorkspace(page, apps, { name: 'Moving' });
  await issueChain(
    page,
    { root: 'Moving Root', intermediate: 'Moving Issuing', leaf: 'www.example.net' },
    { dns: 'www.example.net', ip: '' },
  );
  await makeRehearsalToken(page, { name: 'Token three', pin: PIN, keepPin: true });
  await chooseRole(page, 'Default signer', 'Token three');
  await applyChanges(page);
  await openMigration(page, 'Token three');
  await expect(page.getByText('0 of 2 that can move are on “Token three”.')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Keys in software' }).getByRole('link')).toHaveCount(3);
  await rollKey(page, 'Moving Root');
  await expect(page.getByRole('button', { name: /of Moving Root$/ })).toHaveCount(0, { timeout: 60_000 });
  await expect(page.getByText(/on its way/).first()).toBeVisible();
  await rollKey(page, 'Moving Issuing');
  await expect(page.getByText(/until the certificate below it ends on/).first()).toBeVisible({
    timeout: 60_000,
  });
  await expect(page.getByRole('button', { name: /of Moving Issuing$/ })).toHaveCount(0);
  await open(page, 'Keys');
  await openRow(page, 'Keys', 'Moving Issuing key');
  await expect(page.getByRole('link', { name: 'Token three' })).toBeVisible();
});
