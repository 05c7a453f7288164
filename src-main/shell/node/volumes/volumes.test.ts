import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { macVolume, macVolumes, readPlist } from './macos.ts';
import { nodeVolumes } from './volumes.ts';
import { readLogicalDisks, windowsVolumes } from './windows.ts';

/** As `diskutil info -plist` prints it, shortened to what tells the cases apart. */
const plist = (entries: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
${entries}
</dict>
</plist>
`;
const STICK = `	<key>BusProtocol</key>
	<string>USB</string>
	<key>FilesystemType</key>
	<string>msdos</string>
	<key>FreeSpace</key>
	<integer>15599255552</integer>
	<key>Internal</key>
	<false/>
	<key>MountPoint</key>
	<string>/Volumes/TA &amp; CO</string>
	<key>RemovableMediaOrExternalDevice</key>
	<true/>
	<key>TotalSize</key>
	<integer>15610576896</integer>
	<key>VolumeName</key>
	<string>TA &amp; CO</string>`;
const APFS = `	<key>APFSContainerFree</key>
	<integer>10416455680</integer>
	<key>APFSPhysicalStores</key>
	<array>
		<dict>
			<key>APFSPhysicalStore</key>
			<string>disk4s2</string>
		</dict>
	</array>
	<key>BusProtocol</key>
	<string>USB</string>
	<key>FreeSpace</key>
	<integer>0</integer>
	<key>MountPoint</key>
	<string>/Volumes/Station</string>
	<key>RemovableMediaOrExternalDevice</key>
	<true/>
	<key>TotalSize</key>
	<integer>500068036608</integer>
	<key>VolumeName</key>
	<string></string>`;

describe('macOS', () => {
  test('a stick, and an APFS volume whose free space is its container’s', () => {
    expect(macVolume(plist(STICK))).toEqual({
      path: '/Volumes/TA & CO',
      label: 'TA & CO',
      totalBytes: 15_610_576_896,
      freeBytes: 15_599_255_552,
    });
    expect(macVolume(plist(APFS))).toMatchObject({ label: 'Station', freeBytes: 10_416_455_680 });
  });

  test.each([
    ['a disk inside', /<key>RemovableMediaOrExternalDevice<\/key>\s*<true\/>/, ''],
    ['a disk image', '<string>USB</string>', '<string>Disk Image</string>'],
    ['nothing mounted', '/Volumes/TA &amp; CO</string>', '</string>'],
  ])('%s is none', (_name, part, instead) => {
    expect(macVolume(plist(STICK).replace(part, instead))).toBeNull();
  });

  test('what is no property list says nothing', () => {
    expect(readPlist('Could not find disk: /Volumes/x')).toEqual(new Map());
    expect(macVolume('')).toBeNull();
  });

  test('each folder under /Volumes is asked by its path, the link of the start volume is not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'baleen-mac-'));
    mkdirSync(join(folder, 'TA & CO'));
    symlinkSync('/', join(folder, 'Macintosh HD'));
    const asked: string[][] = [];
    const found = await macVolumes(async (program, args) => {
      asked.push([program, ...args]);
      return plist(STICK);
    }, folder);
    rmSync(folder, { recursive: true });
    expect(asked).toEqual([['/usr/sbin/diskutil', 'info', '-plist', join(folder, 'TA & CO')]]);
    expect(found).toHaveLength(1);
  });
});

describe('Windows', () => {
  test.each([
    ['no drive', '', []],
    [
      'one',
      '{"DeviceID":"E:","VolumeName":"KINGSTON","Size":15610576896,"FreeSpace":15599255552}\r\n',
      [{ path: 'E:\\', label: 'KINGSTON', totalBytes: 15_610_576_896, freeBytes: 15_599_255_552 }],
    ],
    [
      'several, one of them empty, one without a name',
      '\ufeff[{"DeviceID":"A:","VolumeName":null,"Size":null,"FreeSpace":null},{"DeviceID":"F:","VolumeName":"","Size":64,"FreeSpace":0}]',
      [{ path: 'F:\\', label: 'F:', totalBytes: 64, freeBytes: 0 }],
    ],
  ])('%s', (_name, output, expected) => {
    expect(readLogicalDisks(output)).toEqual(expected);
  });

  test('the system’s own PowerShell is asked, with nothing of ours in the command', async () => {
    const asked: string[][] = [];
    await windowsVolumes(async (program, args) => {
      asked.push([program, ...args]);
      return '';
    }, '/win');
    expect(asked[0]?.[0]).toBe(join('/win', 'System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe'));
    expect(asked[0]?.at(-1)).toMatch(/Win32_LogicalDisk -Filter 'DriveType=2'/);
    expect(() => readLogicalDisks('Get-CimInstance : Access denied')).toThrow();
  });
});

describe('the port', () => {
  const E = { path: 'E:\\', label: 'E', totalBytes: 1, freeBytes: 1 };

  test('what cannot be asked is an empty list and one line in the log, however often', async () => {
    const noted: string[] = [];
    const port = nodeVolumes((what) => (error) => void noted.push(`${what}: ${String(error)}`), {
      list: () => Promise.reject(new Error('not allowed')),
      freshMs: 0,
    });
    expect([await port.list(), await port.list()]).toEqual([[], []]);
    expect(noted).toEqual(['removable volumes cannot be listed: Error: not allowed']);
  });

  test('two who ask at once share the answer; where a program is started, it is kept a moment', async () => {
    let asked = 0;
    const way = {
      list: async () => {
        asked += 1;
        return [E];
      },
      freshMs: 60_000,
    };
    const port = nodeVolumes(() => () => undefined, way);
    expect(await Promise.all([port.list(), port.list()])).toEqual([[E], [E]]);
    await port.list();
    expect(asked).toBe(1);
    const always = nodeVolumes(() => () => undefined, { ...way, freshMs: 0 });
    await always.list();
    await always.list();
    expect(asked).toBe(3);
  });
});
