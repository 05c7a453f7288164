// A device that goes away and comes back, and a stored PIN that somebody changed: what the screen says, and what is not tried.
import { execFileSync } from 'node:child_process';
import { globSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { missingPeers, peer } from '../src-main/testing/peers.ts';
import { softhsmLibrary } from '../src-main/testing/softhsm.ts';
import { type ConsoleApp, expect, test } from './console-app.ts';
import { issue, open, openRow } from './pages/ca.ts';
import {
  applyChanges,
  chooseRole,
  makeRehearsalToken,
  openSigner,
  stateOf,
  testSigner,
} from './pages/signers.ts';
import { newWorkspace, next, unlock } from './pages/workspace.ts';

const missing = missingPeers('softhsm2-util', 'pkcs11-tool');
test.skip(missing.length > 0, `SKIPPED: missing ${missing.join(', ')}; type npm run peers`);

const PIN = 'pin-of-the-token-2096';
const OTHER_PIN = 'pin-of-somebody-7714';
const TOKEN = 'Safe token';

/** Where SoftHSM keeps what the application had it make. */
function tokenFolder(app: ConsoleApp): string {
  const [conf] = globSync(join(app.folder, 'workspaces', '**', 'softhsm2.conf'));
  if (conf === undefined) throw new Error('no token was made');
  return join(dirname(conf), 'tokens');
}

/** Another program that changes the PIN behind the application's back. */
function changePin(app: ConsoleApp, from: string, to: string): void {
  const env = { ...process.env, SOFTHSM2_CONF: join(tokenFolder(app), '..', 'softhsm2.conf') };
  const pins = ['--login', '--pin', from, '--change-pin', '--new-pin', to];
  const args = ['--module', softhsmLibrary(), '--token-label', TOKEN, ...pins];
  execFileSync(peer('pkcs11-tool'), args, { env, stdio: 'pipe' });
}

/** A root in software and one on a token whose PIN is stored. */
async function begin(app: ConsoleApp, name: string, roots: readonly string[]): Promise<void> {
  const { page } = app;
  await makeRehearsalToken(page, { name: TOKEN, pin: PIN, keepPin: true });
  await chooseRole(page, 'Default signer', 'Software');
  await applyChanges(page);
  for (const signer of roots) {
    await open(page, 'Authorities');
    await page.getByRole('link', { name: 'New root…' }).click();
    await issue(page, `${name} of ${signer}`, { signer });
  }
}

/** Opens the wizard of a certificate below an authority. */
async function newLeaf({ page }: ConsoleApp, authority: string): Promise<void> {
  await open(page, 'Authorities');
  await openRow(page, 'Authorities', authority);
  await page.getByRole('button', { name: 'Issue certificate…' }).click();
}

test('an unplugged token is named with cause, check and fix; the other root goes on; plugged in again it signs', async ({
  apps,
}) => {
  test.setTimeout(180_000);
  apps.canaries.guard('PIN of the token', PIN);
  const app = await apps.start();
  const { page } = app;
  page.setDefaultTimeout(30_000);
  await newWorkspace(page, apps, { name: 'Unplugged' });
  await begin(app, 'Root', [TOKEN, 'Software']);
  await openSigner(page, TOKEN);
  await expect(page.getByText(/State: ready/)).toBeVisible();

  const tokens = tokenFolder(app);
  renameSync(tokens, `${tokens}-in-a-drawer`);
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  const said = stateOf(page);
  await expect(said.getByText(/^State: not there, tried again in/)).toBeVisible({ timeout: 30_000 });
  for (const label of ['Why', 'Look', 'Mend'])
    await expect(said.getByText(label, { exact: true })).toBeVisible();
  await open(page, 'Signers');
  const row = page.getByRole('grid', { name: 'Signers' }).getByRole('row').filter({ hasText: TOKEN });
  await expect(row).toContainText('not there');

  await newLeaf(app, 'Root of Software');
  await issue(page, 'meanwhile.example.net', { dns: 'meanwhile.example.net', signer: 'Software' });

  // Somebody signs while it is out, and plugs it in while Baleen tries.
  await newLeaf(app, `Root of ${TOKEN}`);
  await page.getByLabel('Value of CN', { exact: true }).fill('again.example.net');
  await next(page);
  await next(page);
  await next(page);
  await page.getByLabel('DNS names').fill('again.example.net');
  await next(page);
  await page.getByRole('button', { name: /^Sign / }).click();
  await expect(page.getByText(/The signer that possesses this key is not reachable/)).toBeVisible({
    timeout: 60_000,
  });
  renameSync(`${tokens}-in-a-drawer`, tokens);
  await testSigner(page, TOKEN);
  await newLeaf(app, `Root of ${TOKEN}`);
  await issue(page, 'back.example.net', { dns: 'back.example.net', signer: 'Software' });
});

test('a stored PIN that was changed elsewhere is sent once: not again after a restart, though it became right again', async ({
  apps,
}) => {
  test.setTimeout(180_000);
  for (const pin of [PIN, OTHER_PIN]) apps.canaries.guard('PIN of the token', pin);
  const first = await apps.start();
  await newWorkspace(first.page, apps, { name: 'Changed PIN' });
  await begin(first, 'Root', [TOKEN]);
  await openSigner(first.page, TOKEN);
  await first.page.getByRole('button', { name: 'Log out' }).click();
  changePin(first, PIN, OTHER_PIN);
  await first.page.getByRole('button', { name: 'Log in' }).click();
  const said = stateOf(first.page);
  await expect(said.getByText('State: PIN refused')).toBeVisible({ timeout: 30_000 });
  await expect(said.getByText('CKR_PIN_INCORRECT', { exact: true })).toBeVisible();
  // From here on the stored PIN would log in: whoever sends it shows it.
  changePin(first, OTHER_PIN, PIN);
  await first.page.getByRole('button', { name: 'Log in' }).click();
  const asked = (page: ConsoleApp['page']) => page.getByRole('alertdialog', { name: /^PIN of/ });
  await expect(asked(first.page)).toContainText('The stored PIN was refused');
  await first.page.keyboard.press('Escape');
  await expect(asked(first.page)).toHaveCount(0);
  await first.close();

  const { page } = await apps.start({ folder: first.folder });
  await page.getByRole('button', { name: 'Open Changed PIN' }).click();
  await unlock(page);
  await openSigner(page, TOKEN);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(asked(page)).toContainText('The stored PIN was refused');
  await page.keyboard.press('Escape');
  await expect(page.getByText(/^State: PIN refused/)).toBeVisible();
  await page.getByRole('button', { name: 'I looked at it: send the kept PIN again' }).click();
  await expect(page.getByText(/^State: ready/)).toBeVisible({ timeout: 30_000 });
  await testSigner(page, TOKEN);
});
