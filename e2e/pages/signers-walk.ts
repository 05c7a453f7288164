/** The screens of the signers, walked on a token of their own. */
import { expect } from '@playwright/test';
import type { Canaries } from '../canaries.ts';
import type { ConsoleApp } from '../console-app.ts';
import { open } from './ca.ts';
import {
  applyChanges,
  chooseRole,
  examine,
  makeRehearsalToken,
  openMigration,
  openSigner,
} from './signers.ts';
import type { Stop } from './workspace.ts';

/** A token beside software: pending, then in force and tested. */
export async function walkSigners({ page }: ConsoleApp, canaries: Canaries, stop: Stop): Promise<void> {
  const pin = 'walked-pin-40913';
  canaries.guard('PIN of the rehearsal token', pin);
  await makeRehearsalToken(page, { name: 'Rehearsal token', pin, keepPin: true });
  await chooseRole(page, 'Default signer', 'Software');
  await stop('signers');
  await applyChanges(page);
  await page.getByRole('link', { name: 'Add a signer…' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'New signer' })).toBeVisible();
  await stop('signer-new');
  await openSigner(page, 'Rehearsal token');
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(page.getByText('identity of the device')).toBeVisible({ timeout: 60_000 });
  await stop('signer');
  await examine(page);
  await expect(page.getByText('It works, from the library to a signature.')).toBeVisible({ timeout: 60_000 });
  await stop('signer-doctor');
  await openSigner(page, 'Rehearsal token');
  await page.getByRole('link', { name: 'Settings of this signer' }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^Settings of/ })).toBeVisible();
  await stop('signer-edit');
  await open(page, 'Signers');
  await chooseRole(page, 'Default signer', 'Rehearsal token');
  await applyChanges(page);
  await openMigration(page, 'Rehearsal token');
  await stop('signer-migration');
}
