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
  /** The trust anchor was published before, where it is published now. */
  again: boolean;
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

async function inFolder(folder: string, { base, notify, files }: FolderTree, again: boolean): Promise<void> {
  await publishFolder({
    folder,
    again,
    base,
    notify,
    objects: files,
    newSession: randomUUID,
    links: process.platform !== 'win32',
  });
}

export interface Published {
  /** How many objects are out now. */
  count: number;
  /** Whose server or folder refused or was not there, the trust anchor's first; what it had before is still out. */
  refused: { publication: Publication; error: AppError }[];
}

/** `publications`: the trust anchor's first. One refused server or folder holds up none of the others. */
export async function publishAll(
  deps: PublishDeps,
  publications: readonly Publication[],
): Promise<Published> {
  const refused: Published['refused'] = [];
  const noted = async (whose: readonly Publication[], work: Promise<unknown>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refused.push(...whose.map((publication) => ({ publication, error })));
    }
  };
  const toServer = (publication: Publication): Promise<void> =>
    noted([publication], syncServer(deps.net, publication, deps.now()));
  const [anchor, ...others] = publications;
  const last = anchor?.target.kind === 'folder' ? anchor.target.path : null;
  // What a certificate points at is out before the certificate (RFC 6481 3): the trust anchor comes last.
  for (const publication of others) if (publication.target.kind === 'server') await toServer(publication);
  const trees = [...treesOf(publications)].toSorted(([a], [b]) => Number(a === last) - Number(b === last));
  for (const [folder, tree] of trees)
    await noted(
      publications.filter(({ target }) => target.kind === 'folder' && target.path === folder),
      inFolder(folder, tree, deps.again),
    );
  if (anchor?.target.kind === 'server') await toServer(anchor);
  const out = publications.filter((one) => refused.every(({ publication }) => publication !== one));
  return {
    count: out.reduce((sum, { files }) => sum + files.length, 0),
    refused: refused.toSorted((a, b) => Number(b.publication === anchor) - Number(a.publication === anchor)),
  };
}
