/** Rehearsal tokens: SoftHSM where it is installed, with a token folder of the caller's choice. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { faultOf } from './faults.ts';
import { findLibraries } from './library-places.ts';
import { initToken, type Library, listSlots, type ToolDeps } from './token-tools.ts';

export interface SoftHsmTool {
  library: string;
  /** softhsm2-util, or null where only the library is installed. */
  util: string | null;
}

/** SoftHSM on this machine; null where it is not installed. */
export function softhsmTool(): SoftHsmTool | null {
  const library = findLibraries().find(({ device }) => device === 'SoftHSM')?.path;
  if (library === undefined) return null;
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
  const name = process.platform === 'win32' ? 'softhsm2-util.exe' : 'softhsm2-util';
  const util = folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
  return { library, util };
}

/**
 * Makes a token in `folder` (made with mode 0700, its configuration with 0600): its security officer's PIN is random and kept
 * nowhere, for a rehearsal token is thrown away rather than unlocked. `pin` is wiped. Throws DeviceError; LIBRARY_NOT_FOUND
 * without SoftHSM.
 */
export async function makeRehearsalToken(
  deps: ToolDeps,
  token: { folder: string; label: string; pin: Uint8Array },
): Promise<Library & { serial: string }> {
  const tool = softhsmTool();
  if (tool === null)
    throw faultOf(
      'LIBRARY_NOT_FOUND',
      '',
      'SoftHSM is not installed here. Install it (Debian: apt install softhsm2) and try again.',
    );
  const tokens = join(token.folder, 'tokens');
  mkdirSync(tokens, { recursive: true, mode: 0o700 });
  const conf = join(token.folder, 'softhsm2.conf');
  if (!existsSync(conf))
    writeFileSync(conf, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`, {
      mode: 0o600,
    });
  const library: Library = { libPath: tool.library, environment: { SOFTHSM2_CONF: conf } };
  // SoftHSM always shows one empty slot more than it has tokens.
  const before = await listSlots(deps, library);
  const free = before.slots.find(({ token: there }) => there !== null && !there.initialized);
  if (free === undefined) throw faultOf('TOKEN_INITIALIZED');
  const soPin = new Uint8Array(Buffer.from(randomBytes(16).toString('hex')));
  const { serial } = await initToken(deps, library, {
    slot: free.id,
    label: token.label,
    soPin,
    pin: token.pin,
    erase: null,
  });
  return { ...library, serial };
}
