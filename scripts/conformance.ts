// `npm run conformance -- SUITE [--data PATH] [--json FILE]`: calls the functions the screens call on a list of cases,
// prints each miss, and ends with the line "N of M right". It knows nothing of particular cases.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { faultTexts, type Result, verdictOf } from './conformance-case.ts';
import { taMessages } from './ta-messages.ts';
import { judgeObject } from '../src-main/rpki/judge.ts';

interface ObjectCase {
  id: string;
  file: string;
  issuer: string | null;
  anchor?: boolean;
  at: string | null;
  expect: 'accept' | 'refuse';
}

const vectors = join(import.meta.dirname, '..', '..', 'shared', 'vectors');

function rpkiObjects(path: string): Result[] {
  const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { cases: ObjectCase[] };
  const read = (name: string): Uint8Array => new Uint8Array(readFileSync(join(dirname(path), name)));
  return cases.map(({ id, file, issuer, anchor, at, expect }) => ({
    id,
    expected: expect,
    ...verdictOf(() => {
      const { faults } = judgeObject(read(file), {
        issuerDer: issuer === null ? null : read(issuer),
        anchor: anchor ?? false,
        at: at === null ? null : new Date(at),
      });
      return { got: faults.length === 0 ? 'accept' : 'refuse', why: faultTexts(faults) };
    }),
  }));
}

const SUITES: Record<string, { run: (path: string) => Result[]; data: string }> = {
  'ta-messages': { run: taMessages, data: join(vectors, 'krill-ta', 'krill-0.16.1') },
  'rpki-objects': { run: rpkiObjects, data: join(vectors, 'rpki-objects.json') },
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { data: { type: 'string' }, json: { type: 'string' } },
});
const suite = SUITES[positionals[0] ?? ''];
const data = values.data ?? suite?.data ?? '';
if (suite === undefined || !existsSync(data)) {
  console.error(
    suite === undefined
      ? `npm run conformance -- ${Object.keys(SUITES).join(' | ')} [--data PATH] [--json FILE]`
      : `${data} is not there.`,
  );
  process.exitCode = 2;
} else {
  const results = suite.run(data);
  const missed = results.filter(({ expected, got }) => expected !== got);
  for (const { id, expected, got, why } of missed)
    console.log(`${id}: expected ${expected}, got ${got}${why.length === 0 ? '' : `: ${why.join('; ')}`}`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
  console.log(`${results.length - missed.length} of ${results.length} right`);
  process.exitCode = missed.length === 0 ? 0 : 1;
}
