import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { linuxVolumes, readMountinfo } from './linux.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'baleen-volumes-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
function link(path: string, to: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(join(root, to), join(root, path));
}

const USB = 'sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/host6/target6:0:0/6:0:0:0/block/sdb';
const SATA = 'sys/devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda';
const CARD = 'sys/devices/pci0000:00/0000:00:1c.0/mmc_host/mmc0/mmc0:59b4/block/mmcblk0';

/** A partition and its disk in /sys; the mount point is a folder here, so that its space can be asked. */
function partition(device: string, disk: string, name: string, removable: '0' | '1'): void {
  put(`${disk}/removable`, `${removable}\n`);
  put(`${disk}/${name}/partition`, '1\n');
  link(`sys/dev/block/${device}`, `${disk}/${name}`);
}
function mounts(...lines: [device: string, point: string, type: string, source: string][]): void {
  const escaped = (text: string): string => text.replaceAll(' ', String.raw`\040`);
  put(
    'proc/self/mountinfo',
    lines
      .map(
        ([device, point, type, source], at) =>
          `${at + 30} 1 ${device} / ${escaped(point)} rw,nosuid,nodev,relatime shared:${at + 10} - ${type} ${escaped(source)} rw,uid=1000`,
      )
      .join('\n'),
  );
}
function folder(name: string): string {
  mkdirSync(join(root, name), { recursive: true });
  return join(root, name);
}
const list = () => linuxVolumes({ proc: join(root, 'proc'), sys: join(root, 'sys'), dev: join(root, 'dev') });

/** As Debian 13 with a stick in it and a container engine running prints it. */
const RECORDED = `22 28 0:20 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw
28 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw,errors=remount-ro
96 28 259:1 / /boot/efi rw,relatime shared:53 - vfat /dev/nvme0n1p1 rw,fmask=0077,dmask=0077
610 28 8:17 / /media/anna/KINGSTON\\04016\\040GB rw,nosuid,nodev,relatime shared:331 - vfat /dev/sdb1 rw,uid=1000,gid=1000,utf8,errors=remount-ro
733 28 259:2 /var/lib/containers/storage/overlay /var/lib/containers/storage/overlay rw,relatime - ext4 /dev/nvme0n1p2 rw
not a line of it
`;

test('mounts are read as the kernel writes them: escaped blanks, optional fields, parts of a file system', () => {
  expect(readMountinfo(RECORDED).map(({ device, root: part, point }) => [device, part, point])).toEqual([
    ['0:20', '/', '/sys'],
    ['259:2', '/', '/'],
    ['259:1', '/', '/boot/efi'],
    ['8:17', '/', '/media/anna/KINGSTON 16 GB'],
    ['259:2', '/var/lib/containers/storage/overlay', '/var/lib/containers/storage/overlay'],
  ]);
});

test('a stick and a card are listed with their names; the disk inside is not, nor the same stick twice', async () => {
  partition('8:17', USB, 'sdb1', '0');
  partition('8:1', SATA, 'sda1', '0');
  partition('179:1', CARD, 'mmcblk0p1', '0');
  put(`${CARD}/device/type`, 'SD\n');
  put('dev/sdb1', '');
  link(String.raw`dev/disk/by-label/KINGSTON\x2016\xc3\xa9`, 'dev/sdb1');
  const stick = folder('media/anna/KINGSTON 16');
  mounts(
    ['8:1', folder('data'), 'ext4', '/dev/sda1'],
    ['8:17', stick, 'vfat', join(root, 'dev/sdb1')],
    ['8:17', folder('elsewhere'), 'vfat', join(root, 'dev/sdb1')],
    ['179:1', folder('media/anna/CARD'), 'exfat', '/dev/mmcblk0p1'],
    ['0:22', folder('shm'), 'tmpfs', 'tmpfs'],
  );
  const found = await list();
  expect(found.map(({ path, label }) => [path, label])).toEqual([
    [stick, 'KINGSTON 16é'],
    [join(root, 'media/anna/CARD'), 'CARD'],
  ]);
  expect(found[0]?.totalBytes).toBeGreaterThan(found[0]?.freeBytes ?? 0);
});

test('an encrypted stick counts by the stick below it; a soldered card does not count', async () => {
  partition('8:18', USB, 'sdb2', '1');
  put('sys/devices/virtual/block/dm-0/removable', '0\n');
  link('sys/devices/virtual/block/dm-0/slaves/sdb2', `${USB}/sdb2`);
  link('sys/dev/block/253:0', 'sys/devices/virtual/block/dm-0');
  partition('179:2', CARD, 'mmcblk0p2', '0');
  put(`${CARD}/device/type`, 'MMC\n');
  mounts(
    ['253:0', folder('media/secret'), 'ext4', '/dev/mapper/luks-1'],
    ['179:2', folder('media/soldered'), 'ext4', '/dev/mmcblk0p2'],
  );
  expect((await list()).map(({ label }) => label)).toEqual(['secret']);
});

test('the stick that the system runs from is left out whole; one pulled out meanwhile is not there', async () => {
  partition('8:17', USB, 'sdb1', '1');
  partition('8:18', USB, 'sdb2', '1');
  mounts(
    ['8:17', '/run/live/medium', 'iso9660', '/dev/sdb1'],
    ['8:18', folder('media/rest'), 'ext4', '/dev/sdb2'],
  );
  expect(await list()).toEqual([]);
  mounts(['8:17', join(root, 'gone'), 'vfat', '/dev/sdb1']);
  expect(await list()).toEqual([]);
});

test.runIf(process.platform === 'linux')('this machine answers, and its root is no stick', async () => {
  const found = await linuxVolumes();
  expect(found.map(({ path }) => path)).not.toContain('/');
});
