/**
 * The versions of a published tree in a folder: `rsync` is what servers hand out, a link into `versions` (or, on Windows,
 * a folder that changes places with one in it). It moves whole trees and never writes into one.
 */
import { lstat, readdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { exists, syncFolder, writeFileAtomic } from '../../lib/atomic-file.ts';

export const CURRENT = 'rsync';
export const VERSIONS = 'versions';
/** The link before it takes its place. */
export const NEXT_LINK = '.rsync.new';
/** A number; ".part" while it is written; ".old" for one that was moved out of the way; ".list" for what is in it. */
export const VERSION = /^(\d{6,15})(?:\.part|\.old|\.list)?$/;

async function kindOf(path: string): Promise<'link' | 'folder' | 'none' | 'other'> {
  try {
    const facts = await lstat(path);
    return facts.isSymbolicLink() ? 'link' : facts.isDirectory() ? 'folder' : 'other';
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'none';
    throw error;
  }
}

export class PublishedVersions {
  private readonly folder: string;
  private readonly links: boolean;

  /** `links`: whether the system has symbolic links for everybody. */
  constructor(folder: string, links: boolean) {
    this.folder = folder;
    this.links = links;
  }

  /** What servers hand out. */
  get current(): string {
    return join(this.folder, CURRENT);
  }

  private at(name: string): string {
    return join(this.folder, VERSIONS, name);
  }

  private async names(): Promise<string[]> {
    return (await readdir(join(this.folder, VERSIONS))).filter((name) => VERSION.test(name)).toSorted();
  }

  /**
   * Cleans up behind a publication that was cut off, and answers where the next one is to be written. Without links
   * there is a moment with no current version; the old one is put back.
   */
  async begin(): Promise<{ name: string; part: string }> {
    const names = await this.names();
    await rm(join(this.folder, NEXT_LINK), { force: true });
    for (const name of names.filter((one) => one.endsWith('.part')))
      await rm(this.at(name), { recursive: true });
    const old = names.findLast((name) => name.endsWith('.old'));
    if (old !== undefined && (await kindOf(this.current)) === 'none')
      await rename(this.at(old), this.current);
    const last = Math.max(0, ...names.map((name) => Number.parseInt(name, 10)));
    const name = String(last + 1).padStart(6, '0');
    return { name, part: this.at(`${name}.part`) };
  }

  /** Makes the part that was written whole a version, and notes which files are in it. */
  async finish(name: string, paths: readonly string[]): Promise<void> {
    await writeFileAtomic(this.at(`${name}.list`), Buffer.from(paths.join('\n')), 0o644);
    await rename(this.at(`${name}.part`), this.at(name));
    await syncFolder(join(this.folder, VERSIONS));
  }

  /** Files in the current version that none of ours ever had, with "/". */
  async others(): Promise<string[]> {
    if (!(await exists(this.current))) return [];
    const known = new Set<string>();
    for (const name of await this.names())
      if (name.endsWith('.list'))
        for (const path of (await readFile(this.at(name), 'utf8')).split('\n')) known.add(path);
    const entries = await readdir(this.current, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(this.current, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
      .filter((path) => !known.has(path))
      .map((path) => `${CURRENT}/${path}`);
  }

  /** Makes a version the current one. Answers the name of the one before, null when there was none. */
  async switchTo(name: string): Promise<string | null> {
    const kind = await kindOf(this.current);
    let before: string | null = null;
    if (kind === 'folder') {
      before = `${name}.old`;
      await rename(this.current, this.at(before));
    } else if (kind === 'link') before = basename(await readlink(this.current));
    if (this.links) {
      await symlink(join(VERSIONS, name), join(this.folder, NEXT_LINK));
      // Atomic: a reader sees the old version or the new one.
      await rename(join(this.folder, NEXT_LINK), this.current);
    } else {
      if (kind === 'link') await rm(this.current);
      await rename(this.at(name), this.current);
    }
    await syncFolder(this.folder);
    return before;
  }

  /** Removes all versions but the current one and the one before: a reader in the middle of that can go on. */
  async keepOnly(name: string, before: string | null): Promise<void> {
    for (const one of await this.names())
      if (one !== name && one !== before && one !== `${name}.list`)
        await rm(this.at(one), { recursive: true });
    await syncFolder(join(this.folder, VERSIONS));
  }
}
