import { contract } from '#shared/contract/index.ts';
import { expect, it } from 'vitest';
import { type Domains, handlersOf } from './handlers.ts';

it('maps every method of every domain to the channel of its name', () => {
  const domains: Record<string, Record<string, () => string>> = {};
  for (const name of Object.keys(contract)) {
    const [domain = '', method = ''] = name.split('.');
    (domains[domain] ??= {})[method] = () => name;
  }
  const handlers = handlersOf(domains as unknown as Domains);
  expect(Object.keys(handlers).toSorted()).toEqual(Object.keys(contract).toSorted());
  expect(Object.entries(handlers).every(([name, handler]) => (handler as () => unknown)() === name)).toBe(
    true,
  );
});
