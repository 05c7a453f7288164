import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testApp } from '../testing/test-app.ts';
import { PASSPHRASE, testVault } from '../testing/test-workspace.ts';

const edit = (file: string, from: string, to: string): void => {
  const before = readFileSync(file, 'utf8');
  expect(before).toContain(from);
  writeFileSync(file, before.replace(from, to));
};

describe('what is wrong with the audit', () => {
  let made: ReturnType<typeof testVault>;
  let file = '';
  beforeEach(async () => {
    made = testVault();
    file = join(await made.create(), 'audit.jsonl');
  });
  afterEach(() => made.remove());

  /** Locks, lets `meanwhile` happen, unlocks and looks. */
  async function after(meanwhile: () => void): Promise<string | null> {
    await made.domain.lock({});
    meanwhile();
    await made.domain.unlock({ passphrase: PASSPHRASE });
    await made.audit.checkUnlocked();
    return made.audit.foundWrong();
  }
  const verifications = async () => {
    const asked = { query: '', outcome: null, from: null, to: null, cursor: null, limit: 100 };
    return (await made.audit.domain.list({ ...asked, action: 'audit.verify' })).rows;
  };

  test('is found behind the unlock, is on record once, and is known until a person has looked into it', async () => {
    expect(await after(() => undefined)).toBeNull();
    expect(await verifications()).toEqual([]);
    expect(await after(() => edit(file, 'key was made', 'key was lost'))).toContain('altered at entry 2');
    expect((await verifications()).map(({ outcome }) => outcome)).toEqual(['failed']);
    expect(await after(() => undefined)).toContain('altered at entry 2');
    expect(await verifications()).toHaveLength(1);
    // Put back by whoever altered it: a person still has to look.
    expect(await after(() => edit(file, 'key was lost', 'key was made'))).toContain('altered at entry 2');
    expect(await made.audit.domain.verify({ written: '' })).toMatchObject({ faults: [] });
    expect(await made.audit.domain.verify({ written: '' })).toMatchObject({
      before: expect.stringContaining('altered at entry 2'),
    });
    expect(await after(() => undefined)).toContain('altered at entry 2');
    expect(await made.audit.domain.state({})).toMatchObject({ wrong: expect.stringContaining('entry 2') });
    await made.audit.domain.acknowledge({});
    expect(made.audit.foundWrong()).toBeNull();
    await expect(made.audit.domain.acknowledge({})).rejects.toMatchObject({ code: 'NOT_ALLOWED_NOW' });
    expect(await after(() => undefined)).toBeNull();
    expect(await made.audit.domain.state({})).toMatchObject({ wrong: null, lookedAt: expect.any(String) });
  }, 60_000);

  test('stays behind the next unlock when a head from paper showed it; a mistyped head shows nothing', async () => {
    await expect(made.audit.domain.verify({ written: 'zz' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    expect(made.audit.foundWrong()).toBeNull();
    const { short } = await made.audit.domain.head({});
    for (const written of [short, short.replaceAll(' ', ''), short.toLowerCase()])
      expect(await made.audit.domain.verify({ written })).toMatchObject({
        faults: [],
        confirmed: Number(short.split(' ')[0]),
      });
    expect(await made.audit.domain.verify({ written: '' })).toMatchObject({ confirmed: null, before: null });
    const { head } = await made.audit.domain.head({});
    await made.domain.lock({});
    expect((await made.audit.domain.lockedHead({})).head).toMatchObject({
      entries: Number(short.split(' ')[0]) + 5,
      head: expect.not.stringContaining(head),
    });
    await made.domain.unlock({ passphrase: PASSPHRASE });
    await made.audit.domain.verify({ written: '900 0123 4567 89AB', readRight: true });
    expect(await after(() => undefined)).toContain('you wrote down 900');
  }, 60_000);

  test.each([
    ['2 0000 0000 0000', /^What you typed is not entry 2\.$/],
    ['900 0123 4567 89AB', /^What you typed is entry 900, and there are \d+\.$/],
    ['0'.repeat(64), /^What you typed is the head of no entry here\.$/],
  ])('%s marks nothing before somebody says that the paper was read right', async (written, mistyped) => {
    expect(await made.audit.domain.verify({ written })).toMatchObject({
      faults: [],
      mistyped: expect.stringMatching(mistyped),
      confirmed: null,
    });
    expect(made.audit.foundWrong()).toBeNull();
    expect(await verifications()).toMatchObject([
      { outcome: 'done', summary: expect.stringContaining('the paper is to be compared again') },
    ]);
    expect(await after(() => undefined)).toBeNull();
    const sure = await made.audit.domain.verify({ written, readRight: true });
    expect(sure).toMatchObject({
      mistyped: null,
      faults: [{ text: expect.stringContaining('you wrote down') }],
    });
    expect(made.audit.foundWrong()).toBe(sure.faults[0]?.text);
    expect((await verifications())[0]).toMatchObject({ outcome: 'failed' });
  });
});

test('it stands first in the overview, though nobody pressed Verify', async () => {
  const app = await testApp();
  try {
    await app.create();
    const folder = (await app.call('workspace.state', {})).workspace?.path ?? '';
    await app.call('workspace.lock', {});
    edit(join(folder, 'audit.jsonl'), 'key was made', 'key was lost');
    await app.call('workspace.unlock', { passphrase: PASSPHRASE });
    app.clock.advance(1000);
    await expect
      .poll(async () => (await app.call('overview.get', {})).attention[0], { timeout: 20_000 })
      .toMatchObject({
        severity: 'bad',
        subject: 'Audit',
        detail: expect.stringContaining('altered at entry 2'),
        action: { route: '/audit' },
      });
  } finally {
    await app.remove();
  }
}, 60_000);
