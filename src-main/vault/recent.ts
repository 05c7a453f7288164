/** The list of workspaces opened before: names and places in the configuration folder, no secrets. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { type recentWorkspace, workspaceKind } from '#shared/contract/workspace.ts';
import { AppError } from '../lib/app-error.ts';
import { sha256Hex } from '../lib/bytes.ts';
import { exists, readFileLimited, writeFileAtomic } from '../lib/atomic-file.ts';
import type { Header } from './header.ts';
import { readHeader } from './header.ts';

const row = z.strictObject({
  id: z.string(),
  name: z.string(),
  kind: workspaceKind,
  path: z.string(),
  lastOpenedAt: z.iso.datetime().nullable(),
  restoredAt: z.iso.datetime().nullable().default(null),
});
type Row = z.infer<typeof row>;
const MOST_ROWS = 30;

/** What happened to it: a backup was restored to it, a person settled that only this copy is used, or it was opened. */
export type Remembered = 'restored' | 'settled' | 'opened';

/** A backup restored elsewhere has the workspace's id too: the place tells the rows apart. */
function rowId(path: string): string {
  return `recent-${sha256Hex(Buffer.from(path)).slice(0, 32).toLowerCase()}`;
}

export interface Recent {
  /** `id` is the row's own. */
  rows(): Promise<z.infer<typeof recentWorkspace>[]>;
  /** Puts it first. */
  keep(header: Header, path: string, what: { how: Remembered; now: Date }): Promise<void>;
  forget(id: string): Promise<void>;
  /** Throws AppError NOT_FOUND. */
  path(id: string): Promise<string>;
}

/** Why the workspace cannot be opened now, or null. */
async function problemOf({ id, path }: Row): Promise<string | null> {
  try {
    return (await readHeader(path)).id === id ? null : 'Another workspace lies there now.';
  } catch (error) {
    return error instanceof AppError ? error.message : 'It cannot be read.';
  }
}

export function createRecent(configFolder: string): Recent {
  const file = join(configFolder, 'recent.json');

  async function read(): Promise<Row[]> {
    if (!(await exists(file))) return [];
    try {
      const parsed = z
        .array(row)
        .safeParse(JSON.parse((await readFileLimited(file, 1_048_576)).toString('utf8')));
      return parsed.success ? parsed.data : [];
    } catch (error) {
      // A damaged list costs convenience only; the folders can be opened by hand.
      if (error instanceof SyntaxError) return [];
      throw error;
    }
  }

  async function write(rows: Row[]): Promise<void> {
    await mkdir(configFolder, { recursive: true, mode: 0o700 });
    await writeFileAtomic(file, Buffer.from(JSON.stringify(rows.slice(0, MOST_ROWS))), 0o600);
  }

  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: who reads, changes and writes must not undo another's change. */
  function change(how: (rows: Row[]) => Row[]): Promise<void> {
    const run = async (): Promise<void> => write(how(await read()));
    const done = last.then(run, run);
    last = done.catch(() => undefined);
    return done;
  }

  return {
    rows: async () =>
      Promise.all(
        (await read()).map(async (found) => ({
          ...found,
          id: rowId(found.path),
          problem: await problemOf(found),
        })),
      ),
    keep: ({ id, name, kind }, path, { how, now }) =>
      change((rows) => {
        const at = now.toISOString();
        const before = rows.find((found) => found.path === path && found.id === id)?.restoredAt ?? null;
        const restoredAt = how === 'restored' ? at : how === 'settled' ? null : before;
        return [
          { id, name, kind, path, lastOpenedAt: how === 'restored' ? null : at, restoredAt },
          ...rows.filter((found) => found.path !== path),
        ];
      }),
    forget: (id) => change((rows) => rows.filter((found) => rowId(found.path) !== id)),
    async path(id) {
      const found = (await read()).find((candidate) => rowId(candidate.path) === id);
      if (found === undefined)
        throw new AppError('NOT_FOUND', 'This workspace is no longer in the list. Open its folder instead.');
      return found.path;
    },
  };
}
