/** Local children as far as a walk needs them: a proxy that publishes into a folder, and a child connected below it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import type { Bridge } from '../../src-shared/bridge.ts';
import type { ConsoleApp } from '../console-app.ts';

/** Calls main as the window does. Throws the refusal. */
async function call<T>(page: Page, channel: string, payload: object = {}): Promise<T> {
  const reply = await page.evaluate(
    ([name, fields]) => (window as unknown as { bridge: Bridge }).bridge.invoke(name, fields),
    [channel, payload] as const,
  );
  if (!reply.ok) throw new Error(`${channel}: ${reply.error.message}`);
  return reply.value as T;
}

async function ended(page: Page, channel: string, payload: object = {}): Promise<void> {
  const { job } = await call<{ job: string }>(page, channel, payload);
  await expect
    .poll(async () => (await call<{ state: string }>(page, 'jobs.get', { id: job })).state, {
      timeout: 30_000,
    })
    .toBe('done');
}

/** A proxy if there is none, the child `online` below it, its page opened. */
export async function openLocalChild({ page, folder, answers }: ConsoleApp): Promise<void> {
  const { proxy } = await call<{ proxy: object | null }>(page, 'ta.proxy');
  if (proxy === null) {
    await ended(page, 'ta.proxyInit');
    const published = join(folder, 'published');
    mkdirSync(published, { recursive: true });
    answers.push(published);
    const { chosen } = await call<{ chosen: { ticket: string } }>(page, 'dialogs.folder', {
      purpose: 'export',
    });
    await call(page, 'ta.proxyFolder', {
      folder: chosen.ticket,
      base: 'rsync://rpki.example.net/repo/',
      notify: 'https://rpki.example.net/rrdp/notification.xml',
    });
  }
  await ended(page, 'ta.localCreate', { handle: 'online' });
  await call(page, 'ta.childAdd', {
    from: { kind: 'local', handle: 'online' },
    handle: 'online',
    resources: { asn: 'AS0-AS4294967295', ipv4: '0.0.0.0/0', ipv6: '::/0' },
  });
  await page.evaluate(() => {
    location.hash = '#/trust-anchor/children/online';
  });
  await expect(page.getByRole('heading', { level: 1, name: 'online' })).toBeVisible();
  await page.getByRole('button', { name: 'Take it from this workspace' }).click();
  await expect(page.getByText('rsync://rpki.example.net/repo/online/').first()).toBeVisible();
  await page.getByRole('button', { name: 'Ask the parent now' }).click();
  await expect(page.locator('.notice').first()).toBeVisible();
}
