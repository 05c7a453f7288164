import { APP_ORIGIN } from '#shared/bridge.ts';
import { type ChannelName, contract } from '#shared/contract/index.ts';
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import * as z from 'zod';
import { AppError } from '../lib/app-error.ts';
import { softwareOnly, testLog } from '../testing/test-ports.ts';
import { type Caller, createDispatch, type Dispatch, type Handlers } from './dispatch.ts';

const WINDOW: Caller = { origin: APP_ORIGIN, mainFrame: true };
const NAMES = Object.keys(contract) as ChannelName[];

/** Handlers that note the call; each may be replaced. */
function setUp(replace: Partial<Handlers> = {}, state: 'none' | 'locked' | 'unlocked' = 'unlocked') {
  const called: string[] = [];
  const refusals: { channel: string; code: string; payload: unknown }[] = [];
  const { log, lines } = testLog();
  const noted = Object.fromEntries(NAMES.map((name) => [name, () => (called.push(name), {})]));
  const dispatch: Dispatch = createDispatch({
    around: softwareOnly,
    handlers: { ...noted, ...replace } as Handlers,
    state: () => state,
    log,
    refused: async (channel, error, payload) => void refusals.push({ channel, code: error.code, payload }),
  });
  return { dispatch, called, refusals, lines };
}

const LEAVES = ['string', 'number', 'boolean', 'literal', 'enum', 'custom', 'null'];

/** Where a schema lets a key pass that it does not name; a kind of schema this does not know counts as such a place. */
function looseParts(schema: z.core.$ZodType, path: string): string[] {
  const { def } = schema as unknown as { def: z.core.$ZodTypes['_zod']['def'] };
  switch (def.type) {
    case 'object':
      return [
        ...(def.catchall instanceof z.ZodNever ? [] : [path]),
        ...Object.entries(def.shape).flatMap(([key, part]) => looseParts(part, `${path}.${key}`)),
      ];
    case 'array':
      return looseParts(def.element, `${path}[]`);
    case 'union':
      return def.options.flatMap((option, at) => looseParts(option, `${path}|${at}`));
    case 'nullable':
    case 'optional':
    case 'default':
      return looseParts(def.innerType, path);
    case 'record':
      return looseParts(def.valueType, `${path}{}`);
    case 'tuple':
      return def.items.flatMap((item, at) => looseParts(item, `${path}[${at}]`));
    default:
      return LEAVES.includes(def.type) ? [] : [`${path}: ${def.type}`];
  }
}

test('a schema that lets any key pass is noticed, however deep it lies', () => {
  const loose = z.strictObject({ rows: z.array(z.strictObject({ a: z.object({}).nullable() })) });
  expect(looseParts(loose, 'in')).toEqual(['in.rows[].a']);
  expect(looseParts(z.union([z.strictObject({}), z.looseObject({})]), 'in')).toEqual(['in|1']);
});

describe('every channel', () => {
  it.each(NAMES)('%s has strict objects only, in what it takes and in what it answers', (name) => {
    // A missing field would refuse the extra key's payload below as well; this looks at nothing but the key.
    expect(looseParts(contract[name].in, 'in')).toEqual([]);
    expect(looseParts(contract[name].out, 'out')).toEqual([]);
  });

  it.each(NAMES)('%s refuses an extra key and __proto__ without calling its handler', async (name) => {
    const { dispatch, called } = setUp();
    const extra = await dispatch(name, { notInTheContract: 1 }, WINDOW);
    expect(extra).toMatchObject({ ok: false, error: { code: 'BAD_REQUEST' } });
    const poisoned: unknown = JSON.parse('{"__proto__":{"isAdmin":true}}');
    const proto = await dispatch(name, poisoned, WINDOW);
    expect(proto).toMatchObject({ ok: false, error: { code: 'BAD_REQUEST' } });
    expect(called).toEqual([]);
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
  });

  it.each(NAMES)('%s with {} either reaches its handler or names the missing fields', async (name) => {
    const { dispatch, called } = setUp();
    const reply = await dispatch(name, {}, WINDOW);
    if (called.length === 0)
      expect(reply).toMatchObject({
        ok: false,
        error: { code: 'BAD_REQUEST', details: { fields: expect.any(Array) } },
      });
    else expect(called).toEqual([name]);
  });

  it.each(NAMES)('%s answers neither a sub-frame nor another origin', async (name) => {
    const { dispatch, called } = setUp();
    for (const caller of [
      { origin: APP_ORIGIN, mainFrame: false },
      { origin: 'https://evil.invalid', mainFrame: true },
      { origin: 'null', mainFrame: true },
      { origin: '', mainFrame: true },
    ]) {
      expect(await dispatch(name, {}, caller)).toMatchObject({ ok: false, error: { code: 'FORBIDDEN' } });
    }
    expect(called).toEqual([]);
  });

  it.each(NAMES.filter((name) => contract[name].needs !== 'nothing'))(
    '%s does not answer without what it needs',
    async (name) => {
      expect(await setUp({}, 'none').dispatch(name, {}, WINDOW)).toMatchObject({
        error: { code: 'NO_WORKSPACE' },
      });
      if (contract[name].needs === 'unlocked')
        expect(await setUp({}, 'locked').dispatch(name, {}, WINDOW)).toMatchObject({
          error: { code: 'LOCKED' },
        });
    },
  );
});

