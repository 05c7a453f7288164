/** Files let go over the window, as a person drags them there. */
import { expect, type Page } from '@playwright/test';

/** `said`: what the sheet says while the file is held over the window. */
export async function drop(page: Page, name: string, bytes: Uint8Array, said?: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([fileName, base64]) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], fileName));
      return data;
    },
    [name, Buffer.from(bytes).toString('base64')] as const,
  );
  await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer });
  const sheet = page.locator('.drop-sheet');
  await expect(sheet).toBeVisible();
  if (said !== undefined) await expect(sheet).toHaveText(said);
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}
