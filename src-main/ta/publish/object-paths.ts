/** Where each object lies below the published folder. It checks names, and touches no file. */
import { AppError } from '../../lib/app-error.ts';
import { isDeviceName, isPlainUri } from '../../rpki/plain-name.ts';

export interface PublishedFile {
  /** rsync, below the base. */
  uri: string;
  der: Uint8Array;
}

// SECURITY: an element of a path is one name on every system: no separator of any, no drive, no stream, no "..".
const ELEMENT = /^[A-Za-z0-9_+=@,~%-][A-Za-z0-9._+=@,~%-]{0,254}$/;

function refused(uri: string, why: string): AppError {
  return new AppError('INVALID_INPUT', `${uri.slice(0, 200)} cannot be published: ${why}.`, { subject: uri });
}

/** An rsync folder. Throws AppError INVALID_INPUT. */
function requireBase(base: string): void {
  if (!isPlainUri(base, 'rsync') || !base.endsWith('/')) throw refused(base, 'it is no rsync folder');
}

/**
 * The path of each object, with "/", by the part of its URI behind `base`. Throws AppError INVALID_INPUT that names the
 * object: outside the base, a name that is no plain file name, one URI twice, a file where others need a folder.
 */
export function objectPaths(
  base: string,
  objects: readonly PublishedFile[],
  isWindows = process.platform === 'win32',
): Map<string, Uint8Array> {
  requireBase(base);
  const files = new Map<string, Uint8Array>();
  const folders = new Set<string>();
  for (const { uri, der } of objects) {
    if (!uri.startsWith(base)) throw refused(uri, `it does not lie below ${base}`);
    if (!isPlainUri(uri, 'rsync')) throw refused(uri, 'it is no plain rsync URI');
    const path = uri.slice(base.length);
    const elements = path.split('/');
    for (const element of elements)
      if (!ELEMENT.test(element) || element.endsWith('.') || (isWindows && isDeviceName(element)))
        throw refused(uri, 'its path has a name that is no plain file name');
    if (files.has(path)) throw refused(uri, 'it stands twice');
    files.set(path, der);
    for (let depth = 1; depth < elements.length; depth += 1) folders.add(elements.slice(0, depth).join('/'));
  }
  for (const path of files.keys())
    if (folders.has(path)) throw refused(`${base}${path}`, 'other objects need a folder of that name');
  return files;
}
