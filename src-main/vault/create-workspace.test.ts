import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { workspaceName } from '#shared/contract/workspace.ts';
import { testRandom } from '../testing/test-ports.ts';
import { PASSPHRASE, testVault } from '../testing/test-workspace.ts';

type Made = ReturnType<typeof testVault>;
const open: Made[] = [];
function start(folder?: string) {
  const made = testVault(folder === undefined ? {} : { folder });
  open.push(made);
  return made;
}
afterEach(async () => {
  for (const made of open.splice(0).toReversed()) await made.remove();
});

describe('a new workspace', () => {
  it('lies in a private folder and holds nothing in clear', async () => {
    const made = start();
    const folder = await made.create('Example root');
    expect(made.vault.stateName()).toBe('unlocked');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const { recoveryKey } = await made.domain.showRecoveryKey({ passphrase: null });
    await made.vault.lock();
    for (const name of readdirSync(folder)) {
      const bytes = readFileSync(join(folder, name));
      expect(statSync(join(folder, name)).mode & 0o077, name).toBe(0);
      for (const secret of [PASSPHRASE, recoveryKey, recoveryKey.slice(0, 11)])
        expect(bytes.includes(secret), `${name} holds a secret`).toBe(false);
    }
    expect(readFileSync(join(folder, 'workspace.db')).subarray(0, 15).toString()).not.toBe('SQLite format 3');
  });

  it('may have a slash in its name, as companies do; its folder has none, and is said to be taken afterwards', async () => {
    const made = start();
    const name = workspaceName.parse(' Harbour A/S ');
    const before = await made.domain.suggestFolder({ name });
    expect(before).toEqual({ path: join(made.folder, 'workspaces', 'Harbour A_S'), taken: false });
    mkdirSync(before.path, { recursive: true });
    // An empty folder is no hindrance.
    expect((await made.domain.suggestFolder({ name })).taken).toBe(false);
    expect(await made.create(name)).toBe(before.path);
    expect((await made.domain.state({})).workspace?.name).toBe('Harbour A/S');
    expect((await made.domain.suggestFolder({ name })).taken).toBe(true);
    for (const [wrong, path] of [
      ['../../etc', '__.._etc'],
      ['/etc', '_etc'],
    ] as const)
      expect((await made.domain.suggestFolder({ name: wrong })).path).toBe(
        join(made.folder, 'workspaces', path),
      );
    expect(workspaceName.safeParse('a\\b').success).toBe(false);
  });

  it('is not made over something, and takes a weak passphrase from nobody', async () => {
    const made = start();
    mkdirSync(join(made.folder, 'workspaces', 'Example'), { recursive: true });
    writeFileSync(join(made.folder, 'workspaces', 'Example', 'mine.txt'), 'keep');
    await expect(made.create()).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    await expect(
      made.domain.create({ folder: null, name: 'Weak', kind: 'online', passphrase: 'password1234' }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(existsSync(join(made.folder, 'workspaces', 'Weak'))).toBe(false);
  });

  it.skipIf(process.getuid?.() === 0)('says that a folder is read-only', async () => {
    const made = start();
    mkdirSync(join(made.folder, 'workspaces'), { mode: 0o500, recursive: true });
    await expect(made.create()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    chmodSync(join(made.folder, 'workspaces'), 0o700);
  });
});

describe('two that begin in one folder', () => {
  it('the second is refused and touches nothing of the first', async () => {
    const one = start();
    const other = start(one.folder);
    const folder = join(one.folder, 'workspaces', 'Shared');
    const request = { folder, name: 'Shared', kind: 'online', passphrase: PASSPHRASE } as const;
    const ended = await Promise.allSettled([one.vault.create(request), other.vault.create(request)]);
    expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const [winner, loser] = ended[0].status === 'fulfilled' ? [one, other] : [other, one];
    expect(readdirSync(folder)).toContain('workspace.json');
    await expect(loser.vault.open(folder)).rejects.toMatchObject({ code: 'WORKSPACE_IN_USE' });
    await winner.vault.lock();
    await winner.vault.unlock('passphrase', PASSPHRASE);
    expect((await winner.audit.domain.verify({ written: '' })).faults).toEqual([]);
  });
});

describe('a creation that fails', () => {
  it('leaves the open workspace open, and its own folder as it was', async () => {
    const made = start();
    const first = await made.create('First');
    const folder = join(made.folder, 'workspaces', 'Second');
    const random = vi.spyOn(testRandom, 'bytes').mockImplementationOnce(() => {
      throw new Error('no randomness');
    });
    await expect(made.create('Second')).rejects.toThrow('no randomness');
    random.mockRestore();
    expect(made.vault.stateName()).toBe('unlocked');
    expect(made.vault.opened()?.folder).toBe(first);
    expect(existsSync(folder)).toBe(false);
    expect(made.vault.locksAt()).not.toBeNull();
    await made.vault.session().store.run('audit.head', {});
    await made.create('Second');
    expect(made.vault.opened()?.folder).toBe(folder);
    expect(readFileSync(join(first, 'audit.jsonl'), 'utf8')).toContain('another workspace was made');
    expect(made.vault.locksAt()).not.toBeNull();
  });
});
