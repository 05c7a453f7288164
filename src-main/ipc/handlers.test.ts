import { contract } from '#shared/contract/index.ts';
import { expect, it } from 'vitest';
import { createCalls } from '../lib/calls.ts';
import { type Domains, handlersOf } from './handlers.ts';

function domainsThat(answer: (name: string) => unknown): Domains {
  const domains: Record<string, Record<string, () => unknown>> = {};
  for (const name of Object.keys(contract)) {
    const [domain = '', method = ''] = name.split('.');
    (domains[domain] ??= {})[method] = () => answer(name);
  }
  return domains as unknown as Domains;
}

it('maps every method of every domain to the channel of its name', async () => {
  const handlers = handlersOf(
    domainsThat((name) => name),
    createCalls(),
  );
  expect(Object.keys(handlers).toSorted()).toEqual(Object.keys(contract).toSorted());
  for (const [name, handler] of Object.entries(handlers))
    expect(await (handler as () => unknown)()).toBe(name);
});

it('knows of each change of the unlocked workspace while it is under way, and of no call that locks', async () => {
  const waited = new Set<unknown>();
  const handlers = handlersOf(
    domainsThat((name) => name),
    {
      during(run) {
        const answer = run();
        waited.add(answer);
        return Promise.resolve(answer);
      },
      settled: () => Promise.resolve(),
    },
  );
  for (const handler of Object.values(handlers)) await (handler as () => unknown)();
  expect(waited).toContain('keys.export');
  expect(waited).toContain('signers.exportToml');
  const names = [...waited] as (keyof typeof contract)[];
  expect(names.filter((name) => name.startsWith('workspace.'))).toEqual([]);
  expect(names.filter((name) => !contract[name].changes)).toEqual([]);
});

it('waits for all that are under way, also for those that fail', async () => {
  const calls = createCalls();
  const one = Promise.withResolvers<void>();
  const failing = calls.during(() => one.promise);
  let over = false;
  const settled = calls.settled().then(() => (over = true));
  await Promise.resolve();
  expect(over).toBe(false);
  one.reject(new Error('no'));
  await expect(failing).rejects.toThrow('no');
  await settled;
  expect(over).toBe(true);
});
