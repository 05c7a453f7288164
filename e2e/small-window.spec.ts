import { expect, test } from './console-app.ts';
import { open } from './pages/ca.ts';
import { applyChanges, makeRehearsalToken } from './pages/signers.ts';
import { newWorkspace } from './pages/workspace.ts';

test('in a small window the signers begin in view below what stands on every screen, and the status bar is whole', async ({
  apps,
}) => {
  const { page } = await apps.start();
  await newWorkspace(page, apps, { name: 'Small' });
  await open(page, 'Signers');
  await makeRehearsalToken(page, { name: 'Token one', pin: 'pin-7731', keepPin: false });
  await applyChanges(page);
  await page.getByRole('button', { name: 'Dismiss' }).first().click();
  for (const [width, height] of [
    [640, 480],
    [900, 600],
  ] as const) {
    await page.setViewportSize({ width, height });
    const first = page.getByRole('list', { name: 'Signers' }).getByRole('listitem').first();
    await expect(first).toBeInViewport({ ratio: 1 });
    const bar = page.getByRole('contentinfo', { name: 'Status' });
    const version = await bar.getByText(/^Baleen \d/).boundingBox();
    expect((version?.x ?? Infinity) + (version?.width ?? 0)).toBeLessThanOrEqual(width);
    // Nothing of the bar lies outside of it.
    expect(await bar.evaluate((node) => node.scrollWidth - node.clientWidth)).toBe(0);
  }
});
