import { APP_ORIGIN } from '../src-shared/bridge.ts';
import { expect, test } from './console-app.ts';

interface PageClipboard {
  readText(): Promise<string>;
}

test('a secret leaves the clipboard before its window goes', async ({ apps }) => {
  const app = await apps.start({ ownClipboard: true });
  await expect(app.page.getByRole('link', { name: /new workspace/i })).toBeVisible();
  const secret = 'a secret on the clipboard';
  // A page the operator never touched asks nothing when it goes.
  await app.page.getByRole('heading').first().click();
  const reply = await app.page.evaluate(
    (text) =>
      (
        window as unknown as { bridge: { invoke(c: string, p: unknown): Promise<{ ok: boolean }> } }
      ).bridge.invoke('clipboard.copy', { text, secret: true }),
    secret,
  );
  expect(reply.ok).toBe(true);
  const seen: string[] = [];
  // What is there at the moment when the question was answered and the window is about to go.
  const gone = app.page.waitForEvent('close');
  const session = await app.shell.context.newCDPSession(app.page);
  const read = async (): Promise<string> => {
    for (const name of ['clipboard-read'])
      await session.send('Browser.setPermission', {
        permission: { name },
        setting: 'granted',
        origin: APP_ORIGIN,
      });
    return app.page.evaluate(() => (navigator.clipboard as PageClipboard).readText());
  };
  expect(await read()).toBe(secret);
  app.page.on('dialog', (dialog) => void seen.push(dialog.type()));
  const cleared: Promise<string>[] = [];
  await app.page.exposeFunction('emptied', (text: string) => void cleared.push(Promise.resolve(text)));
  await app.page.evaluate(() => {
    const { clipboard } = navigator;
    const write = clipboard.writeText.bind(clipboard);
    clipboard.writeText = async (text) => {
      await write(text);
      await (window as unknown as { emptied(text: string): Promise<void> }).emptied(
        await clipboard.readText(),
      );
    };
  });
  await app.page.close({ runBeforeUnload: true });
  await gone;
  await app.shell.ended;
  expect(seen).toEqual(['beforeunload']);
  expect(await Promise.all(cleared)).toEqual(['']);
});

test('a window that is loaded again while a secret is on the clipboard comes back, without the secret', async ({
  apps,
}) => {
  const app = await apps.start({ ownClipboard: true });
  const heading = app.page.getByRole('link', { name: /new workspace/i });
  await expect(heading).toBeVisible();
  await app.page.getByRole('heading').first().click();
  await app.page.evaluate(() =>
    (
      window as unknown as { bridge: { invoke(c: string, p: unknown): Promise<{ ok: boolean }> } }
    ).bridge.invoke('clipboard.copy', { text: 'a secret on the clipboard', secret: true }),
  );
  const asked = app.page.waitForEvent('dialog');
  const loaded = app.page.waitForEvent('load');
  // The key reaches the page; a browser without its frame does not act on it, so the page does.
  await app.page.keyboard.press('Control+r');
  await app.page.evaluate(() => window.location.reload()).catch(() => undefined);
  expect((await asked).type()).toBe('beforeunload');
  await loaded;
  await expect(heading).toBeVisible();
  // Nothing is held any more: it closes without a question.
  const gone = app.page.waitForEvent('close');
  await app.page.close({ runBeforeUnload: true });
  await gone;
  await app.shell.ended;
});
