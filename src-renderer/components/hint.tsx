/**
 * A short text that appears on hover and focus and belongs to what it is about (`aria-describedby`).
 * Never the only place of something the operator must know.
 */
import { createContext, useContext, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { createPortal } from 'react-dom';

/** false inside large tables: their rows are one tab stop, not one per date. */
export const TabStops = createContext(true);

/** `text` empty: nothing is shown, and the children keep their place, their state and their focus. */
export function Hint(props: { text: string; children: ReactNode; focusable?: boolean; className?: string }) {
  const anchor = useRef<HTMLSpanElement>(null);
  const [shown, setShown] = useState(false);
  const id = useId();
  const tabStops = useContext(TabStops);

  useEffect(() => {
    if (!shown) return;
    const hide = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') setShown(false);
    };
    window.addEventListener('keydown', hide, true);
    return () => window.removeEventListener('keydown', hide, true);
  }, [shown]);

  // What describes is attached to the control itself when there is one, otherwise to the text.
  useEffect(() => {
    const control = anchor.current?.querySelector('button, a, input') ?? anchor.current;
    if (!control || !shown || props.text === '') return;
    control.setAttribute('aria-describedby', id);
    return () => control.removeAttribute('aria-describedby');
  }, [shown, id, props.text]);

  return (
    <>
      <span
        ref={anchor}
        className={`hint-anchor ${props.className ?? ''}`}
        {...(props.focusable && tabStops ? { tabIndex: 0 } : {})}
        onPointerEnter={() => setShown(true)}
        onPointerLeave={() => setShown(false)}
        onFocus={() => setShown(true)}
        onBlur={() => setShown(false)}
      >
        {props.children}
      </span>
      {shown && props.text !== '' && anchor.current ? (
        <HintBox id={id} anchor={anchor.current} text={props.text} />
      ) : null}
    </>
  );
}

function HintBox({ id, anchor, text }: { id: string; anchor: HTMLElement; text: string }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const node = box.current;
    if (!node) return;
    // A button's anchor has no box of its own (display: contents).
    const at = (anchor.querySelector('button') ?? anchor).getBoundingClientRect();
    const size = node.getBoundingClientRect();
    const below = at.bottom + 6 + size.height < window.innerHeight;
    const left = Math.max(8, Math.min(at.left, window.innerWidth - size.width - 8));
    node.style.left = `${left}px`;
    node.style.top = `${below ? at.bottom + 6 : Math.max(8, at.top - size.height - 6)}px`;
  }, [anchor, text]);
  return createPortal(
    <div ref={box} id={id} role="tooltip" className="hint">
      {text}
    </div>,
    document.body,
  );
}
