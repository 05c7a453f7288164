/**
 * The two answers a child takes (RFC 8183 5.2.2, 5.2.4), told apart by their content in XML or Krill's JSON. Anything else is
 * named in the refusal.
 */
import { AppError } from '../../lib/app-error.ts';
import { tooLarge } from '../../lib/atomic-file.ts';
import { JsonError, readJson } from '../../lib/json-reader.ts';
import { fileWords, recogniseFile } from '../../rpki/exchange-file.ts';
import { RpkiError } from '../../rpki/rpki-error.ts';
import { readParentResponse, readRepositoryResponse } from '../../rpki/setup-json.ts';
import { type SetupKind, setupKind } from '../../rpki/setup-xml.ts';
import { looksLikeXml, readXml } from '../../rpki/xml.ts';
import type { ChildParent, ChildRepository } from './local-child.ts';

const MOST_BYTES = 65_536;

export type ChildAnswer =
  | { kind: 'parent'; parent: ChildParent }
  | { kind: 'repository'; repository: ChildRepository };

const WORDS: Record<SetupKind, string> = {
  'child-request': 'a request of a child to its parent, which goes to the trust anchor',
  'parent-response': 'the answer of a parent (res.xml)',
  'publisher-request': 'a request to a publication server, which goes there',
  'repository-response': 'the answer of a publication server (repo-res.xml)',
};

/** The kind of set-up message, or null for none of the four. Throws RpkiError where the XML is broken. */
function kindOf(bytes: Uint8Array): SetupKind | null {
  if (looksLikeXml(bytes)) return setupKind(readXml(bytes));
  try {
    const value = readJson(bytes);
    if (!(value instanceof Map) || !value.has('id_cert')) return null;
    if (value.has('parent_handle')) return 'parent-response';
    if (value.has('repo_info')) return 'repository-response';
    if (value.has('child_handle')) return 'child-request';
    return value.has('publisher_handle') ? 'publisher-request' : null;
  } catch (error) {
    if (error instanceof JsonError) return null;
    throw error;
  }
}

function read(name: string, bytes: Uint8Array): ChildAnswer {
  const kind = kindOf(bytes);
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
  throw new AppError(
    'INVALID_INPUT',
    `${name} is ${kind === null ? fileWords(recogniseFile(bytes)) : WORDS[kind]}; wanted is ${WORDS['parent-response']} or ${WORDS['repository-response']}. Nothing was changed.`,
  );
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
