/** The media there are now: what the system lists, and the folder that stands in for a stick in this workspace. */
import { stat } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Topic } from '#shared/bridge.ts';
import { AppError } from '../../lib/app-error.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import type { Volumes } from '../../ports.ts';
import type { Session } from '../../store/store-contract.ts';
import { codeOf, type Medium } from './medium.ts';

const SETTING = 'ta.stickFolder';

export interface ListedMedium extends Medium {
  totalBytes: number | null;
  freeBytes: number | null;
}

export interface Media {
  list(): Promise<ListedMedium[]>;
  /** Throws AppError NOT_FOUND when it is gone, or another one is in its place. */
  find(id: string): Promise<Medium>;
  /** Throws AppError INVALID_INPUT for a folder that cannot stand in. */
  setFolder(path: string): Promise<void>;
  forgetFolder(): Promise<void>;
}

/** Of what is plugged in and not of where: the next stick at the same place is another one. */
const idOf = (...parts: (string | number)[]): string =>
  `stick-${sha256Hex(Buffer.from(parts.join('\0'), 'utf8'))
    .slice(0, 24)
    .toLowerCase()}`;

export function createMedia(deps: {
  volumes: Volumes;
  session(): Session;
  changed(topic: Topic, ids: string[]): void;
}): Media {
  const { volumes, session, changed } = deps;

  async function folder(): Promise<string> {
    return (await session().store.run('settings.get', { name: SETTING })) ?? '';
  }

  async function set(path: string, summary: string): Promise<void> {
    await session().store.run('settings.set', {
      name: SETTING,
      value: path,
      audit: { action: 'ta.stickFolder', outcome: 'done', summary: summary.slice(0, 300), subjects: [] },
    });
    changed('ta', []);
  }

  async function list(): Promise<ListedMedium[]> {
    const [mounted, chosen] = [await volumes.list(), await folder()];
    return [
      ...mounted.map(({ path, label, totalBytes, freeBytes }) => ({
        id: idOf('volume', path, label, totalBytes),
        kind: 'volume' as const,
        ...{ path, label, totalBytes, freeBytes },
      })),
      ...(chosen === '' || mounted.some(({ path }) => path === chosen)
        ? []
        : [
            {
              id: idOf('folder', chosen),
              kind: 'folder' as const,
              label: chosen.split(sep).at(-1) || chosen,
              path: chosen,
              totalBytes: null,
              freeBytes: null,
            },
          ]),
    ];
  }

  return {
    list,
    async find(id) {
      const found = (await list()).find((one) => one.id === id);
      if (found === undefined)
        throw new AppError(
          'NOT_FOUND',
          'This stick is no longer there: it was pulled out, or another one is in its place. Plug it in again.',
        );
      return found;
    },
    async setFolder(path) {
      const found = await stat(path).catch((error: unknown) => {
        if (codeOf(error) === '') throw error;
        return null;
      });
      if (found?.isDirectory() !== true)
        throw new AppError('INVALID_INPUT', `${path} is no folder that can be opened. Choose another one.`);
      const own = session().workspace.path;
      if (path === own || `${path}${sep}`.startsWith(`${own}${sep}`))
        throw new AppError(
          'INVALID_INPUT',
          'The folder of the workspace itself never leaves this machine. Choose another one.',
        );
      await set(path, `The folder ${path} stands in for a stick from now on`);
    },
    forgetFolder: () => set('', 'No folder stands in for a stick any more'),
  };
}
