/** Removable volumes of Windows: the drives of type 2, as the system's management interface tells them through PowerShell. */
import { join } from 'node:path';
import type { Volume } from '../../../ports.ts';

const COMMAND = [
  '[Console]::OutputEncoding = [System.Text.Encoding]::UTF8',
  "Get-CimInstance -ClassName Win32_LogicalDisk -Filter 'DriveType=2' | Select-Object DeviceID, VolumeName, Size, FreeSpace | ConvertTo-Json -Compress",
].join('; ');

/** Nothing for no drive, an object for one, a list for several. A drive without a medium has no size. Throws for anything else. */
export function readLogicalDisks(output: string): Volume[] {
  const text = output.replace(/^\ufeff/, '').trim();
  if (text === '') return [];
  const parsed: unknown = JSON.parse(text);
  const rows = Array.isArray(parsed) ? (parsed as unknown[]) : [parsed];
  return rows.flatMap((row) => {
    const { DeviceID, VolumeName, Size, FreeSpace } = row as Record<string, unknown>;
    if (typeof DeviceID !== 'string' || !/^[A-Z]:$/i.test(DeviceID) || typeof Size !== 'number') return [];
    return [
      {
        path: `${DeviceID}\\`,
        label: typeof VolumeName === 'string' && VolumeName !== '' ? VolumeName : DeviceID,
        totalBytes: Size,
        freeBytes: typeof FreeSpace === 'number' ? FreeSpace : 0,
      },
    ];
  });
}

/** `run` starts a program and answers what it prints. Throws what it throws. */
export async function windowsVolumes(
  run: (program: string, args: string[]) => Promise<string>,
  systemRoot = process.env['SYSTEMROOT'] ?? String.raw`C:\Windows`,
): Promise<Volume[]> {
  // By its path: a program of that name elsewhere must not be found first.
  const program = join(systemRoot, 'System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe');
  return readLogicalDisks(await run(program, ['-NoProfile', '-NonInteractive', '-Command', COMMAND]));
}
