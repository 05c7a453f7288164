/** Which dialog of a screen stands open, kept in the address ("/audit?open=verify"): a link and the palette open it, too. */
import { formatPath, parsePath, replacePath } from './router.ts';
import type { Route } from './router.ts';

/** `known`: the dialogs of the screen; anything else in the address opens none. */
export function useDialog<T extends string>(
  route: Route,
  known: readonly T[],
): [open: T | null, setOpen: (open: T | null) => void] {
  const open = known.find((name) => name === route.query['open']) ?? null;
  const setOpen = (next: T | null): void => {
    // Its last step may have gone to another screen already.
    if (parsePath(location.hash)?.name !== route.name) return;
    replacePath(formatPath(route.name, route.params, next === null ? {} : { open: next }));
  };
  return [open, setOpen];
}
