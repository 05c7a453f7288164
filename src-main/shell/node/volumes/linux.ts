/**
 * Removable volumes of Linux out of /proc/self/mountinfo and /sys, as the kernel tells them: no program is started and
 * no service asked. The disk that the system itself runs from is left out, also when it is a stick.
 */
import { readdir, readFile, realpath, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Volume } from '../../../ports.ts';

export interface Mount {
  /** "8:17". */
  device: string;
  /** What of the file system is mounted: "/" unless only a folder of it is. */
  root: string;
  point: string;
  type: string;
  source: string;
}

/** proc_pid_mountinfo(5): blanks and the like are written as `\040`. */
const plain = (field: string): string =>
  field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** Lines that do not look like a mount are passed over. */
export function readMountinfo(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , device = '', root = '', point = ''] = before.split(' ');
    const [type = '', source = ''] = after.split(' ');
    if (!/^\d+:\d+$/.test(device) || !point.startsWith('/')) return [];
    return [{ device, type, root: plain(root), point: plain(point), source: plain(source) }];
  });
}

/** Where a running system, an installed one or one from a stick, has its own files. */
const SYSTEM =
  /^\/(?:boot(?:\/.*)?|efi|usr|var|home|nix(?:\/.*)?|gnu(?:\/.*)?|snap\/.*|cdrom|(?:lib|run)\/live\/.*|run\/(?:initramfs|archiso|miso)\/.*)?$/;

/** /dev/disk/by-label writes signs that a file name cannot hold as `\x20`. */
const unescaped = (name: string): string =>
  Buffer.from(
    name.replaceAll(/\\x([0-9a-f]{2})/gi, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    ),
    'latin1',
  ).toString('utf8');

interface Places {
  proc: string;
  sys: string;
  dev: string;
}

async function readOrNull(path: string): Promise<string | null> {
  // Most of these are simply not there for most devices.
  return readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => null,
  );
}
const namesIn = (path: string): Promise<string[]> => readdir(path).catch(() => []);

interface Disk {
  /** Its folder in /sys: two partitions have the same one. */
  path: string;
  removable: boolean;
}

/** The disks a device lies on: one; several below an encrypted or joined one. */
async function disksOf(device: string): Promise<Disk[]> {
  const path = await realpath(device).catch(() => null);
  if (path === null) return [];
  const below = await namesIn(join(path, 'slaves'));
  if (below.length > 0)
    return (await Promise.all(below.map((name) => disksOf(join(path, 'slaves', name))))).flat();
  const isDisk = basename(dirname(path)) === 'block';
  const disk = isDisk ? path : dirname(path);
  const byUsb = path.split('/').some((part) => /^usb\d+$/.test(part));
  const removable =
    byUsb ||
    (await readOrNull(join(disk, 'removable'))) === '1' ||
    // An SD card in a slot of its own says 0; what is soldered in says MMC.
    (await readOrNull(join(disk, 'device', 'type'))) === 'SD';
  return [{ path: disk, removable }];
}

/** Names that the file systems have themselves, by the path of their device. */
async function labels(dev: string): Promise<Map<string, string>> {
  const folder = join(dev, 'disk', 'by-label');
  const found = await Promise.all(
    (await namesIn(folder)).map(async (name): Promise<[string, string] | null> => {
      const target = await realpath(join(folder, name)).catch(() => null);
      return target === null ? null : [target, unescaped(name)];
    }),
  );
  return new Map(found.filter((one) => one !== null));
}

/** Throws when the mounts cannot be read. A volume that is pulled out meanwhile is not there. */
export async function linuxVolumes(
  places: Places = { proc: '/proc', sys: '/sys', dev: '/dev' },
): Promise<Volume[]> {
  const { proc, sys, dev } = places;
  const mounts = readMountinfo(await readFile(join(proc, 'self', 'mountinfo'), 'utf8'));
  const all = await Promise.all(
    mounts
      // Major number 0: no device at all.
      .filter(({ device }) => !device.startsWith('0:'))
      .map(async (mount) => ({
        ...mount,
        disks: await disksOf(join(sys, 'dev', 'block', mount.device)),
      })),
  );
  const own = new Set(
    all.filter(({ point }) => SYSTEM.test(point)).flatMap(({ disks }) => disks.map(({ path }) => path)),
  );
  const names = await labels(dev);
  const seen = new Set<string>();
  const volumes: Volume[] = [];
  for (const { device, root, point, type, source, disks } of all) {
    const carried = disks.length > 0 && disks.every(({ path, removable }) => removable && !own.has(path));
    if (!carried || root !== '/' || type === 'squashfs' || seen.has(device)) continue;
    seen.add(device);
    const space = await statfs(point).catch(() => null);
    if (space === null) continue;
    const target = await realpath(source).catch(() => source);
    volumes.push({
      path: point,
      label: names.get(target) ?? basename(point),
      totalBytes: space.blocks * space.bsize,
      freeBytes: space.bavail * space.bsize,
    });
  }
  return volumes;
}
