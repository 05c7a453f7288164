import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contract } from '#shared/contract/index.ts';
import { AppError } from '../../lib/app-error.ts';
import { createJobs } from '../../lib/jobs.ts';
import { readChildInfo } from '../../rpki/child-info.ts';
import { readChildRequest } from '../../rpki/setup-json.ts';
import {
  readPublisherRequestXml,
  writeChildRequestXml,
  writeParentResponseXml,
  writeRepositoryResponseXml,
} from '../../rpki/setup-xml.ts';
import { type TestChildren, testChildren, whenNew } from '../../testing/test-child.ts';
import { softwareOnly, testLog } from '../../testing/test-ports.ts';
import { childChannels } from './child-channels.ts';
import { createLocalChildren } from './local-children.ts';

const folder = mkdtempSync(join(tmpdir(), 'baleen-child-files-'));
let here: TestChildren;
let published: number;
let files: Map<string, Buffer>;
let channels: ReturnType<typeof childChannels>['channels'];
let locals: ReturnType<typeof createLocalChildren>;
let refused: string[];
let ended: Promise<void>;
const removed = () => Promise.resolve(false);

beforeEach(async () => {
  here = await testChildren();
  published = 0;
  files = new Map();
  refused = [];
  const { clock } = here.made;
  const { parent } = here;
  locals = createLocalChildren({ ...here.deps, parent, repository: () => Promise.resolve(null), removed });
  const { promise, resolve } = Promise.withResolvers<void>();
  ended = promise;
  const jobs = createJobs({
    around: softwareOnly,
    clock,
    random: here.deps.random,
    log: testLog().log,
    changed: (_topic, [id]) => {
      if (id !== undefined && jobs.get(id).state !== 'running') resolve();
    },
  });
  ({ channels } = childChannels({
    ...here.deps,
    clock,
    jobs,
    parent,
    locals,
    blobs: { take: (id) => ({ name: `${id}.xml`, bytes: files.get(id) ?? Buffer.alloc(0) }) },
    tickets: { path: (ticket) => join(folder, ticket), end: () => undefined },
    changed: () => undefined,
    proxyState: () => Promise.resolve(null),
    proxy() {
      throw new Error('no proxy in this test');
    },
    serviceUri: (child) => Promise.resolve(`http://127.0.0.1/rfc6492/ta/${child}`),
    publish: whenNew(
      () => locals.cas.publications(),
      () => void (published += 1),
    ),
    unpublished: async () => new Set(),
    refusedEntry: (action) => async (error) => void refused.push(`${action} ${error.code}`),
  }));
});
afterEach(() => here.remove());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const parentXml = (handle: string) =>
  writeParentResponseXml({
    parentHandle: 'ta',
    childHandle: handle,
    serviceUri: 'https://rpki.example.net/rfc6492/ta',
    identityDer: here.parent.identityDer,
    tag: null,
  });
const repositoryXml = (handle: string) =>
  writeRepositoryResponseXml({
    publisherHandle: handle,
    serviceUri: `https://rpki.example.net/rfc8181/${handle}/`,
    siaBase: `${here.parent.base}${handle}/`,
    rrdpNotificationUri: here.parent.notify,
    identityDer: here.parent.identityDer,
    tag: null,
  });

async function configure(bytes: Uint8Array, handle = 'online') {
  files.set('file', Buffer.from(bytes));
  return channels.localConfigure({ handle, blob: 'file' });
}

/** The one child as the window shows it, under the contract. */
async function view() {
  const answer = contract['ta.localChildren'].out.parse(await channels.localChildren({}));
  const [child] = answer.children;
  if (child === undefined) throw new Error('no child');
  return child;
}

async function made() {
  await channels.localCreate({ handle: 'online', signer: null });
  await ended;
  here.parent.add('online');
}

