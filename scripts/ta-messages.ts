// The conformance suite `ta-messages`: a folder with cases.json, each case with the state its judge starts from.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JsonValue, readJson } from '../src-main/lib/json-reader.ts';
import { asObject } from '../src-main/lib/json-shape.ts';
import { readIdentity, readRequest, type Request } from '../src-main/ta/documents.ts';
import { judgeRequest } from '../src-main/ta/judge-request.ts';
import { openDocument } from '../src-main/ta/open-exchange.ts';
import { judgeResponse } from '../src-main/ta/judge-response.ts';
import { readObjects } from '../src-main/ta/objects.ts';
import { readResponse } from '../src-main/ta/response.ts';
import { readSignerInfo } from '../src-main/ta/signer-info.ts';
import { faultTexts, type Result, verdictOf } from './conformance-case.ts';

interface TaCase {
  id: string;
  kind: 'request' | 'response';
  file: string;
  trust: string;
  at: string;
  expect: 'accept' | 'refuse' | 'stop-for-operator';
  signer_info: string;
  previous: string | null;
  seen: string[];
  answers?: string;
}

/** Who holds which key after these requests were answered. */
function ownersAfter(requests: readonly Request[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { children } of requests)
    for (const { handle, requests: wishes } of children)
      for (const [key, wish] of wishes)
        if (wish.type === 'issuance') owners.set(key, handle);
        else owners.delete(key);
  return owners;
}

export function taMessages(folder: string): Result[] {
  const bytes = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, name)));
  const json = (name: string): JsonValue => readJson(bytes(name));
  const requestOf = (name: string): Request =>
    readRequest(openDocument(bytes(name), 'request').clear, 'request');
  const cases = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) as TaCase[];
  const judge = (one: TaCase): Pick<Result, 'got' | 'why'> => {
    const info = readSignerInfo(json(one.signer_info));
    const trusted = asObject(json(one.trust), '', { required: [], open: true });
    const identity = readIdentity(trusted.has('id') ? trusted.get('id') : trusted, 'id');
    const at = new Date(one.at);
    const seen = one.seen.map(requestOf);
    const previous =
      one.previous === null
        ? readObjects(info.objects, 'objects')
        : readResponse(openDocument(bytes(one.previous), 'response').clear).objects;
    const { faults, questions } =
      one.kind === 'request'
        ? judgeRequest(
            bytes(one.file),
            {
              proxySpki: identity.spkiDer,
              taKeyId: info.taKeyId,
              taResources: info.resources,
              baseUri: info.baseUri,
              owners: ownersAfter(seen),
              // As a signer knows them: the places of those that have a certificate.
              issued: previous.issued,
              nonces: new Set(seen.map(({ nonce }) => nonce)),
            },
            at,
          )
        : judgeResponse(
            bytes(one.file),
            {
              signerSpki: identity.spkiDer,
              info,
              previous,
              request: requestOf(one.answers ?? ''),
            },
            at,
          );
    return {
      got: faults.length > 0 ? 'refuse' : questions.length > 0 ? 'stop-for-operator' : 'accept',
      why: [...faultTexts(faults), ...questions],
    };
  };
  return cases.map((one) => ({ id: one.id, expected: one.expect, ...verdictOf(() => judge(one)) }));
}
