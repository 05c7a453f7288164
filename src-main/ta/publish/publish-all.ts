/**
 * Publishes the trust anchor and the CAs of this workspace below it: folders as one tree each, servers one by one. What the
 * objects are is decided elsewhere.
 */
import { randomUUID } from 'node:crypto';
import { AppError } from '../../lib/app-error.ts';
import type { Net } from '../../ports.ts';
import type { Publication } from './publication.ts';
import { publishFolder } from './publish-folder.ts';
import { syncServer } from './sync-server.ts';

export interface PublishDeps {
  net: Net;
  now(): Date;
}

interface FolderTree {
  base: string;
  notify: string | null;
  files: Publication['files'];
}

/** Publishers that share a folder are one tree: the trust anchor at its base, the others below it. */
function treesOf(publications: readonly Publication[]): Map<string, FolderTree> {
  const trees = new Map<string, FolderTree>();
  for (const { target, contact, files } of publications) {
    if (target.kind !== 'folder') continue;
    const tree = trees.get(target.path) ?? { base: contact.base, notify: contact.notify, files: [] };
    trees.set(target.path, { ...tree, files: [...tree.files, ...files] });
  }
  return trees;
}

export interface Published {
  /** How many objects are out now. */
  count: number;
  /** Whose server refused or was not there; what it had before is still out. */
  refused: { publication: Publication; error: AppError }[];
}

/** `publications`: the trust anchor's first. One refused server holds up none of the others. Throws what a folder refuses. */
export async function publishAll(
  deps: PublishDeps,
  publications: readonly Publication[],
): Promise<Published> {
  for (const [folder, tree] of treesOf(publications))
    await publishFolder({
      folder,
      base: tree.base,
      notify: tree.notify,
      objects: tree.files,
      newSession: randomUUID,
      links: process.platform !== 'win32',
    });
  const refused: Published['refused'] = [];
  for (const publication of publications.filter(({ target }) => target.kind === 'server'))
    try {
      await syncServer(deps.net, publication, deps.now());
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refused.push({ publication, error });
    }
  const out = publications.filter((one) => refused.every(({ publication }) => publication !== one));
  return { count: out.reduce((sum, { files }) => sum + files.length, 0), refused };
}
