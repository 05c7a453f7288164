// A device that waits for a hand: for a touch, and for the PIN on its own reader. What the screen says, and that waiting can be ended.
import { rmSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingPeers } from '../src-main/testing/peers.ts';
import { compileShim, type Shim } from '../src-main/testing/pkcs11-shim.ts';
import { type SoftHsm, softhsm } from '../src-main/testing/softhsm.ts';
import { type ConsoleApp, expect, test } from './console-app.ts';
import { addToken, answerPin, applyChanges, chooseRole, openSigner, waitsForYou } from './pages/signers.ts';
import { newWorkspace } from './pages/workspace.ts';

const missing = missingPeers('softhsm2-util', 'pkcs11-tool', 'gcc');
test.skip(missing.length > 0, `SKIPPED: missing ${missing.join(', ')}; type npm run peers`);

const PIN = 'pin-of-the-reader-5580';
let hsm: SoftHsm;
let shim: Shim;
let sign: string;

test.beforeAll(() => {
  hsm = softhsm();
  shim = compileShim();
  sign = join(hsm.folder, 'sign');
  hsm.addToken('Reader token', PIN);
});
test.afterAll(async () => {
  await hsm.remove();
  shim.remove();
});

async function begin(app: ConsoleApp, name: string, fault: string): Promise<void> {
  rmSync(sign, { force: true });
  await addToken(app, name, { ...shim.settings(hsm, fault, sign), label: 'Reader token' });
  await chooseRole(app.page, 'Default signer', 'Software');
  await applyChanges(app.page);
  await openSigner(app.page, name);
}

test('a touch: the screen says so, cancel ends it, and the touch lets it go on', async ({ apps }) => {
  test.setTimeout(180_000);
  apps.canaries.guard('PIN of the token', PIN);
  const app = await apps.start();
  const { page } = app;
  await newWorkspace(page, apps, { name: 'Touch' });
  await begin(app, 'Touch token', 'touch');
  const waits = waitsForYou(page, 'Touch token');
  const asked = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await answerPin(page, PIN);
    await expect(waits.getByText(/may take minutes\. Touch it if it blinks\.$/)).toBeVisible({
      timeout: 30_000,
    });
    await expect(waits.getByText(/^It waits as long as you need, since/)).toBeVisible();
  };

  await asked();
  await waits.getByRole('button', { name: 'Cancel' }).click();
  await expect(waits).toHaveCount(0);
  await expect(page.getByText(/was cancelled/).first()).toBeVisible();
  await expect(page.getByText(/State: unusable/)).toHaveCount(0);

  await asked();
  writeFileSync(sign, '');
  await expect(waits).toHaveCount(0);
  await expect(page.getByText(/State: ready/)).toBeVisible({ timeout: 60_000 });
});

test('a PIN pad: no PIN is asked on the screen, cancel ends it, and the PIN typed there lets it in', async ({
  apps,
}) => {
  test.setTimeout(180_000);
  apps.canaries.guard('PIN of the token', PIN);
  const app = await apps.start();
  const { page } = app;
  await newWorkspace(page, apps, { name: 'PIN pad' });
  await begin(app, 'Reader', 'pin-pad');
  const waits = waitsForYou(page, 'Reader');

  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(waits.getByText('Type the PIN of Reader token on its reader.')).toBeVisible();
  await expect(page.getByLabel('PIN', { exact: true })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(waits).toHaveCount(0);
  await expect(page.getByText('State: login needed')).toBeVisible();

  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(waits).toBeVisible();
  // At once: a reader that finds it empty takes that for the cancel key.
  writeFileSync(`${sign}.typed`, PIN);
  renameSync(`${sign}.typed`, sign);
  await expect(waits).toHaveCount(0, { timeout: 30_000 });
  await expect(page.getByText(/State: ready/)).toBeVisible({ timeout: 30_000 });
});
