/**
 * From domains to channels: the method `issue` of the domain `ca` answers the channel `ca.issue`. The types make a
 * missing or misnamed method a compile error, so there is no list to keep. No behaviour here.
 */
import type { ChannelName } from '#shared/contract/index.ts';
import type { Domain, Handlers } from '../lib/domain.ts';

export type { Domain } from '../lib/domain.ts';

type DomainName = ChannelName extends infer C ? (C extends `${infer D}.${string}` ? D : never) : never;

export type Domains = { [D in DomainName]: Domain<D> };

/** One handler per channel, in the shape dispatch wants. */
export function handlersOf(domains: Domains): Handlers {
  const entries = Object.entries(domains).flatMap(([domain, methods]) =>
    Object.entries(methods).map(([method, handler]) => [`${domain}.${method}`, handler] as const),
  );
  // The mapped types above prove that the names and functions fit; Object.fromEntries cannot say so.
  return Object.fromEntries(entries) as Handlers;
}
