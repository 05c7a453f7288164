/**
 * Where the focus goes when a dialog has closed: back to what opened it. React Aria does that unless the button was drawn
 * anew or has gone meanwhile, because what was done in the dialog changed the page; then nobody would have the focus.
 */
import { useEffect, useEffectEvent, useRef, type RefObject } from 'react';

/** What a finished step changes on the page arrives by then. */
const WATCHED_MS = 3000;

const nameOf = (element: Element): string => element.getAttribute('aria-label') ?? element.textContent;

/** The opener, or the button of its name that stands in its place, or the page's heading. */
function place(opener: HTMLElement | null): HTMLElement | null {
  if (opener?.isConnected && opener !== document.body) return opener;
  const same =
    opener === null || opener === document.body
      ? undefined
      : [...document.querySelectorAll<HTMLElement>('main button, main a')].find(
          (one) => one.tagName === opener.tagName && nameOf(one) === nameOf(opener),
        );
  return same ?? document.querySelector<HTMLElement>('main [data-page-heading]');
}

const nobodyHasIt = (): boolean =>
  document.activeElement === null || document.activeElement === document.body;

/** Ends the watch over the dialog that closed last. */
let endWatch = (): void => undefined;

function giveBack(opener: HTMLElement | null): void {
  endWatch();
  const look = (): void => {
    if (nobodyHasIt()) place(opener)?.focus({ preventScroll: true });
  };
  let frame = 0;
  // In a frame of its own: between the field that Tab leaves and the next one nobody has the focus, and a hint that goes with the
  // first one changes the page just then.
  const observer = new MutationObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(look);
  });
  let ended = false;
  const end = (): void => {
    ended = true;
    observer.disconnect();
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
  const timer = setTimeout(end, WATCHED_MS);
  endWatch = end;
  // After React Aria had its turn.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      if (ended) return;
      look();
      observer.observe(document.body, { childList: true, subtree: true });
    }),
  );
}

/**
 * For the content: where the button that was pressed goes with what it did ("Make the proxy"), the focus goes to what stands there
 * under its name, or to the heading. What is somewhere else by then, or in a table that draws its rows anew, is left alone.
 */
export function useFocusKept(content: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const node = content.current;
    if (node === null) return undefined;
    let last: { element: HTMLElement; table: Element | null } | null = null;
    const came = ({ target }: FocusEvent): void => {
      last =
        target instanceof HTMLElement && target !== node && node.contains(target)
          ? { element: target, table: target.closest('table, [role="grid"], [role="table"]') }
          : null;
    };
    const went = ({ relatedTarget }: FocusEvent): void => {
      if (relatedTarget !== null) return;
      // Somebody pressed on an empty place; what was taken away is not there any more.
      queueMicrotask(() => {
        if (last?.element.isConnected === true) last = null;
      });
    };
    const look = (): void => {
      if (last === null || last.element.isConnected || last.table?.isConnected === true) return;
      const { element } = last;
      last = null;
      // After whoever does it by itself: a dialog that opens, a new page, a next step.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          if (nobodyHasIt() && node.isConnected) place(element)?.focus({ preventScroll: true });
        }),
      );
    };
    const observer = new MutationObserver(look);
    observer.observe(node, { childList: true, subtree: true });
    document.addEventListener('focusin', came);
    document.addEventListener('focusout', went);
    return () => {
      observer.disconnect();
      document.removeEventListener('focusin', came);
      document.removeEventListener('focusout', went);
    };
  }, [content]);
}

/** For every dialog: remembers what has the focus when it opens, and gives it back when it closes or goes. */
export function useFocusBack(open: boolean): void {
  const opener = useRef<HTMLElement | null>(null);
  const was = useRef(false);
  // While it is drawn: its first field takes the focus as soon as it is there.
  if (open && !was.current && document.activeElement instanceof HTMLElement)
    opener.current = document.activeElement;
  was.current = open;
  useEffect(() => {
    if (!open) return undefined;
    endWatch();
    return () => giveBack(opener.current);
  }, [open]);
}

/**
 * For the overlay of every dialog. Escape closes the uppermost dialog also while nobody has the focus: a step in it has just taken away the button that
 * had it, and what comes instead has not got it yet.
 */
export function useEscapeFromNowhere(open: boolean, onClose: () => void): RefObject<HTMLDivElement | null> {
  const close = useEffectEvent(onClose);
  const overlay = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const pressed = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.target !== document.body || event.defaultPrevented) return;
      if (overlay.current === [...document.querySelectorAll('.modal-shade')].at(-1)) close();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [open]);
  return overlay;
}