describe('a child through its channels', () => {
  test('says at each step what comes next, from nothing to running (T-030, T-031)', async () => {
    expect(await channels.localChildren({})).toEqual({ children: [] });
    await made();
    expect(await view()).toMatchObject({
      step: 'parent',
      resources: [],
      keys: [{ state: 'pending', csr: false }],
    });
    expect((await configure(parentXml('online'))).says).toBe('online has the parent ta now.');
    expect((await view()).step).toBe('repository');
    await configure(repositoryXml('online'));
    expect(await view()).toMatchObject({
      step: 'ask',
      parent: { handle: 'ta' },
      resources: [],
      keys: [{ state: 'pending', csr: true, certificate: null }],
      publishes: [],
      roll: null,
    });
    const first = await channels.localAsk({ handle: null });
    expect(first.told).toMatchObject([
      { handle: 'online', severity: 'note', says: expect.stringContaining('(1104)') },
    ]);
    expect(await view()).toMatchObject({
      step: 'exchange',
      keys: [{ word: { status: 1104, severity: 'note' } }],
    });
    expect(published).toBe(0);
    await here.parent.exchange();
    await channels.localAsk({ handle: 'online' });
    expect(await view()).toMatchObject({
      step: 'running',
      resources: ['AS0-AS4294967295', '0.0.0.0/0', '::/0'],
      keys: [{ state: 'active', number: '1', renewFrom: '2027-05-25T12:00:00.000Z', word: null }],
      roll: 'start',
      warnings: [],
    });
    expect(published).toBe(1);
    await channels.localAsk({ handle: 'online' });
    // Nothing new to publish.
    expect(published).toBe(1);
  });

  test('a key roll is three steps, each said', async () => {
    await here.certified('online');
    const says = async () => (await view()).rollSays;
    expect(await says()).toMatch(/^No key roll/);
    await channels.localRoll({ handle: 'online', step: 'start' });
    expect(await says()).toMatch(/^1 of 3/);
    await here.ask('online');
    await here.parent.exchange();
    await here.ask('online');
    expect(await says()).toMatch(/^2 of 3/);
    await channels.localRoll({ handle: 'online', step: 'activate' });
    expect(await says()).toMatch(/^3 of 3/);
    expect((await view()).step).toBe('ask');
    await here.ask('online');
    await here.parent.exchange();
    published = 0;
    await channels.localAsk({ handle: 'online' });
    expect(await says()).toMatch(/^No key roll/);
    // The objects of the old key have to go.
    expect(published).toBe(1);
    expect((await view()).publishes).toHaveLength(2);
  });

  test('its files are read back and say who it is', async () => {
    await made();
    const { certificateDer } = (await here.held('online')).child.identity;
    const written = async (what: 'online' | 'child-request' | 'pub-req') => {
      const { path } = await channels.localExport({ handle: 'online', what, target: what, overwrite: false });
      return new Uint8Array(readFileSync(path));
    };
    expect(readChildInfo(await written('online'))).toEqual({ handle: 'online', identityDer: certificateDer });
    expect(readChildRequest(await written('child-request'))).toMatchObject({ childHandle: 'online' });
    expect(readPublisherRequestXml(await written('pub-req'))).toMatchObject({ publisherHandle: 'online' });
    const again = channels.localExport({
      handle: 'online',
      what: 'online',
      target: 'online',
      overwrite: false,
    });
    await expect(again).rejects.toMatchObject({ code: 'FILE_EXISTS' });
  });

  test.each([
    [
      'a child request',
      () => writeChildRequestXml({ childHandle: 'online', identityDer: here.parent.identityDer, tag: null }),
      /file\.xml is a request of a child/,
    ],
    [
      'a repository contact',
      () => Buffer.from('{"repo_info":{},"server_info":{}}'),
      /is the repository of a proxy/,
    ],
    ['nothing known', () => Buffer.from('<a/>'), /is no file of a trust anchor/],
    ['broken XML', () => Buffer.from('<a'), /is damaged: The XML is not well-formed: .*\(line 1\); wanted/],
    [
      'half of it',
      () => parentXml('online').slice(0, 400),
      /is damaged: it ends before <\/parent_response>: it was cut off/,
    ],
    [
      'another version',
      () => Buffer.from(Buffer.from(parentXml('online')).toString().replace('version="1"', 'version="2"')),
      /cannot be used: /,
    ],
    ['65 kB', () => Buffer.alloc(65_537, 0x20), /./],
  ])('%s is refused in one sentence and changes nothing', async (_name, bytes, message) => {
    await made();
    await expect(configure(bytes())).rejects.toThrow(message);
    expect(await view()).toMatchObject({ parent: null, repository: null });
  });

  test('what is not there is refused, and a handle that is taken', async () => {
    await expect(channels.localAsk({ handle: 'nobody' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await made();
    await expect(channels.localCreate({ handle: 'online', signer: null })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    expect((await channels.localAsk({ handle: null })).told).toMatchObject([
      { severity: 'careful', says: expect.stringContaining('has no parent yet') },
    ]);
  });
});

describe('for the proxy', () => {
  test('identities, what all publish, and two rounds at once end in one', async () => {
    await here.ready('online');
    expect([...(await locals.cas.identities()).keys()]).toEqual(['online']);
    await locals.cas.askAll();
    await here.parent.exchange();
    const [all, one] = await Promise.all([locals.cas.askAll(), locals.ask('online')]);
    const says = [...all, ...one.map((told) => told.says)];
    expect(says.filter((line) => line.includes('The certificate of key'))).toHaveLength(1);
    expect(says.filter((line) => line.includes('Nothing to ask'))).toHaveLength(1);
    const [publication] = await locals.cas.publications();
    expect(publication).toMatchObject({
      publisher: 'online',
      contact: { base: 'rsync://rpki.example.net/repo/online/' },
      target: { kind: 'server', pin: null },
    });
    expect(publication?.files).toHaveLength(2);
    expect(await locals.refresh()).toBe(false);
    here.later(45);
    expect(await locals.refresh()).toBe(true);
  });

  test('what fails by itself is kept with the child, recorded once, and gone when it is done', async () => {
    await here.certified('online');
    const child = async () => (await channels.localChildren({})).children[0];
    const broken = createLocalChildren({
      ...here.deps,
      router: {
        ...here.deps.router,
        sign: () => Promise.reject(new AppError('INTERNAL', 'the token is gone')),
      },
      parent: here.parent,
      repository: () => Promise.resolve(null),
      removed,
    });
    const refusals = async (action: string) =>
      (
        await here.made.vault.session().store.run('audit.list', {
          ...{ query: '', from: null, to: null, cursor: null, limit: 9 },
          action,
          outcome: 'refused',
        })
      ).rows;
    here.later(45);
    expect([await broken.refresh(), await broken.refresh()]).toEqual([false, false]);
    expect(await child()).toMatchObject({
      step: 'ask',
      warnings: [{ severity: 'bad', text: 'CRL and manifest could not be made anew: the token is gone' }],
    });
    expect(await broken.attention()).toMatchObject([{ text: 'needs you now' }]);
    expect(await refusals('ta.localRefresh')).toHaveLength(1);
    expect(await broken.cas.askAll()).toEqual(['online: the token is gone']);
    expect(await child()).toMatchObject({
      warnings: [{ text: 'Asking the parent failed: the token is gone' }],
    });
    expect(await refusals('ta.localAsk')).toHaveLength(1);
    await locals.cas.askAll();
    expect(await child()).toMatchObject({ step: 'running', warnings: [] });
  });
});
