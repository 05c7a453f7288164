/**
 * From domains to channels: the method `issue` of the domain `ca` answers the channel `ca.issue`. The types make a
 * missing or misnamed method a compile error, so there is no list to keep.
 */
import { type ChannelName, contract } from '#shared/contract/index.ts';
import type { Calls } from '../lib/calls.ts';
import type { Domain, Handlers } from '../lib/domain.ts';

export type { Domain } from '../lib/domain.ts';

type DomainName = ChannelName extends infer C ? (C extends `${infer D}.${string}` ? D : never) : never;

export type Domains = { [D in DomainName]: Domain<D> };

/** It changes the unlocked workspace. The vault's own channels take turns with the lock themselves. */
function waitedFor(name: string): boolean {
  const { changes, needs } = contract[name as ChannelName];
  return changes && needs === 'unlocked' && !name.startsWith('workspace.');
}

/** One handler per channel, in the shape dispatch wants. `calls` knows of each change while it is under way. */
export function handlersOf(domains: Domains, calls: Calls): Handlers {
  const entries = Object.entries(domains).flatMap(([domain, methods]) =>
    Object.entries(methods).map(([method, handler]) => {
      const name = `${domain}.${method}`;
      const answer = handler as (payload: unknown) => unknown;
      return [name, waitedFor(name) ? (payload: unknown) => calls.during(() => answer(payload)) : answer];
    }),
  );
  // The mapped types above prove that the names and functions fit; Object.fromEntries cannot say so.
  return Object.fromEntries(entries) as Handlers;
}
