import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { taFileKind } from '#shared/contract/ta.ts';
import { vectorPath } from '../testing/vectors.ts';
import { fileWords, recogniseFile, type TaFileKind } from './exchange-file.ts';
import {
  readParentResponse,
  readRepositoryResponse,
  writeParentResponseJson,
  writeRepositoryResponseJson,
} from './setup-json.ts';

const file = (path: string): Buffer => readFileSync(vectorPath(...path.split('/')));
const KRILL = 'krill-ta/krill-0.16.1';

const FILES: [string, TaFileKind][] = [
  [`${KRILL}/setup/proxy-id.json`, 'proxy-id'],
  [`${KRILL}/setup/proxy-repo.json`, 'proxy-repo'],
  [`${KRILL}/setup/signer-info.json`, 'signer-info'],
  [`${KRILL}/exchanges/x1-issue/request.json`, 'request'],
  [`${KRILL}/exchanges/x1-issue/response.json`, 'response'],
  [`${KRILL}/ta.tal`, 'tal'],
  [`${KRILL}/ta.cer`, 'ta-certificate'],
  [`${KRILL}/setup/online.json`, 'child-info'],
  [`${KRILL}/setup/ta_publisher_request.xml`, 'publisher-request'],
  [`${KRILL}/setup/ta_repository_response.xml`, 'repository-response'],
  [`${KRILL}/setup/parent_response_online.xml`, 'parent-response'],
  ['krill/oob/apnic/child_request.xml', 'child-request'],
  ['rpki-rs/ca/rfc8183/krill-0-9-parent-response.xml', 'parent-response'],
  ['rpki-rs/repository/ta.cer', 'ta-certificate'],
  ['rpki-rs/repository/ripe.tal', 'tal'],
  ['rpki-rs/repository/ca1.cer', 'unknown'],
  ['rpki-rs/ca/rfc8181/list.xml', 'unknown'],
  ['rpki-client-regress/rrdp/xxe.xml', 'unknown'],
  ['krill-ta/proxy-id.cer', 'unknown'],
  ['krill/errors/api-json.json', 'unknown'],
];

test.each(FILES)('%s is %s', (path, kind) => {
  expect(recogniseFile(file(path))).toBe(kind);
});

test('the JSON of a set-up message is told like its XML', () => {
  const parent = readParentResponse(file(`${KRILL}/setup/parent_response_online.xml`));
  expect(recogniseFile(writeParentResponseJson(parent))).toBe('parent-response');
  const repository = readRepositoryResponse(file(`${KRILL}/setup/ta_repository_response.xml`));
  expect(recogniseFile(writeRepositoryResponseJson(repository))).toBe('repository-response');
});

test('the contract and main know the same kinds, each with its words', () => {
  for (const kind of taFileKind.options) expect(fileWords(kind)).toMatch(/^\w/);
});

test('nothing makes it throw', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom(...FILES.map(([path]) => file(path))), fc.uint8Array()),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      fc.nat(),
      (input, changes, length) => {
        const bytes = Buffer.from(input).subarray(
          0,
          length % 2 === 0 ? undefined : length % (input.length + 1),
        );
        for (const [at, octet] of changes) if (bytes.length > 0) bytes[at % bytes.length] = octet;
        expect(taFileKind.options).toContain(recogniseFile(bytes));
      },
    ),
    { numRuns: 400 },
  );
});
