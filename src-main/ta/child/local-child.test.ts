import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { judgeObject } from '../../rpki/judge.ts';
import {
  NO_JOB,
  parentAnswer,
  repositoryAnswer,
  type TestChildren,
  testChildren,
} from '../../testing/test-child.ts';
import { testParent } from '../../testing/test-parent.ts';
import { rangesOf } from '../../rpki/ranges.ts';
import { publication } from './child-objects.ts';
import { childAttention, childView } from './child-view.ts';
import { configureParent, configureRepository } from './configure-child.ts';
import { createChild, requireFreeHandle } from './create-child.ts';

let here: TestChildren;
beforeEach(async () => {
  here = await testChildren();
});
afterEach(() => here.remove());

const child = async () => (await here.held('online')).child;
const states = async () => (await child()).keys.map(({ state }) => state);
const audit = async () =>
  (await here.made.vault.session().store.run('audit.all', {})).map(({ summary }) => summary);

describe('a new child', () => {
  test('has an identity and a pending key, no resources, and no request until it knows its repository', async () => {
    await createChild(here.deps, { handle: 'online' }, NO_JOB);
    const made = await child();
    expect(made).toMatchObject({ handle: 'online', parent: null, repository: null, entitled: null });
    expect(made.keys).toMatchObject([{ state: 'pending', csrDer: null, certificate: null }]);
    await expect(here.ask('online')).rejects.toThrow(/has no parent yet/);
    here.parent.add('online');
    const held = await here.held('online');
    await configureParent(here.deps, held, parentAnswer(here.parent, 'online'), here.parent.identityDer);
    await expect(here.ask('online')).rejects.toThrow(/has no repository yet/);
    await configureRepository(here.deps, await here.held('online'), repositoryAnswer(here.parent, 'online'));
    expect((await child()).keys).toMatchObject([{ state: 'pending', csrDer: expect.any(Uint8Array) }]);
  });

  test('is refused by name where its handle cannot be one', async () => {
    await here.ready('online');
    await expect(requireFreeHandle(here.deps, 'Online')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(requireFreeHandle(here.deps, 'ta')).rejects.toThrow(/name of the trust anchor/);
    for (const handle of ['', 'a/b', '..', 'ü', 'a'.repeat(65)])
      await expect(requireFreeHandle(here.deps, handle)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(createChild(here.deps, { handle: 'online' }, NO_JOB)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    // The keys of the refused one are gone.
    expect(
      (await here.made.vault.session().store.run('keys.list', { query: '', cursor: null, limit: 10 })).total,
    ).toBe(2);
  });

  test('takes parent and repository once, and only those of this workspace', async () => {
    const held = await here.ready('online');
    await expect(
      configureParent(here.deps, held, parentAnswer(here.parent, 'online'), here.parent.identityDer),
    ).rejects.toThrow(/has a parent already/);
    await expect(
      configureRepository(here.deps, held, repositoryAnswer(here.parent, 'online')),
    ).rejects.toThrow(/has a repository already/);
    await createChild(here.deps, { handle: 'second' }, NO_JOB);
    const second = await here.held('second');
    const other = await testParent(here.deps.now);
    await expect(
      configureParent(here.deps, second, parentAnswer(other, 'second'), here.parent.identityDer),
    ).rejects.toThrow(/another parent/);
    await expect(
      configureRepository(here.deps, second, {
        ...repositoryAnswer(other, 'second'),
        base: 'rsync://a/../b',
      }),
    ).rejects.toThrow(/no rsync folder/);
  });
});

describe('asking the parent', () => {
  test('is scheduled, then under way, then certified once; an unchanged list asks for nothing (T-005, T-006)', async () => {
    await here.ready('online');
    expect(await here.ask('online')).toMatchObject({
      severity: 'note',
      says: expect.stringContaining('(1104)'),
    });
    expect(await here.ask('online')).toMatchObject({
      severity: 'note',
      says: expect.stringContaining('(1101)'),
    });
    expect((await child()).keys[0]).toMatchObject({
      word: { status: 1101 },
      askedAt: '2026-11-24T12:00:00.000Z',
    });
    expect(await states()).toEqual(['pending']);
    await here.parent.exchange();
    here.parent.heard = [];
    expect(await here.ask('online')).toMatchObject({
      severity: 'good',
      says: expect.stringMatching(/came, good until 2027-11-23 \d\d:\d\d Z/),
    });
    const [key] = (await child()).keys;
    expect(key).toMatchObject({ state: 'active', word: null, askedAt: null, objects: { number: 1n } });
    expect((await child()).entitled?.className).toBe('default');
    expect(await here.ask('online')).toEqual({
      severity: 'note',
      says: 'Nothing to ask for online: all is as the parent has it. Renewal is not due before 2027-05-25 12:00 Z.',
    });
    expect(here.parent.heard).toEqual(['list', 'issue', 'list']);
    expect((await audit()).some((line) => line.startsWith('online: The certificate of key'))).toBe(true);
  });

  test('publishes a CRL and a manifest that hold under the certificate', async () => {
    await here.certified('online');
    const { keys } = await child();
    const issuerDer = keys[0]?.certificate?.der ?? new Uint8Array();
    const objects = publication(await child());
    expect(objects.map(({ uri }) => uri)).toEqual([
      `rsync://rpki.example.net/repo/online/0/${keys[0]?.keyId}.crl`,
      keys[0]?.certificate?.rpkiManifest,
    ]);
    for (const { der } of objects)
      expect(judgeObject(der, { issuerDer, anchor: false, at: here.deps.now() }).faults).toEqual([]);
  });

  test('a renewal is asked for within the weeks before only, and only when it is worth it (T-016, C-41)', async () => {
    await here.certified('online');
    here.later(25 * 7);
    expect((await here.ask('online')).says).toMatch(/^Nothing to ask/);
    here.later(8);
    const before = (await child()).keys[0]?.certificate?.notAfter;
    expect((await here.ask('online')).says).toMatch(/scheduled/);
    await here.parent.exchange();
    expect((await here.ask('online')).says).toMatch(/came, good until/);
    expect((await child()).keys[0]?.certificate?.notAfter).not.toBe(before);
    expect(await states()).toEqual(['active']);
  });

  test('other resources are asked for at once', async () => {
    await here.certified('online');
    const enrolled = here.parent.children.get('online');
    if (enrolled !== undefined)
      enrolled.resources = { asn: rangesOf([{ min: 64496n, max: 64511n }]), ipv4: [], ipv6: [] };
    expect((await here.ask('online')).says).toMatch(/scheduled/);
    await here.parent.exchange();
    expect((await here.ask('online')).severity).toBe('good');
    expect((await child()).keys[0]?.certificate?.resources.ipv4).toEqual([]);
  });

  test('a delivery that was lost is found again in the list', async () => {
    await here.ready('online');
    await here.ask('online');
    await here.parent.exchange();
    // Fetched, and the machine stopped before it was stored.
    const csrDer = (await child()).keys[0]?.csrDer ?? new Uint8Array();
    await here.parent.ask('online', { type: 'issue', className: 'default', limit: {}, csrDer });
    expect((await here.ask('online')).says).toMatch(/scheduled.*came, good until/);
    expect(await states()).toEqual(['active']);
    // What was asked once too often is fetched as well.
    await here.parent.exchange();
    await here.ask('online');
    expect((await child()).keys[0]).toMatchObject({ askedAt: null, word: null });
    expect((await here.ask('online')).says).toMatch(/^Nothing to ask/);
  });

  test.each([
    ['no certificate for the key', { certificates: [] }, /no certificate for this key/],
    ['another issuer', { issuerDer: new Uint8Array([0x30, 0]) }, /was not taken/],
    [
      'other resources',
      { resources: { asn: [], ipv4: [], ipv6: [] } },
      /other resources than the parent says/,
    ],
  ])('an answer with %s is not taken', async (_name, part, says) => {
    await here.ready('online');
    await here.ask('online');
    await here.parent.exchange();
    here.parent.instead = (reply) =>
      reply.type === 'issue_response'
        ? { ...reply, resourceClass: { ...reply.resourceClass, ...part } }
        : reply.type === 'list_response'
          ? { ...reply, classes: reply.classes.map((one) => ({ ...one, certificates: [] })) }
          : reply;
    expect(await here.ask('online')).toMatchObject({ severity: 'bad', says: expect.stringMatching(says) });
    expect(await states()).toEqual(['pending']);
    expect(publication(await child())).toEqual([]);
  });

  test('removed and added again, it asks for what was revoked meanwhile', async () => {
    await here.certified('online');
    here.parent.instead = (reply) => (reply.type === 'list_response' ? { ...reply, classes: [] } : reply);
    expect((await here.ask('online')).says).toMatch(/has nothing for online/);
    expect((await child()).entitled).toBeNull();
    here.parent.instead = null;
    here.parent.add('online');
    expect((await here.ask('online')).says).toMatch(/\(1104\)/);
    await here.parent.exchange();
    expect((await here.ask('online')).severity).toBe('good');
    expect(await states()).toEqual(['active']);
  });

  test('a renewal that was refused is no "nothing to do", and needs nobody once it is not wanted', async () => {
    await here.certified('online');
    const more = here.parent.children.get('online');
    if (more === undefined) throw new Error('not enrolled');
    const { resources } = more;
    more.resources = { ...resources, asn: [] };
    here.parent.instead = (reply) =>
      reply.type === 'error_response'
        ? { type: 'error_response', status: 2001, description: 'out of order' }
        : reply;
    await here.ask('online');
    const seen = async () => {
      const held = await here.held('online');
      const timing = await here.parent.timing();
      const view = childView(held, { timing, standing: 'here', isOut: true }, here.deps.now());
      return {
        step: view.step,
        says: childAttention(held, here.deps.now())
          .map(({ detail }) => detail)
          .join(),
      };
    };
    expect(await seen()).toEqual({
      step: 'ask',
      says: expect.stringContaining('out of order (2001)') as string,
    });
    more.resources = resources;
    more.open.clear();
    here.parent.instead = null;
    await here.ask('online');
    expect(await seen()).toEqual({ step: 'running', says: '' });
  });

  test('a refusal of the parent is told with its words', async () => {
    await here.ready('online');
    here.parent.instead = () => ({ type: 'error_response', status: 2001, description: 'out of order' });
    expect(await here.ask('online')).toMatchObject({
      severity: 'careful',
      says: expect.stringContaining('out of order (2001)'),
    });
    here.parent.instead = () => ({ type: 'list_response', classes: [] });
    expect((await here.ask('online')).says).toMatch(/has nothing for online/);
  });
});
