/** Pickers and clipboard of the desktop, as Electron offers them. */
import type * as Electron from 'electron';
import { join } from 'node:path';
import type { Clipboard, Dialogs } from '../../ports.ts';

/** Native pickers above `window`; null when the operator cancelled. */
export function electronDialogs(dialog: typeof Electron.dialog, window: Electron.BrowserWindow): Dialogs {
  const first = (answer: Electron.OpenDialogReturnValue): string | null =>
    answer.canceled ? null : (answer.filePaths[0] ?? null);
  return {
    async folder({ title, start }) {
      const properties: Electron.OpenDialogOptions['properties'] = ['openDirectory', 'createDirectory'];
      return first(await dialog.showOpenDialog(window, { title, defaultPath: start, properties }));
    },
    async saveFile({ title, start, name }) {
      const answer = await dialog.showSaveDialog(window, {
        title,
        defaultPath: join(start, name),
        // Whether something is replaced is asked by the application, with a backup.
        properties: ['createDirectory', 'dontAddToRecent'],
      });
      return answer.canceled || answer.filePath === '' ? null : answer.filePath;
    },
    async openFile({ title, start }) {
      return first(
        await dialog.showOpenDialog(window, {
          title,
          defaultPath: start,
          properties: ['openFile', 'dontAddToRecent'],
        }),
      );
    },
  };
}

export function electronClipboard(clipboard: typeof Electron.clipboard): Clipboard {
  return {
    async write(text) {
      await clipboard.writeText(text);
    },
    async clearIf(text) {
      if ((await clipboard.readText()) === text) clipboard.clear();
    },
  };
}
