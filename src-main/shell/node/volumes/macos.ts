/** Removable volumes of macOS: what lies under /Volumes, and what diskutil says of each. Nothing is mounted or ejected here. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Volume } from '../../../ports.ts';

type Plain = string | number | boolean;

const ENTRY = /<key>([^<]*)<\/key>\s*(?:<(string|integer)>([^<]*)<\/\2>|<(true|false)\/>)/g;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Texts, whole numbers and switches of a property list, wherever they stand; the first of a name counts. */
export function readPlist(xml: string): Map<string, Plain> {
  const found = new Map<string, Plain>();
  const text = (raw: string): string =>
    raw.replaceAll(/&(amp|lt|gt|quot|apos);/g, (whole, name: string) => ENTITIES[name] ?? whole);
  for (const [, key = '', type, value = '', flag] of xml.matchAll(ENTRY)) {
    const name = text(key);
    if (!found.has(name))
      found.set(
        name,
        type === undefined ? flag === 'true' : type === 'integer' ? Number(value) : text(value),
      );
  }
  return found;
}

/** What `diskutil info -plist` says, when it is a volume that a person carries; null otherwise. */
export function macVolume(xml: string): Volume | null {
  const facts = readPlist(xml);
  const path = facts.get('MountPoint');
  const total = facts.get('TotalSize');
  const carried =
    // A card in a Mac's own slot says that it is internal, so that is no sign.
    facts.get('RemovableMediaOrExternalDevice') === true || facts.get('RemovableMedia') === true;
  // A disk image is no medium, whatever it claims.
  if (!carried || facts.get('BusProtocol') === 'Disk Image') return null;
  if (typeof path !== 'string' || path === '' || typeof total !== 'number') return null;
  // APFS volumes share what is free in their container.
  const free = [facts.get('APFSContainerFree'), facts.get('FreeSpace')].find(
    (value) => typeof value === 'number' && value > 0,
  );
  const name = facts.get('VolumeName');
  return {
    path,
    label: typeof name === 'string' && name !== '' ? name : (path.split('/').at(-1) ?? path),
    totalBytes: total,
    freeBytes: typeof free === 'number' ? free : 0,
  };
}

/** `run` starts a program and answers what it prints. Throws what it throws. */
export async function macVolumes(
  run: (program: string, args: string[]) => Promise<string>,
  folder = '/Volumes',
): Promise<Volume[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  // The start volume stands here as a link.
  const paths = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  const found = await Promise.all(
    paths.map(async (path) => macVolume(await run('/usr/sbin/diskutil', ['info', '-plist', path]))),
  );
  return found.filter((one) => one !== null);
}
