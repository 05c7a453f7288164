/** The screens of the workspace as a person uses them: create, unlock, lock. Selectors are roles and labels. */
import { expect, type Page } from '@playwright/test';
import type { Bridge } from '../../src-shared/bridge.ts';
import type { ConsoleApps } from '../console-app.ts';

/** Strong by the application's own measure, and recognisable wherever it leaks. */
export const PASSPHRASE = 'tundra-Okapi 7 vesper lantern';

export type Kind = 'Online' | 'Offline station' | 'Rehearsal';
const KIND = { Online: 'online', 'Offline station': 'offline', Rehearsal: 'rehearsal' } as const;

/** Called on each screen on the way; tests leave it out, the tour takes its pictures there. */
export type Stop = (name: string) => Promise<void>;
const pass: Stop = () => Promise.resolve();

/**
 * Goes through the whole wizard; ends on the overview of the new, unlocked workspace, or with `untilShown` where the
 * recovery key was shown. Answers the recovery key.
 */
export async function createWorkspace(
  page: Page,
  apps: Pick<ConsoleApps, 'canaries'>,
  options: { name?: string; kind?: Kind; passphrase?: string; stop?: Stop; untilShown?: boolean } = {},
): Promise<string> {
  const passphrase = options.passphrase ?? PASSPHRASE;
  const stop = options.stop ?? pass;
  apps.canaries.guard('workspace passphrase', passphrase);
  await page.getByRole('link', { name: /new workspace/i }).click();
  await page
    .getByText(options.kind ?? 'Online')
    .first()
    .click();
  await stop('create-workspace.kind');
  await next(page);
  await page.getByLabel('Name').fill(options.name ?? 'Example workspace');
  await stop('create-workspace.place');
  await next(page);
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByLabel('Passphrase, again', { exact: true }).fill(passphrase);
  await stop('create-workspace.passphrase');
  await page.getByRole('button', { name: 'Create the workspace' }).click();
  await expect(page.getByRole('heading', { name: 'Keep the recovery key' })).toBeVisible();
  const key = await readRecoveryKey(page);
  await stop('create-workspace.recovery');
  if (options.untilShown === true) return key;
  await page.getByRole('button', { name: 'I have it on paper' }).click();
  await typeRecoveryParts(page, key);
  await stop('create-workspace.verify');
  await page.getByRole('button', { name: 'Check' }).click();
  await expect(page.getByRole('heading', { name: 'What needs you' })).toBeVisible();
  return key;
}

/**
 * A new workspace, unlocked, its recovery key on paper, without clicking: for tests that are about something else. The real
 * application makes it, by its own bridge.
 */
export async function newWorkspace(
  page: Page,
  apps: Pick<ConsoleApps, 'canaries'>,
  options: { name?: string; kind?: Kind } = {},
): Promise<void> {
  apps.canaries.guard('workspace passphrase', PASSPHRASE);
  const kind = KIND[options.kind ?? 'Online'];
  await page.evaluate(
    async ({ name, kind: made, passphrase }) => {
      const ask = async (channel: string, payload: object): Promise<Record<string, unknown>> => {
        const reply = await (globalThis as unknown as { bridge: Bridge }).bridge.invoke(channel, payload);
        if (!reply.ok) throw new Error(`${channel}: ${reply.error.message}`);
        return reply.value as Record<string, unknown>;
      };
      await ask('workspace.create', { folder: null, name, kind: made, passphrase });
      const { recoveryKey } = await ask('workspace.showRecoveryKey', { passphrase: null });
      const { positions } = await ask('workspace.recoveryParts', {});
      const groups = (recoveryKey as string).split('-');
      await ask('workspace.verifyRecoveryKey', {
        parts: (positions as number[]).map((position) => groups[position]),
      });
      location.hash = '#/overview';
    },
    { name: options.name ?? 'Example workspace', kind, passphrase: PASSPHRASE },
  );
  await expect(page.getByRole('heading', { name: 'What needs you' })).toBeVisible();
}

/** Presses Next and waits until the wizard has stored the step and looked at it. */
export async function next(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  // Two frames: then the wizard is painted busy, if it has something to store.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await expect(page.locator('form[aria-busy=true]')).toHaveCount(0);
}

async function readRecoveryKey(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Show the recovery key' }).click();
  const items = page.getByRole('list', { name: 'Recovery key' }).getByRole('listitem');
  await expect(items).toHaveCount(8);
  const groups = await items.allInnerTexts();
  // Each group is printed behind its number.
  return groups.map((text) => text.trim().split(/\s+/).at(-1)).join('-');
}

export async function typeRecoveryParts(page: Page, key: string): Promise<void> {
  const groups = key.split('-');
  await expect(page.getByLabel(/^Group \d+$/).first()).toBeVisible();
  for (const [index, group] of groups.entries()) {
    const field = page.getByLabel(`Group ${index + 1}`, { exact: true });
    if (await field.isVisible()) await field.fill(group);
  }
}

export async function lock(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Lock', exact: true }).click();
  await expect(page.getByLabel('Passphrase', { exact: true })).toBeVisible();
}

export async function unlock(page: Page, passphrase = PASSPHRASE): Promise<void> {
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByRole('button', { name: 'Unlock', exact: true }).click();
}

/** Closes the workspace by the command palette; ends on the start screen. */
export async function closeWorkspace(page: Page): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.keyboard.type('Close the workspace');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('link', { name: /new workspace/i })).toBeVisible();
}
