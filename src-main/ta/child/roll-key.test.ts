import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TestChildren, testChildren } from '../../testing/test-child.ts';
import { publication } from './child-objects.ts';
import { activateKey, nextStep, startRoll } from './roll-key.ts';

let here: TestChildren;
beforeEach(async () => {
  here = await testChildren();
  await here.certified('online');
});
afterEach(() => here.remove());

const child = async () => (await here.held('online')).child;
const states = async () => (await child()).keys.map(({ state }) => state);

describe('a key roll', () => {
  test('goes from a new key over its certificate to the end of the old one (S001-7)', async () => {
    const old = (await child()).keys[0]?.keyId ?? '';
    await expect(activateKey(here.deps, await here.held('online'))).rejects.toThrow(/waits|nothing|not/);
    await startRoll(here.deps, await here.held('online'));
    expect(await states()).toEqual(['active', 'pending']);
    await expect(startRoll(here.deps, await here.held('online'))).rejects.toThrow(/no certificate yet/);
    await here.ask('online');
    await here.parent.exchange();
    await here.ask('online');
    expect(await states()).toEqual(['active', 'new']);
    // Its manifest has to be there as soon as its certificate is.
    expect(publication(await child())).toHaveLength(4);
    expect(nextStep(await child())).toBe('activate');
    await activateKey(here.deps, await here.held('online'));
    expect(await states()).toEqual(['old', 'active']);
    await expect(startRoll(here.deps, await here.held('online'))).rejects.toThrow(/not revoked yet/);
    const { store } = here.made.vault.session();
    const stored = await store.run('ta.child', { handle: 'online' });
    const oldRow = stored.keys.find(({ key }) => key.keyIdentifier === old)?.key.id ?? '';
    // Whoever looks at the key sees it before.
    for (const [id, kept] of [
      [oldRow, /^It is a key of the child online: roll the key there/],
      [stored.identityKey.id, /^It is the identity of the child online.*ends when the child is deleted/],
    ] as const)
      expect(await store.run('keys.get', { id })).toMatchObject({
        child: 'online',
        owner: 'Child online',
        kept: expect.stringMatching(kept),
      });
    const destroying = { action: 'keys.destroy', outcome: 'done' as const, summary: '', subjects: [] };
    await expect(store.run('keys.destroy', { id: oldRow, audit: destroying })).rejects.toThrow(
      /key of the child online/,
    );
    await expect(store.run('keys.destroy', { id: stored.identityKey.id, audit: destroying })).rejects.toThrow(
      /identity of the child online/,
    );
    expect((await here.ask('online')).says).toMatch(/revocation of key .* is scheduled/);
    expect((await here.ask('online')).says).toMatch(/revocation of key .* is under way/);
    await here.parent.exchange();
    expect((await here.ask('online')).says).toMatch(/is revoked; it was destroyed here/);
    expect(await states()).toEqual(['active']);
    expect(publication(await child()).every(({ uri }) => !uri.includes(old))).toBe(true);
    await expect(store.run('keys.get', { id: oldRow })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(here.parent.anchor.objects.revocations).toHaveLength(1);
    expect(here.parent.anchor.objects.issued.size).toBe(1);
    expect(nextStep(await child())).toBe('start');
  });

  test('a revocation whose answer was lost ends the old key all the same', async () => {
    await startRoll(here.deps, await here.held('online'));
    await here.ask('online');
    await here.parent.exchange();
    await here.ask('online');
    await activateKey(here.deps, await here.held('online'));
    await here.ask('online');
    await here.parent.exchange();
    const old = (await child()).keys.find(({ state }) => state === 'old')?.keyId ?? '';
    await here.parent.ask('online', { type: 'revoke', className: 'default', keyId: old });
    expect((await here.ask('online')).says).toMatch(/is revoked/);
    expect(await states()).toEqual(['active']);
  });
});
