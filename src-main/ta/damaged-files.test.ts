import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { krillFile } from '../testing/test-signer.ts';
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
    const { problems } = judgeSetup(draft, null, app.clock.now());
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
});