describe('dispatch', () => {
  it('knows only its own channels', async () => {
    const { dispatch } = setUp();
    for (const name of ['', 'toString', '__proto__', 'constructor', 'ca.nothing'])
      expect(await dispatch(name, {}, WINDOW)).toMatchObject({
        ok: false,
        error: { code: 'UNKNOWN_CHANNEL' },
      });
  });

  it('stops an answer with a field the contract does not name', async () => {
    const { dispatch, lines } = setUp({ 'app.quit': () => ({ surprise: 'x' }) as never });
    expect(await dispatch('app.quit', {}, WINDOW)).toMatchObject({ ok: false, error: { code: 'INTERNAL' } });
    expect(lines.join()).toContain('breaks its contract');
  });

  it('stops an answer that holds a private key, as PEM in a text field or as bytes', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const der = new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' }));
    const text = setUp({ 'workspace.suggestFolder': () => ({ path: pem, taken: false }) });
    const reply = await text.dispatch('workspace.suggestFolder', { name: 'x' }, WINDOW);
    expect(reply).toMatchObject({ ok: false, error: { code: 'INTERNAL' } });
    expect(JSON.stringify(reply)).not.toContain('PRIVATE KEY');
    const bytes = setUp({
      'blob.get': () => ({ bytes: der, mediaType: 'application/octet-stream', name: 'x' }),
    });
    expect(await bytes.dispatch('blob.get', { blob: 'blob-a' }, WINDOW)).toMatchObject({
      ok: false,
      error: { code: 'INTERNAL' },
    });
  });

  it('stops a refusal that holds a private key, in its sentence or its details, and records none of it', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const key = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
    for (const error of [
      new AppError('INVALID_INPUT', `${key} is not understood.`),
      new AppError('INVALID_INPUT', 'It is not understood.', { library: `unexpected ${key}` }),
      new AppError('INVALID_INPUT', 'It is not understood.', { fields: [{ path: 'name', message: key }] }),
    ]) {
      const { dispatch, refusals, lines } = setUp({
        'keys.destroy': () => {
          throw error;
        },
      });
      const reply = await dispatch('keys.destroy', { id: 'key-a', confirm: '' }, WINDOW);
      expect(reply).toMatchObject({ ok: false, error: { code: 'INTERNAL' } });
      expect(JSON.stringify([reply, lines])).not.toContain(key);
      expect(refusals).toEqual([
        { channel: 'keys.destroy', code: 'INTERNAL', payload: { id: 'key-a', confirm: '' } },
      ]);
    }
  });

  it('gives an AppError its code and sentence, anything else only a reference', async () => {
    const known = setUp({
      'keys.destroy': () => {
        throw new AppError('NOT_ALLOWED_NOW', 'It is in use.', { ids: ['crt-a'] });
      },
    });
    const refused = await known.dispatch('keys.destroy', { id: 'key-a', confirm: '' }, WINDOW);
    expect(refused).toMatchObject({
      ok: false,
      error: { code: 'NOT_ALLOWED_NOW', message: 'It is in use.', details: { ids: ['crt-a'] } },
    });
    expect(known.refusals).toEqual([
      { channel: 'keys.destroy', code: 'NOT_ALLOWED_NOW', payload: { id: 'key-a', confirm: '' } },
    ]);
    const bug = setUp({
      'app.quit': () => {
        throw new TypeError('secret internals');
      },
    });
    const reply = await bug.dispatch('app.quit', {}, WINDOW);
    expect(reply).toMatchObject({
      ok: false,
      error: { code: 'INTERNAL', ref: expect.stringMatching(/^[0-9A-F]{8}$/) },
    });
    expect(JSON.stringify(reply)).not.toContain('secret internals');
    expect(bug.lines.join()).toContain('secret internals');
  });

  it('tells each refused field', async () => {
    const reply = await setUp().dispatch(
      'workspace.create',
      { folder: null, name: 'a\\b', kind: 'online', passphrase: 'short' },
      WINDOW,
    );
    expect(reply).toMatchObject({
      error: {
        code: 'BAD_REQUEST',
        details: { fields: [{ path: 'name' }, { path: 'passphrase', message: 'At least 12 characters' }] },
      },
    });
  });
});
