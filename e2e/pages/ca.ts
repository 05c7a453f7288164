/** The CA wizard and its objects as a person uses them. Selectors are roles and labels. */
import { expect, type Page } from '@playwright/test';
import { next, type Stop } from './workspace.ts';

const pass: Stop = () => Promise.resolve();

export interface IssueOptions {
  organisation?: string;
  /** As typed into the name step of a leaf. */
  dns?: string;
  ip?: string;
  /** The name of the signer that makes the key, where there is a choice; missing: the default signer. */
  signer?: string;
  stop?: Stop;
}

/** The button of the review step, whatever is signed. */
function signButton(page: Page) {
  return page.getByRole('button', { name: /^Sign / });
}

/** In a wizard: which signer makes the new key. */
export async function chooseHolder(page: Page, group: string, name: string): Promise<void> {
  const card = page.getByRole('radiogroup', { name: group }).locator('label').filter({ hasText: name });
  await card.click();
  await expect(card.getByRole('radio')).toBeChecked();
}

/** From the first step of an open wizard to the signed result. */
export async function issue(page: Page, commonName: string, options: IssueOptions = {}): Promise<void> {
  const stop = options.stop ?? pass;
  const heading = (name: string | RegExp) =>
    expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await heading(/called/);
  if (options.organisation !== undefined)
    await page.getByLabel('Value of O', { exact: true }).fill(options.organisation);
  await page.getByLabel('Value of CN', { exact: true }).fill(commonName);
  await stop('issue.purpose');
  await next(page);
  await heading(/Which key/);
  if (options.signer !== undefined) await chooseHolder(page, 'Who holds it', options.signer);
  await stop('issue.key');
  await next(page);
  await heading(/How long/);
  await stop('issue.validity');
  await next(page);
  await heading(/Which names/);
  if (options.dns !== undefined) await page.getByLabel('DNS names').fill(options.dns);
  if (options.ip !== undefined) await page.getByLabel('IP addresses').fill(options.ip);
  await stop('issue.names');
  await next(page);
  await expect(page.getByText(/^It can be signed/)).toBeVisible();
  await stop('issue.review');
  await signButton(page).click();
  await heading('It is signed');
  await stop('issue.result');
}

/** Root, intermediate and server leaf, each from the result of the one before. Ends on the leaf's result. */
export async function issueChain(
  page: Page,
  names: { root: string; intermediate: string; leaf: string },
  options: { dns: string; ip: string; stop?: Stop },
): Promise<void> {
  await open(page, 'Authorities');
  await page.getByRole('link', { name: 'New root…' }).click();
  await issue(page, names.root, { organisation: 'Example' });
  await page.getByRole('link', { name: /New intermediate/ }).click();
  await issue(page, names.intermediate);
  await page.getByRole('link', { name: /Issue a certificate/ }).click();
  await issue(page, names.leaf, options);
}

/** A screen by its link in the navigation. */
export async function open(page: Page, title: string): Promise<void> {
  const link = page
    .getByRole('navigation', { name: 'Screens' })
    .getByRole('link', { name: new RegExp(`^${title}`) });
  await link.click();
  await expect(link).toHaveAttribute('aria-current', 'page');
}

/** The row of a list that holds `text`, opened. */
export async function openRow(page: Page, list: string, text: string): Promise<void> {
  await page.getByRole('grid', { name: list }).getByRole('row').filter({ hasText: text }).first().click();
}

/** In an open export dialog: the form, the place (answered by the test), the passphrase if it holds a key. */
export async function exportAs(page: Page, form: string, passphrase?: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await dialog.locator('label').filter({ hasText: form }).first().click();
  if (passphrase !== undefined) {
    await dialog.getByLabel('Passphrase for the file', { exact: true }).fill(passphrase);
    await dialog.getByLabel('The same again', { exact: true }).fill(passphrase);
  }
  await dialog.getByRole('button', { name: /Choose a/ }).click();
  await dialog.getByRole('button', { name: /^Export/ }).click();
  await expect(dialog.getByText(/^Written to/)).toBeVisible();
}

/** From an empty workspace to the first step of a certificate under a new root. */
export async function beginLeaf(page: Page): Promise<void> {
  await open(page, 'Authorities');
  await page.getByRole('link', { name: 'New root…' }).click();
  await issue(page, 'Example Root CA');
  await page.getByRole('link', { name: /Issue a certificate/ }).click();
}
