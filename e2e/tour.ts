// `npm start -- --tour DIR`: walks through the real application on a rehearsal workspace, headless, and saves a picture of
// every screen in every look. The pictures of README and docs come from here.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createCanaries } from './canaries.ts';
import { startConsole } from './console-app.ts';
import { inAllLooks, walk } from './walk.ts';

const target = resolve(process.argv[2] ?? 'tour');
mkdirSync(target, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), 'baleen-tour-'));
const canaries = createCanaries();
const app = await startConsole(folder, canaries, { size: { width: 1280, height: 800 } });
let pictures = 0;
let number = 0;
try {
  await walk(app, canaries, async (name) => {
    number += 1;
    await inAllLooks(app.page, async (theme, size) => {
      const parts = [String(number).padStart(2, '0'), name.replace('.', '-'), theme, size].filter(
        (part) => part !== '',
      );
      await app.page.screenshot({
        path: join(target, `${parts.join('-')}.png`),
        animations: 'disabled',
        // SECURITY: what a channel shows on purpose is no less secret in a picture.
        mask: [app.page.locator('[data-secret], .secret-part')],
        maskColor: '#7a8894',
      });
      pictures += 1;
    });
    console.log(name);
  });
} catch (error) {
  await app.page.screenshot({ path: join(target, 'failed.png') });
  throw error;
} finally {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
}
const leaks = canaries.leaks();
if (leaks.length > 0) throw new Error(`secrets left main: ${leaks.join('; ')}`);
console.log(`${pictures} pictures of ${number} screens in ${target}`);
