import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { judgeObject } from '../../rpki/judge.ts';
import { type TestChildren, testChildren } from '../../testing/test-child.ts';
import { publication } from './child-objects.ts';
import { goOnChild, madeAhead } from './go-on-child.ts';
import { refreshChild } from './refresh-child.ts';

let here: TestChildren;
beforeEach(async () => {
  here = await testChildren();
  await here.certified('online');
});
afterEach(() => here.remove());

const child = async () => (await here.held('online')).child;

describe('CRL and manifest', () => {
  test('are remade when less than half of their time is left, with the next number', async () => {
    here.later(41);
    expect(await refreshChild(here.deps, await here.held('online'))).toBe(false);
    here.later(2);
    expect(await refreshChild(here.deps, await here.held('online'))).toBe(true);
    const [key] = (await child()).keys;
    expect(key?.objects?.number).toBe(2n);
    const [, manifest] = publication(await child());
    expect(
      judgeObject(manifest?.der ?? new Uint8Array(), {
        issuerDer: key?.certificate?.der ?? null,
        anchor: false,
        at: here.deps.now(),
      }).faults,
    ).toEqual([]);
    expect(await refreshChild(here.deps, await here.held('online'))).toBe(false);
  });

  test('never last longer than the certificate, and a dead one gets none', async () => {
    here.later(50 * 7);
    expect(await refreshChild(here.deps, await here.held('online'))).toBe(true);
    const [key] = (await child()).keys;
    expect(Date.parse(key?.objects?.nextUpdate ?? '')).toBe(Date.parse(key?.certificate?.notAfter ?? ''));
    here.later(10);
    expect(await refreshChild(here.deps, await here.held('online'))).toBe(false);
    here.later(10);
    expect(await refreshChild(here.deps, await here.held('online'))).toBe(false);
  });

  test.each(['asn', 'ipv4', 'ipv6'] as const)(
    'hold for a child without %s, also once it loses it',
    async (family) => {
      await here.ready('less');
      const enrolled = here.parent.children.get('less');
      if (enrolled === undefined) throw new Error('not enrolled');
      const lose = (from: 'asn' | 'ipv4' | 'ipv6') => {
        enrolled.resources = { ...enrolled.resources, [from]: [] };
      };
      const keys = async () => (await here.held('less')).child.keys;
      const exchange = async (): Promise<void> => {
        await here.ask('less');
        await here.parent.exchange();
        await here.ask('less');
      };
      lose(family);
      await exchange();
      expect(await keys()).toMatchObject([{ state: 'active', objects: { number: 1n } }]);
      lose(family === 'asn' ? 'ipv4' : 'asn');
      await exchange();
      here.later(43);
      expect(await refreshChild(here.deps, await here.held('less'))).toBe(true);
      expect((await keys())[0]?.objects?.number).toBeGreaterThan(1n);
    },
  );

  test('a number that was signed is not signed again', async () => {
    here.later(60);
    const held = await here.held('online');
    const both = await Promise.allSettled([refreshChild(here.deps, held), refreshChild(here.deps, held)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect((await child()).keys[0]?.objects?.number).toBe(2n);
  });
});

describe('made by a clock that was ahead', () => {
  test('stay until the operator goes on, and are made anew above every number; a clock that is set right alone changes nothing', async () => {
    here.later(50);
    await refreshChild(here.deps, await here.held('online'));
    here.later(-20);
    const now = here.deps.now();
    expect(madeAhead(await child(), now)?.getTime()).toBe(now.getTime() + 20 * 86_400_000);
    expect(await refreshChild(here.deps, await here.held('online'))).toBe(false);
    expect(await goOnChild(here.deps, await here.held('online'))).toBe(true);
    const [key] = (await child()).keys;
    expect(key?.objects?.number).toBe(3n);
    expect(madeAhead(await child(), now)).toBeNull();
    const issuerDer = key?.certificate?.der ?? null;
    const published = publication(await child());
    expect(published).toHaveLength(2);
    for (const { der } of published)
      expect(judgeObject(der, { issuerDer, anchor: false, at: now }).faults).toEqual([]);
    // Nothing is left to go on from.
    expect(await goOnChild(here.deps, await here.held('online'))).toBe(false);
  });

  test('nothing is published for a certificate that has not begun, until another one comes', async () => {
    here.later(-20);
    expect(await goOnChild(here.deps, await here.held('online'))).toBe(true);
    expect(publication(await child())).toEqual([]);
    expect(await refreshChild(here.deps, await here.held('online'))).toBe(false);
    here.later(21);
    expect(await refreshChild(here.deps, await here.held('online'))).toBe(true);
    expect((await child()).keys[0]?.objects?.number).toBe(2n);
  });
});
