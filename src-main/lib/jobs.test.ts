import { describe, expect, it } from 'vitest';
import { softwareOnly, testClock, testLog, testRandom } from '../testing/test-ports.ts';
import { AppError } from './app-error.ts';
import { createJobs, MOST_AT_LOCK_MS } from './jobs.ts';

function setUp() {
  const clock = testClock();
  const changes: string[] = [];
  const { log, lines } = testLog();
  const jobs = createJobs({
    around: softwareOnly,
    clock,
    random: testRandom,
    log,
    changed: (topic, ids) => changes.push(`${topic}:${ids.length}`),
  });
  return { jobs, changes, lines, clock };
}

/** A promise and the function that fulfils it. */
function gate() {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open: () => open() };
}

async function ended(jobs: ReturnType<typeof setUp>['jobs'], id: string) {
  for (let turn = 0; turn < 50 && jobs.get(id).state === 'running'; turn += 1) await Promise.resolve();
  return jobs.get(id);
}

describe('jobs', () => {
  it('runs, reports and ends with the ids of what it made', async () => {
    const { jobs } = setUp();
    const id = jobs.start({
      kind: 'keys.create',
      title: 'Make a key',
      async run({ report }) {
        report(0.5, 'halfway');
        return ['key-a'];
      },
    });
    expect(jobs.get(id)).toMatchObject({ state: 'running', cancellable: true, endedAt: null });
    expect(await ended(jobs, id)).toMatchObject({
      state: 'done',
      progress: 1,
      step: 'halfway',
      resultIds: ['key-a'],
      error: null,
    });
  });

  it('is cancelled between steps, and not after it committed', async () => {
    const { jobs } = setUp();
    const wait = gate();
    const refused: string[] = [];
    const cancelled = jobs.start({
      kind: 'x',
      title: 'Long work',
      async run({ commit }) {
        await wait.passed;
        commit();
        return [];
      },
      refused: async (error) => void refused.push(error.code),
    });
    await Promise.resolve();
    jobs.cancel(cancelled);
    wait.open();
    expect(await ended(jobs, cancelled)).toMatchObject({ state: 'cancelled', error: { code: 'CANCELLED' } });
    expect(refused).toEqual(['CANCELLED']);

    const second = gate();
    const committed = jobs.start({
      kind: 'x',
      title: 'Long work',
      async run({ commit }) {
        commit();
        await second.passed;
        return ['a'];
      },
    });
    await Promise.resolve();
    expect(() => jobs.cancel(committed)).toThrow('past the point');
    second.open();
    expect((await ended(jobs, committed)).state).toBe('done');
  });

  it('fails with its sentence; a bug fails with a reference to the log', async () => {
    const { jobs, lines } = setUp();
    const sentence = jobs.start({
      kind: 'x',
      title: 'T',
      run: () => Promise.reject(new AppError('DISK_FULL', 'The disk is full.')),
    });
    expect(await ended(jobs, sentence)).toMatchObject({
      state: 'failed',
      error: { code: 'DISK_FULL', message: 'The disk is full.' },
    });
    const bug = jobs.start({ kind: 'x', title: 'T', run: () => Promise.reject(new TypeError('boom')) });
    const { error } = await ended(jobs, bug);
    expect(error?.message).not.toContain('boom');
    expect(lines.join()).toContain('boom');
  });

  it('clears by cancelling what runs and forgetting the rest', async () => {
    const { jobs } = setUp();
    const id = jobs.start({
      kind: 'x',
      title: 'T',
      run: ({ signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        ),
    });
    await Promise.resolve();
    await jobs.clear();
    expect(jobs.list()).toEqual([]);
    expect(() => jobs.get(id)).toThrow('no longer known');
  });
});

describe('ending', () => {
  it('of one that hangs past its cancelling is not waited for for ever, and it is forgotten', async () => {
    const { jobs, clock, lines } = setUp();
    const hang = (): string =>
      jobs.start({
        kind: 'workspace.backup',
        title: 'Backup',
        run({ commit }) {
          commit();
          return new Promise(() => undefined);
        },
      });
    hang();
    await Promise.resolve();
    const clearing = jobs.clear();
    await Promise.resolve();
    clock.advance(MOST_AT_LOCK_MS);
    await expect(clearing).rejects.toThrow('workspace.backup');
    expect(jobs.list()).toEqual([]);
    hang();
    await Promise.resolve();
    const ending = jobs.end();
    await Promise.resolve();
    clock.advance(MOST_AT_LOCK_MS);
    await ending;
    expect(lines.join()).toContain('workspace.backup');
  });

  it('of all but the one that locks, which the lock would otherwise wait for; the last end waits for all', async () => {
    const { jobs } = setUp();
    const wait = gate();
    const locking = jobs.start({
      kind: 'x',
      title: 'Restore',
      async run({ commitToLock }) {
        commitToLock();
        await wait.passed;
        return [];
      },
    });
    const other = jobs.start({
      kind: 'x',
      title: 'Other',
      async run({ signal }) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        signal.throwIfAborted();
        return [];
      },
    });
    await Promise.resolve();
    await jobs.clear();
    expect(() => jobs.get(other)).toThrow('no longer known');
    expect(jobs.get(locking)).toMatchObject({ state: 'running', cancellable: false });
    let over = false;
    const ending = jobs.end().then(() => (over = true));
    await Promise.resolve();
    expect(over).toBe(false);
    wait.open();
    await ending;
    expect(jobs.list()).toEqual([]);
  });
});
