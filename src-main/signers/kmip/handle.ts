/** What the workspace keeps of a key on a KMIP server, as Krill keeps it: `<public id>:<private id>`. */
import { DeviceError } from '../device.ts';

export interface KeyPairIds {
  /** null: Krill keeps its identity key by the private half alone. */
  publicId: string | null;
  privateId: string;
}

/** Throws DeviceError `unsupported` for identifiers that could not be told apart again. */
export function pairHandle({ publicId, privateId }: KeyPairIds): Uint8Array {
  if (publicId?.includes(':') === true || privateId.includes(':') || privateId === '')
    throw new DeviceError(
      'unsupported',
      'IDENTIFIER',
      'The server names its keys with colons, which cannot be kept: use another server.',
      `${publicId}, ${privateId}`,
    );
  return new TextEncoder().encode(publicId === null ? privateId : `${publicId}:${privateId}`);
}

const BEGUN = '::';

/** The handle of what was begun under this prefix of names, before the server gave any identifier. */
export function begunHandle(prefix: string): Uint8Array {
  return new TextEncoder().encode(`${BEGUN}${prefix}`);
}

/** The handle under which a key was begun that still has its first name; undefined: it has another. */
export function begunUnder(name: string): Uint8Array | undefined {
  const [, prefix] = /^(krill_new_key_[0-9a-f]{20})_(?:priv|pub)$/.exec(name) ?? [];
  return prefix === undefined ? undefined : begunHandle(prefix);
}

/** The prefix behind such a handle; null: it is that of a pair. */
export function readBegun(handle: Uint8Array): string | null {
  const text = Buffer.from(handle).toString('utf8');
  return text.startsWith(BEGUN) ? text.slice(BEGUN.length) : null;
}

/** Throws DeviceError `key-gone` when it is none. */
export function readHandle(handle: Uint8Array): KeyPairIds {
  const parts = Buffer.from(handle).toString('utf8').split(':');
  const [first = '', second] = parts;
  if (parts.length > 2 || first === '' || second === '')
    throw new DeviceError(
      'key-gone',
      'HANDLE',
      'What is kept of this key is no pair of KMIP identifiers: restore the workspace from a backup.',
    );
  return second === undefined ? { publicId: null, privateId: first } : { publicId: first, privateId: second };
}
