/** A failure that nobody who waits was told of: kept with the child, to be shown until it is mended, and recorded once. */
import type { AppError } from '../../lib/app-error.ts';
import { type ChildDeps, heldChild, keepChild } from './held-child.ts';
import type { LocalChild } from './local-child.ts';

const ACTION = { ask: 'ta.localAsk', refresh: 'ta.localRefresh' } as const;

const SAYS = {
  ask: 'asking the parent failed',
  refresh: 'CRL and manifest could not be made anew',
} as const;

/** As the page and the overview say it. */
export function troubleText({ what, text }: NonNullable<LocalChild['trouble']>): string {
  const said = SAYS[what];
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}: ${text}`;
}

export async function noteTrouble(
  deps: ChildDeps,
  handle: string,
  what: 'ask' | 'refresh',
  { message: text }: AppError,
): Promise<void> {
  // As it is now: what was done before the failure is kept.
  const held = await heldChild(deps, handle);
  const { child } = held;
  // It is looked at every quarter of an hour: the same again is no news.
  if (child.trouble?.what === what && child.trouble.text === text) return;
  await keepChild(
    deps,
    held,
    { child: { ...child, trouble: { what, at: deps.now().toISOString(), text } } },
    { action: ACTION[what], summary: `${handle}: ${SAYS[what]}: ${text}`, subjects: [] },
    'refused',
  );
}
