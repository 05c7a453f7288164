/**
 * Who else may read a file on Windows, where a mode says nothing: its access list in SDDL, read by PowerShell. It
 * changes no list; a key file that others could read is not written.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AppError } from './app-error.ts';

/** SIDs of everybody, in SDDL's short and long forms ([MS-DTYP] 2.5.1.1, 2.4.2.4). */
const EVERYBODY: Record<string, string> = {
  WD: 'Everyone',
  'S-1-1-0': 'Everyone',
  AU: 'Authenticated Users',
  'S-1-5-11': 'Authenticated Users',
  BU: 'Users',
  'S-1-5-32-545': 'Users',
  BG: 'Guests',
  'S-1-5-32-546': 'Guests',
  AN: 'Anonymous',
  'S-1-5-7': 'Anonymous',
  IU: 'Interactive',
  'S-1-5-4': 'Interactive',
};

/** Groups of everybody that an SDDL text allows anything; empty when the file is its owner's and the system's alone. */
export function openTo(sddl: string): string[] {
  const dacl = /D:[A-Z]*((?:\([^)]*\))*)/.exec(sddl)?.[1];
  // No list at all allows everything to everybody.
  if (dacl === undefined) return ['Everyone'];
  const allowed = [...dacl.matchAll(/\(([^)]*)\)/g)]
    .map((match) => (match[1] ?? '').split(';'))
    .filter(([type]) => type === 'A' || type === 'XA')
    .flatMap((parts) => EVERYBODY[parts[5] ?? ''] ?? []);
  return [...new Set(allowed)];
}

/** Throws AppError PERMISSION_DENIED when everybody may read `path`. Does nothing elsewhere than on Windows. */
export async function requirePrivateFile(path: string): Promise<void> {
  if (process.platform !== 'win32') return;
  const { stdout } = await promisify(execFile)(
    'powershell.exe',
    ['-NoProfile', '-NonInteractive', '-Command', '(Get-Acl -LiteralPath $env:BALEEN_PATH).Sddl'],
    { env: { ...process.env, BALEEN_PATH: path }, timeout: 20_000, windowsHide: true },
  );
  const groups = openTo(stdout);
  if (groups.length > 0)
    throw new AppError(
      'PERMISSION_DENIED',
      `${path} would be readable by ${groups.join(', ')}; the key was not written. Choose a folder of your own.`,
      { subject: path },
    );
}
