/** The screens of the signers as a person uses them. Selectors are roles and labels. */
import { expect, type Page } from '@playwright/test';
import type { KmipSettings } from '../../src-shared/contract/signer-settings.ts';
import type { ConsoleApp } from '../console-app.ts';
import { open } from './ca.ts';

/** Chooses in one of the two roles of the list of signers. */
export async function chooseRole(page: Page, role: 'Default signer' | 'One-off signer', name: string) {
  const button = page.getByRole('button', { name: new RegExp(`${role}$`) });
  await button.click();
  await page.getByRole('option', { name: new RegExp(`^${name}`) }).click();
  await expect(button).toContainText(name);
}

/** A SoftHSM token and a signer for it, made by clicking; they wait to be applied. */
export async function makeRehearsalToken(
  page: Page,
  options: { name: string; pin: string; keepPin: boolean },
): Promise<void> {
  await open(page, 'Signers');
  await page.getByRole('button', { name: 'Make a rehearsal token…' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(options.name);
  await dialog.getByLabel('PIN', { exact: true }).fill(options.pin);
  if (!options.keepPin) await dialog.getByText('Keep the PIN in the encrypted workspace').click();
  await dialog.getByRole('button', { name: 'Make token' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText('new, not applied')).toBeVisible();
}

export async function applyChanges(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Apply changes' }).click();
  await expect(page.getByRole('heading', { name: 'Changes wait' })).toBeHidden();
}

/** Opens the page of a signer out of the list. */
export async function openSigner(page: Page, name: string): Promise<void> {
  await open(page, 'Signers');
  await page.getByRole('grid', { name: 'Signers' }).getByText(name, { exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
}

/** Begins an examination, from the page of a signer. */
export async function examine(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Doctor', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^Doctor of/ })).toBeVisible();
  await page.getByRole('button', { name: /^Examine/ }).click();
}

/** Answers the question for a PIN, whatever screen is open. */
export async function answerPin(page: Page, pin: string, keep: string | null = null): Promise<void> {
  const dialog = page.getByRole('alertdialog', { name: /^PIN of/ });
  await expect(dialog.getByLabel('PIN', { exact: true })).toBeFocused();
  await page.keyboard.type(pin);
  if (keep !== null) await dialog.getByText(keep).click();
  await dialog.getByRole('button', { name: 'Send PIN' }).click();
  await expect(dialog).toBeHidden();
}

/** The screen of moving keys to the default signer. */
export async function openMigration(page: Page, to: string): Promise<void> {
  await open(page, 'Signers');
  await page.getByRole('link', { name: 'Move keys…' }).click();
  await expect(page.getByRole('heading', { level: 1, name: `Move keys to “${to}”` })).toBeVisible();
}

/** Rolls the key of one owner there, past its warning. */
export async function rollKey(page: Page, owner: string): Promise<void> {
  await page.getByRole('button', { name: `Roll key… of ${owner}` }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Roll key', exact: true }).click();
}

/** A signer on a KMIP server, typed into its form; it waits to be applied. */
export async function addKmipServer(page: Page, name: string, settings: KmipSettings): Promise<void> {
  await open(page, 'Signers');
  await page.getByRole('link', { name: 'Add a signer…' }).first().click();
  await page
    .getByRole('radiogroup', { name: 'How it is reached' })
    .getByText('KMIP', { exact: false })
    .first()
    .click();
  const fields: [label: string, value: string | number | null][] = [
    ['Name', name],
    ['Host', settings.host],
    ['Port', settings.port],
    ['CA of the server (server_ca_cert_path)', settings.serverCaCertPath],
    ['Our certificate (client_cert_path)', settings.clientCertPath],
    ['Its key (client_cert_private_key_path)', settings.clientCertPrivateKeyPath],
  ];
  for (const [label, value] of fields)
    await page.getByLabel(new RegExp(`^${label.replaceAll(/[()]/g, String.raw`\$&`)}`)).fill(String(value));
  if (settings.force) await page.getByText(/^force:/).click();
  await page.getByText(/^Advanced:/).click();
  await page.getByLabel('read_timeout_seconds').fill(String(settings.readTimeoutSeconds));
  await page.getByRole('button', { name: 'Save signer' }).click();
  await expect(page.getByText('new, not applied')).toBeVisible();
  await open(page, 'Signers');
}

/** Contacts a signer from its page until it has shown that it can make and use keys. */
export async function testSigner(page: Page, name: string): Promise<void> {
  await openSigner(page, name);
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(page.getByText(/State: ready/)).toBeVisible({ timeout: 60_000 });
}

/** What the page of a signer says of its state, with cause, check and fix. */
export function stateOf(page: Page) {
  return page.getByRole('region', { name: 'Verdict' });
}

/** A signer on a PKCS#11 token: the library chosen in the dialog, the rest typed; it waits to be applied. Without a PIN. */
export async function addToken(
  { page, answers }: Pick<ConsoleApp, 'page' | 'answers'>,
  name: string,
  token: { libPath: string; environment: Readonly<Record<string, string>>; label: string },
): Promise<void> {
  await open(page, 'Signers');
  await page.getByRole('link', { name: 'Add a signer…' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  answers.push(token.libPath);
  await page.getByRole('button', { name: 'Choose… the library' }).click();
  await expect(page.getByLabel(/^Library/)).toHaveValue(token.libPath);
  for (const [at, [variable, value]] of Object.entries(token.environment).entries()) {
    await page.getByRole('button', { name: 'Add a variable' }).click();
    await page.getByLabel(`Name of variable ${at + 1}`).fill(variable);
    await page.getByLabel(`Value of variable ${at + 1}`).fill(value);
  }
  await page.getByLabel('Slot', { exact: true }).fill(token.label);
  await page.getByRole('button', { name: 'Save signer' }).click();
  await expect(page.getByText(/^It is not in use yet/)).toBeVisible();
  await open(page, 'Signers');
}

/** What the screen says while a device waits for somebody. */
export function waitsForYou(page: Page, name: string) {
  return page.getByRole('alertdialog', { name: `“${name}” waits for you` });
}
