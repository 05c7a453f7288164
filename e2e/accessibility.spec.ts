import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './console-app.ts';
import { inAllLooks, walk } from './walk.ts';

test('axe finds nothing on any screen and wizard step, in three themes and two window sizes', async ({
  apps,
}) => {
  test.setTimeout(12 * 60_000);
  const app = await apps.start();
  const found: string[] = [];
  await walk(app, apps.canaries, (name) =>
    inAllLooks(app.page, async (theme, size) => {
      // Legacy mode: otherwise axe opens a second page, which the shell closes.
      const { violations } = await new AxeBuilder({ page: app.page })
        .setLegacyMode()
        // Decoration (the watermark) and what floats above the page by nature (a tooltip).
        .exclude('.watermark')
        .exclude('[role=tooltip]')
        .analyze();
      for (const { id, nodes } of violations)
        found.push(
          `${name} ${theme} ${size}: ${id} at ${nodes.map(({ target }) => target.join(' ')).join('; ')}`,
        );
      const wide = await app.page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      if (wide) found.push(`${name} ${theme} ${size}: wider than the window`);
    }),
  );
  expect(found).toEqual([]);
});
