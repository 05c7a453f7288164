import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { krillFile, setUpSigner } from '../testing/test-signer.ts';
import { whatFileIs } from '../rpki/file-damage.ts';
import { readChildAnswer } from './child/child-answer.ts';
import { readChildFile } from './proxy/child-info.ts';
import { requireFile } from './require-file.ts';
import { judgeSetup, signerPreset } from './signer/setup.ts';

const DIRECTORY = 'setup';
const NAMES = [
  ...['proxy-id.json', 'proxy-repo.json', 'signer-info.json', 'online.json'],
  ...['ta_publisher_request.xml', 'ta_repository_response.xml', 'parent_response_online.xml'],
];
const file = (name: string): Buffer => krillFile(`${DIRECTORY}/${name}`);
const half = (name: string): Buffer => file(name).subarray(0, file(name).length / 2);
/** Its first member twice. */
const twice = (name: string): Buffer =>
  Buffer.from(
    file(name)
      .toString('utf8')
      .replace(/^\{\s*("\w+")/, '{\n  $1: 1,\n  $1'),
  );
const withDoctype = (name: string): Buffer =>
  Buffer.from(
    file(name)
      .toString('utf8')
      .replace(/^(<\?xml[^>]*\?>)?\s*/, '$1\n<!DOCTYPE x>\n'),
  );

test.each(NAMES)('%s: cut off anywhere, twice the same, another document type', (name) => {
  const bytes = file(name);
  for (const part of [0.1, 0.3, 0.5, 0.9])
    expect(whatFileIs(bytes.subarray(0, Math.max(90, bytes.length * part)))).toMatch(
      /^damaged: it ends .*: it was cut off while it was copied$/,
    );
  expect(whatFileIs(Buffer.concat([bytes.subarray(0, 200), Buffer.alloc(500)]))).toMatch(
    /^damaged: it ends in 500 zero octets/,
  );
  if (name.endsWith('.json'))
    expect(whatFileIs(twice(name))).toMatch(/^damaged: .*"\w+" stands twice \(line 3, column \d+\)$/);
  else
    expect(whatFileIs(withDoctype(name))).toMatch(
      /^damaged: The XML has a document type declaration, which is not allowed here \(line \d\)$/,
    );
});

test.each([
  [
    'in UTF-16, with its mark',
    (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'),
    /saved it anew, in UTF-16/,
  ],
  ['in UTF-16 without one', (text: string) => Buffer.from(text, 'utf16le'), /saved it anew, in UTF-16/],
  [
    'with a byte order mark',
    (text: string) => Buffer.from(`\ufeff${text}`),
    /saved it anew, with a byte order mark/,
  ],
])('a copy that was saved %s is called that, and not cut off', (_, saved, says) => {
  const is = whatFileIs(saved(file('proxy-id.json').toString('utf8')));
  expect(is).toMatch(says);
  expect(is).toMatch(/^damaged: .*: copy it again from where it was made$/);
});

describe('in an application', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await testApp();
    await app.create('offline');
  });
  afterEach(() => app.remove());

  test('every entrance of a file says that it is damaged, and where', async () => {
    const said = (read: () => unknown): string => {
      try {
        read();
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    };
    const cut = /^x is damaged: it ends .*: it was cut off while it was copied; wanted is /;
    expect(said(() => requireFile('x', half('signer-info.json'), 'signer-info'))).toMatch(cut);
    expect(said(() => requireFile('x', half('ta_repository_response.xml'), 'repository-response'))).toMatch(
      cut,
    );
    expect(said(() => readChildFile('x', half('online.json')))).toMatch(cut);
    expect(said(() => readChildAnswer('x', half('parent_response_online.xml')))).toMatch(cut);
    expect(said(() => readChildAnswer('x', withDoctype('parent_response_online.xml')))).toMatch(
      /^x is damaged: .*document type declaration.*\(line \d\); wanted is /,
    );

    const draft = { ...signerPreset(), proxyId: { name: 'x', text: half('proxy-id.json').toString('utf8') } };
    const { problems } = judgeSetup(draft, null, app.clock.now(), { holder: null, proxyHere: null });
    expect(problems.find(({ path }) => path === 'proxyId')).toMatchObject({
      message: expect.stringMatching(/^This is damaged: it ends in public_key|^This is damaged: it ends /),
      fix: 'Copy it again from the proxy.',
    });
    const recognised = await app.call('ta.recognise', {
      blob: await app.blob('proxy-repo.json', twice('proxy-repo.json'), 'transfer'),
    });
    expect(recognised).toMatchObject({
      kind: 'unknown',
      says: expect.stringMatching(
        /^proxy-repo\.json is damaged: "repo_info" stands twice \(line 3, column \d+\)\.$/,
      ),
    });

    const deep = Buffer.from(`{"repo_info": ${'['.repeat(500)}${']'.repeat(500)}, "server_info": {}}`);
    const nested = await app.call('ta.recognise', {
      blob: await app.blob('proxy-repo.json', deep, 'transfer'),
    });
    expect(nested.says).toMatch(/^proxy-repo\.json is damaged: repo_info\[0\]…/);
    expect(nested.says).not.toMatch(/\[0\]\[0\]/);

    const inspected = async (name: string, bytes: Buffer): Promise<string> => {
      const blob = await app.blob(name, bytes);
      return app.call('inspect.blob', { blob }).then(
        () => '',
        (error: unknown) => (error as Error).message,
      );
    };
    for (const name of NAMES)
      expect(await inspected(name, half(name))).toMatch(/ is damaged: it ends .* cut off .* Copy it again/);
    // What is none of these is not called damaged for it.
    for (const text of ['<!DOCTYPE html>\n<html></html>', '{"a": 1, // comment\n}', 'garbage'])
      expect(await inspected('other', Buffer.from(text))).not.toMatch(/damaged/);
  });

  test(
    '25 MiB of garbage is refused in a moment, whatever it begins with',
    { timeout: 120_000 },
    async () => {
      await setUpSigner(app);
      const size = 25 * 1_048_576;
      const as = Buffer.alloc(size, 0x41);
      const request = krillFile('exchanges/x1-issue/request.json');
      const none = /^x is no file of a trust anchor; wanted is a request/;
      const files: [string, Buffer, RegExp][] = [
        ['no sign of anything', as, none],
        // By chance it could begin as one of the kinds of text, or end in zeros as what was cut off on a medium.
        [
          'octets of no text',
          Buffer.concat([Buffer.from([0xa7]), randomBytes(size - 2), Buffer.from([0xa7])]),
          none,
        ],
        ['nothing but lines', Buffer.alloc(size, 0x0a), none],
        ['a list', Buffer.from(`[${'1,'.repeat(size / 2)}`), /^x is damaged: .*more than 2000000 values/],
        [
          'an object',
          Buffer.concat([Buffer.from('{'), as]),
          /^x is damaged: it ends after \d+ octets: it was cut/,
        ],
        [
          'many values',
          Buffer.from(`{"a":[${'{"b":"c"},'.repeat(size / 10)}1]}`),
          /^x is damaged: .*more than 2000000 values/,
        ],
        [
          'a request that goes on as something else',
          Buffer.concat([request.subarray(0, 2000), as]),
          /^x is damaged: it ends in signed\.message after \d+ octets: it was cut off/,
        ],
        ['XML', Buffer.concat([Buffer.from('<x>'), as]), /^x is damaged: it ends before <\/x>/],
      ];
      for (const [what, bytes, said] of files) {
        const blob = await app.blob('x', bytes, 'transfer');
        await expect(app.call('ta.openRequest', { blob }), what).rejects.toMatchObject({
          code: 'INVALID_INPUT',
          message: expect.stringMatching(said),
        });
      }
      const { rows } = await app.call('audit.list', { limit: files.length + 1 });
      expect(rows.filter(({ action }) => action === 'ta.openRequest').map(({ outcome }) => outcome)).toEqual(
        files.map(() => 'refused'),
      );
    },
  );
});
