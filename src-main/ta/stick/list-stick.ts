/** The files at the top of a stick, each looked into once for as long as it stays the same. What they mean is judge-file.ts's. */
import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stick, StickFile } from '#shared/contract/ta-stick.ts';
import { AppError } from '../../lib/app-error.ts';
import { type FileFacts, factsOf } from './facts.ts';
import type { Judged } from './judge-file.ts';
import { codeOf, type Medium, readFault } from './medium.ts';
import { readSteady } from './read-steady.ts';
import { claimedKind, isHidden, isKeptAside, looksLikeKey, mayBeOurs } from './stick-names.ts';
import { RANK } from './verdict.ts';

/** What a trust anchor's messages may have; a request of 5,000 children has 19 MB. */
export const MESSAGE_BYTES = 67_108_864;
const SMALL_BYTES = 1_048_576;
/** Messages are JSON; the rest of the files are small. */
export const limitOf = (name: string): number => (/\.json$/i.test(name) ? MESSAGE_BYTES : SMALL_BYTES);

const MOST_LISTED = 200;
const MOST_LOOKED_INTO = 40;
const MOST_BYTES = 2 * MESSAGE_BYTES;
const MOST_KEPT = 512;

export interface SeenFile {
  sha256: string;
  facts: FileFacts;
}

export interface StickLister {
  list(
    medium: Medium,
    judge: (file: SeenFile & { name: string }) => Judged,
  ): Promise<Pick<Stick, 'files' | 'hidden' | 'more' | 'problem'>>;
  clear(): void;
}

/** How much is still read in one listing. */
interface Budget {
  files: number;
  bytes: number;
}

const UNREAD = { kind: 'unknown' as const, sha256: null, opens: null };

export function createStickLister(): StickLister {
  const seen = new Map<string, SeenFile>();

  function keep(key: string, file: SeenFile): SeenFile {
    seen.set(key, file);
    const oldest = seen.keys().next().value;
    if (seen.size > MOST_KEPT && oldest !== undefined) seen.delete(oldest);
    return file;
  }

  /** Its facts; a sentence when it was not read. */
  async function look(
    medium: Medium,
    name: string,
    key: string,
    size: number,
    budget: Budget,
  ): Promise<SeenFile | { state: StickFile['state']; says: string }> {
    const known = seen.get(key);
    if (known !== undefined) return known;
    if (budget.files <= 0 || budget.bytes < size)
      return { state: 'unexpected', says: 'It was not looked into: there are too many files here.' };
    budget.files -= 1;
    budget.bytes -= size;
    try {
      const { bytes, sha256 } = await readSteady(join(medium.path, name), limitOf(name));
      return keep(key, { sha256, facts: factsOf(bytes, claimedKind(name)) });
    } catch (error) {
      const fault = readFault(error, medium, name);
      if (!(fault instanceof AppError)) throw error;
      return fault.code === 'CONFLICT'
        ? { state: 'later', says: 'It is still being written: wait until it is there whole.' }
        : { state: fault.code === 'TOO_LARGE' ? 'unexpected' : 'damaged', says: fault.message };
    }
  }

  async function fileOf(
    medium: Medium,
    entry: Dirent,
    judge: (file: SeenFile & { name: string }) => Judged,
    budget: Budget,
  ): Promise<StickFile | null> {
    const { name } = entry;
    const at = await lstat(join(medium.path, name), { bigint: true }).catch((error: unknown) => {
      // Removed since the folder was read.
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    });
    if (at === null) return null;
    const size = Number(at.size);
    const file = { ...UNREAD, name, size, modifiedAt: new Date(Number(at.mtimeMs)).toISOString() };
    const unexpected = (says: string): StickFile => ({ ...file, state: 'unexpected', says });
    if (at.isDirectory()) return unexpected('A folder. Files of an exchange lie at the top.');
    if (at.isSymbolicLink()) return unexpected('A link to another place; it is not followed.');
    if (!at.isFile()) return unexpected('No file at all.');
    if (looksLikeKey(name))
      return unexpected('It may hold a private key. No key of a trust anchor travels on a stick.');
    if (isKeptAside(name))
      return {
        ...file,
        state: 'done',
        says: 'What lay here under that name before it was replaced; it is not opened here.',
      };
    if (!mayBeOurs(name)) return unexpected('No file of a trust anchor.');
    const key = `${medium.id} ${name} ${at.ino} ${at.size} ${at.mtimeNs} ${at.ctimeNs}`;
    const found = await look(medium, name, key, size, budget);
    if ('says' in found) return { ...file, ...found, kind: claimedKind(name) ?? 'unknown' };
    const { kind, state, says, opens } = judge({ ...found, name });
    // SECURITY: whoever approves a request reads its digits from the proxy's screen, and nowhere here.
    const asked = kind === 'request' && state !== 'own';
    return { ...file, kind, state, says, opens, sha256: asked ? null : found.sha256 };
  }

  return {
    clear: () => seen.clear(),
    async list(medium, judge) {
      try {
        const entries = await readdir(medium.path, { withFileTypes: true });
        const shown = entries.filter(({ name }) => !isHidden(name));
        const sorted = shown.toSorted(
          (a, b) => Number(mayBeOurs(b.name)) - Number(mayBeOurs(a.name)) || (a.name < b.name ? -1 : 1),
        );
        const budget = { files: MOST_LOOKED_INTO, bytes: MOST_BYTES };
        const files: StickFile[] = [];
        // One after the other: a stick reads best so, and the budget is counted down.
        for (const entry of sorted.slice(0, MOST_LISTED)) {
          const file = await fileOf(medium, entry, judge, budget);
          if (file !== null) files.push(file);
        }
        return {
          files: files.toSorted((a, b) => RANK.indexOf(a.state) - RANK.indexOf(b.state)),
          hidden: entries.length - shown.length,
          more: Math.max(0, shown.length - MOST_LISTED),
          problem: null,
        };
      } catch (error) {
        const code = codeOf(error);
        if (code === '') throw error;
        return {
          files: [],
          hidden: 0,
          more: 0,
          problem:
            code === 'ENOENT' || code === 'ENOTDIR'
              ? 'It is not there any more.'
              : code === 'EACCES' || code === 'EPERM'
                ? 'You may not read it. Mend its permissions.'
                : `It cannot be read (${code}): it was pulled out or is damaged.`,
        };
      }
    },
  };
}
