/** Whether a server shows the certificate that is believed, found out before it is kept. It is asked for a page and nothing is told to it. */
import { bareFingerprint } from '#shared/fingerprint-text.ts';
import { AppError } from '../../lib/app-error.ts';
import type { Net } from '../../ports.ts';
import { trustOf } from './krill-link.ts';

const TRY_MS = 10_000;
const MOST = 1_048_576;

/** Upper-case hex without separators; null: public CAs vouch for the server. Throws AppError INVALID_INPUT at `pin`. */
export function pinOf(text: string | null): string | null {
  if (text === null || text.trim() === '') return null;
  const plain = bareFingerprint(text).replaceAll(/[\s:]/g, '').toUpperCase();
  if (/^[0-9A-F]{64}$/.test(plain)) return plain;
  throw new AppError('INVALID_INPUT', 'The fingerprint of the server has 64 hex digits (SHA-256).', {
    fields: [{ path: 'pin', message: 'Type all 64 digits' }],
  });
}

/** What is wrong with the pin; null: the server shows what is believed. Throws AppError when it cannot be asked. */
export async function pinFault(net: Net, url: string, pin: string | null): Promise<string | null> {
  try {
    await net.request({ method: 'GET', url, trust: trustOf(pin), timeoutMs: TRY_MS, maxBytes: MOST });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // Whatever it answers: the certificate was right by then.
    if (error.code === 'TOO_LARGE') return null;
    if (error.code !== 'PEER_UNTRUSTED') throw error;
    return pin === null
      ? 'No public authority vouches for the certificate of this server: read its SHA-256 on the server, and type it here.'
      : 'The server shows another certificate than this one: read its SHA-256 on the server again.';
  }
  return null;
}
