/**
 * The two answers a child takes (RFC 8183 5.2.2, 5.2.4), told apart by their content in XML or Krill's JSON. Anything else is
 * named in the refusal.
 */
import { AppError } from '../../lib/app-error.ts';
import { tooLarge } from '../../lib/atomic-file.ts';
import { recogniseFile } from '../../rpki/exchange-file.ts';
import { RpkiError } from '../../rpki/rpki-error.ts';
import { readParentResponse, readRepositoryResponse } from '../../rpki/setup-json.ts';
import { wrongFile } from '../require-file.ts';
import type { ChildParent, ChildRepository } from './local-child.ts';

const MOST_BYTES = 65_536;

export type ChildAnswer =
  | { kind: 'parent'; parent: ChildParent }
  | { kind: 'repository'; repository: ChildRepository };

function read(name: string, bytes: Uint8Array): ChildAnswer {
  const kind = recogniseFile(bytes);
  if (kind === 'parent-response') {
    const { parentHandle: handle, childHandle, serviceUri, identityDer } = readParentResponse(bytes);
    return { kind: 'parent', parent: { handle, childHandle, serviceUri, identityDer } };
  }
  if (kind === 'repository-response') {
    const { publisherHandle, serviceUri, identityDer, siaBase, rrdpNotificationUri } =
      readRepositoryResponse(bytes);
    return {
      kind: 'repository',
      repository: {
        handle: publisherHandle,
        serviceUri,
        identityDer,
        base: siaBase,
        notify: rrdpNotificationUri,
      },
    };
  }
  throw wrongFile(name, bytes, kind, 'parent-response', 'repository-response');
}

/** Throws AppError INVALID_INPUT, TOO_LARGE. */
export function readChildAnswer(name: string, bytes: Uint8Array): ChildAnswer {
  if (bytes.length > MOST_BYTES) throw tooLarge(name, bytes.length, MOST_BYTES);
  try {
    return read(name, bytes);
  } catch (error) {
    if (error instanceof RpkiError)
      throw new AppError('INVALID_INPUT', `${name} cannot be used: ${error.message}`);
    throw error;
  }
}
