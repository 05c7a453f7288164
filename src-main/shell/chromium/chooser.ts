/**
 * A file chooser of our own, for desktops without zenity or kdialog: a second window of the same Chromium on a
 * private origin, made of plain pages and forms without any script. What the pages look like is chooser-page.ts.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { Page, Route } from 'playwright-core';
import { errorText } from '../../lib/app-error.ts';
import type { Dialogs } from '../../ports.ts';
import {
  CHOOSER_CSP,
  CHOOSER_STYLE,
  chooserPage,
  type ChooserEntry,
  type ChooserView,
} from './chooser-page.ts';

const CHOOSER_ORIGIN = 'https://chooser.baleen.invalid';
const MOST_ENTRIES = 2000;

export interface Request {
  kind: 'folder' | 'save' | 'open';
  title: string;
  start: string;
  name: string;
}

/** The outcome of one page request: another page, or the end. */
type Step = { show: ChooserView } | { chosen: string | null };

async function entriesOf(folder: string, hidden: boolean): Promise<ChooserEntry[]> {
  const names = (await readdir(folder)).filter((name) => hidden || !name.startsWith('.'));
  const found = await Promise.all(
    names.slice(0, MOST_ENTRIES).map(async (name): Promise<ChooserEntry[]> => {
      try {
        const { size, mtime, ...kind } = await stat(join(folder, name)).then((s) => ({
          size: s.size,
          mtime: s.mtime,
          isFolder: s.isDirectory(),
          isFile: s.isFile(),
        }));
        if (!kind.isFolder && !kind.isFile) return [];
        return [{ name, path: join(folder, name), isFolder: kind.isFolder, size, changedAt: mtime }];
      } catch {
        // A broken link or a file that just went away cannot be chosen, so it is not listed.
        return [];
      }
    }),
  );
  const order = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
  return found
    .flat()
    .toSorted((a, b) => Number(b.isFolder) - Number(a.isFolder) || order.compare(a.name, b.name));
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

/** The nearest folder above `path` that exists, so that a suggested place which is not there yet still opens something useful. */
async function nearestFolder(path: string): Promise<string> {
  for (let folder = path; ; folder = dirname(folder)) {
    if (await isFolder(folder)) return folder;
    if (folder === dirname(folder)) return homedir();
  }
}

async function view(
  request: Request,
  given: { folder: string; name: string; hidden: boolean; problem: string },
): Promise<Step> {
  const folder = await nearestFolder(given.folder);
  const show = { ...request, ...given, folder, parent: dirname(folder), home: homedir() };
  try {
    return { show: { ...show, entries: await entriesOf(folder, given.hidden) } };
  } catch (error) {
    return { show: { ...show, entries: [], problem: `This folder cannot be read: ${errorText(error)}` } };
  }
}

function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && basename(name) === name && !name.includes('\0');
}

/** What the operator pressed or typed, answered. Pure but for looking at folders and making one when asked. */
export async function chooserStep(request: Request, query: URLSearchParams): Promise<Step> {
  const hidden = query.get('hidden') === '1';
  const name = query.get('name') ?? request.name;
  const folder = resolve(query.get('folder') ?? request.start);
  const again = (problem: string, at = folder) => view(request, { folder: at, name, hidden, problem });
  switch (query.get('do')) {
    case 'cancel':
      return { chosen: null };
    case 'go': {
      const typed = query.get('path') ?? '';
      const path = typed.startsWith('~/') ? join(homedir(), typed.slice(2)) : typed;
      if (!isAbsolute(path)) return again('Type a whole path, beginning with / or ~/.');
      if (await isFolder(path)) return again('', resolve(path));
      return request.kind === 'open' && (await exists(path))
        ? { chosen: resolve(path) }
        : again(`There is no folder ${path}.`);
    }
    case 'make': {
      const made = query.get('made') ?? '';
      if (!isPlainName(made)) return again('Type a name for the new folder, without slashes.');
      try {
        await mkdir(join(folder, made), { mode: 0o700 });
        return await again('', join(folder, made));
      } catch (error) {
        return again(`The folder was not made: ${errorText(error)}`);
      }
    }
    case 'choose': {
      if (request.kind === 'folder') return { chosen: folder };
      if (!isPlainName(name))
        return again(request.kind === 'save' ? 'Type a file name, without slashes.' : 'Select a file first.');
      const path = join(folder, name);
      if (await isFolder(path)) return again('', path);
      if (request.kind === 'open' && !(await exists(path))) return again(`There is no file ${name} here.`);
      return { chosen: path };
    }
    default:
      return again('');
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

/** Runs one chooser in `page`, which must show nothing yet, and closes it. Null when the operator closed it. */
async function choose(page: Page, request: Request): Promise<string | null> {
  // SECURITY: nobody but this page can name its own address.
  const base = `${CHOOSER_ORIGIN}/${randomBytes(16).toString('hex')}`;
  const { promise, resolve: finish } = Promise.withResolvers<string | null>();
  page.on('close', () => finish(null));

  async function serve(route: Route): Promise<void> {
    const url = new URL(route.request().url());
    const headers = {
      'content-security-policy': CHOOSER_CSP,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    };
    if (`${url.origin}${url.pathname}` === `${base}.css`)
      return route.fulfill({ headers: { ...headers, 'content-type': 'text/css' }, body: CHOOSER_STYLE });
    if (`${url.origin}${url.pathname}` !== base) return route.abort('aborted');
    const step = await chooserStep(request, url.searchParams);
    if ('show' in step)
      return route.fulfill({
        headers: { ...headers, 'content-type': 'text/html; charset=utf-8' },
        body: chooserPage(base, step.show),
      });
    finish(step.chosen);
    return route.abort('aborted');
  }

  await page.route('**/*', serve);
  await page.goto(base);
  await page.bringToFront();
  const chosen = await promise;
  if (!page.isClosed()) await page.close();
  return chosen;
}

/** Dialogs by chooser windows; `openPage` gives an empty one. A second question waits for the first. */
export function chooserDialogs(openPage: () => Promise<Page>): Dialogs {
  let last: Promise<unknown> = Promise.resolve();
  function next(request: Request): Promise<string | null> {
    const run = async (): Promise<string | null> => choose(await openPage(), request);
    const answer = last.then(run, run);
    last = answer.catch(() => null);
    return answer;
  }
  return {
    folder: ({ title, start }) => next({ kind: 'folder', title, start, name: '' }),
    saveFile: ({ title, start, name }) => next({ kind: 'save', title, start, name }),
    openFile: ({ title, start }) => next({ kind: 'open', title, start, name: '' }),
  };
}
