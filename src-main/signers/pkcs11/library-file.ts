/** Whether a file can be a library for this computer, before anything loads it: ELF, Mach-O and PE headers. */
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { faultOf } from './faults.ts';

export type Machine = 'x64' | 'arm64' | 'ia32' | 'arm' | 'other';
/** Node's name of the system, and the processors a file has code for. */
export interface Program {
  system: 'linux' | 'darwin' | 'win32';
  machines: Machine[];
}

const ELF: Record<number, Machine> = { 0x3e: 'x64', 0xb7: 'arm64', 0x03: 'ia32', 0x28: 'arm' };
const MACH: Record<number, Machine> = { 0x01000007: 'x64', 0x0100000c: 'arm64', 7: 'ia32', 12: 'arm' };
const PE: Record<number, Machine> = { 0x8664: 'x64', 0xaa64: 'arm64', 0x14c: 'ia32', 0x1c4: 'arm' };
const HEAD = 4096;

/** What the first octets of a file say it is; null: no program of any system. */
export function programOf(head: Buffer): Program | null {
  if (head.length >= 20 && head.subarray(0, 4).toString('latin1') === '\x7fELF') {
    const machine = head[5] === 2 ? head.readUInt16BE(18) : head.readUInt16LE(18);
    return { system: 'linux', machines: [ELF[machine] ?? 'other'] };
  }
  if (head.length < 8) return null;
  const magic = head.readUInt32BE(0);
  if (magic === 0xcffaedfe || magic === 0xcefaedfe)
    return { system: 'darwin', machines: [MACH[head.readUInt32LE(4)] ?? 'other'] };
  if (magic === 0xcafebabe) {
    const machines: Machine[] = [];
    // A Java class starts alike, with a version where the count stands: no library has that many processors.
    const count = head.readUInt32BE(4);
    if (count >= 20) return null;
    for (let at = 8; machines.length < count && at + 4 <= head.length; at += 20)
      machines.push(MACH[head.readUInt32BE(at)] ?? 'other');
    return machines.length === 0 ? null : { system: 'darwin', machines };
  }
  if (head.subarray(0, 2).toString('latin1') !== 'MZ' || head.length < 64) return null;
  const at = head.readUInt32LE(60);
  if (at + 6 > head.length || head.subarray(at, at + 4).toString('latin1') !== 'PE\0\0') return null;
  return { system: 'win32', machines: [PE[head.readUInt16LE(at + 4)] ?? 'other'] };
}

function headOf(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(HEAD);
    return head.subarray(0, readSync(file, head, 0, HEAD, 0));
  } finally {
    closeSync(file);
  }
}

const SYSTEMS = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };

/** Throws DeviceError `misconfigured` with a LIBRARY_* code and the path in its sentence. */
export function checkLibraryFile(path: string, here: { platform: string; arch: string } = process): Program {
  if (!isAbsolute(path))
    throw faultOf(
      'LIBRARY_NOT_ABSOLUTE',
      '',
      `"${path}" is not a whole path. Give it from the root of the disk.`,
    );
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined)
    throw faultOf('LIBRARY_NOT_FOUND', '', `There is no file ${path}. Choose the library of the device.`);
  if (stat.isDirectory())
    throw faultOf('LIBRARY_IS_FOLDER', '', `${path} is a folder. Choose the library file in it.`);
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw faultOf('LIBRARY_NOT_READABLE', String(error), `${path} cannot be read. Mend its permissions.`);
  }
  const program = stat.isFile() ? programOf(headOf(path)) : null;
  if (program === null)
    throw faultOf(
      'LIBRARY_NO_PROGRAM',
      '',
      `${path} is no shared library. Choose the PKCS#11 library of the device.`,
    );
  if (program.system !== here.platform)
    throw faultOf(
      'LIBRARY_OTHER_SYSTEM',
      '',
      `${path} is made for ${SYSTEMS[program.system]}. Choose the library for this computer.`,
    );
  if (!program.machines.some((machine) => machine === here.arch))
    throw faultOf(
      'LIBRARY_OTHER_ARCHITECTURE',
      '',
      `${path} is made for ${program.machines.join(', ')}, this computer needs ${here.arch}. Choose the library for this processor.`,
    );
  return program;
}
