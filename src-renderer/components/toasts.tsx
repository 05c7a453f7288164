/** What was just done, with the way back where there is one. Nothing that must be known is said only here. */
import { Undo2, X } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';
import { dismissToast, useView } from '../app/state.ts';
import type { Toast } from '../app/state.ts';
import { Button } from './button.tsx';
import { datedText } from './dated.tsx';
import { ReadingProgress } from './job-progress.tsx';

const SHOWN_MS = 6_000;
const SHOWN_WITH_UNDO_MS = 12_000;

const GAP_PX = 8;

/**
 * The content keeps as much room at its foot as the messages take there, so that whatever they cover can be scrolled away from
 * below them; whoever is at the foot when one comes sees the foot above it.
 */
function useRoom(list: RefObject<HTMLUListElement | null>, shown: number): void {
  useLayoutEffect(() => {
    const main = document.querySelector<HTMLElement>('main.main');
    const toasts = list.current;
    if (main === null || toasts === null) return undefined;
    const fit = (): void => {
      const [own, content] = [toasts.getBoundingClientRect(), main.getBoundingClientRect()];
      // In a low window they lie at the top while a dialog is open.
      const covers = shown > 0 && own.height > 0 && own.bottom > content.bottom / 2;
      const room = covers ? Math.max(0, Math.ceil(content.bottom - own.top) + GAP_PX) : 0;
      const scrolls = main.scrollHeight > main.clientHeight;
      const left = main.scrollHeight - main.clientHeight - main.scrollTop;
      const more = room - (Number.parseFloat(main.style.getPropertyValue('--toast-room')) || 0);
      main.style.setProperty('--toast-room', `${room}px`);
      if (scrolls && left < more) main.scrollTop += more - left;
    };
    fit();
    const observer = new ResizeObserver(fit);
    observer.observe(toasts);
    observer.observe(main);
    return () => {
      observer.disconnect();
      main.style.removeProperty('--toast-room');
    };
  }, [list, shown]);
}

export function Toasts() {
  const toasts = useView((state) => state.toasts);
  const reading = useView((state) => state.reading);
  const list = useRef<HTMLUListElement>(null);
  useRoom(list, toasts.length + (reading === null ? 0 : 1));
  return (
    <ul className="toasts" ref={list} aria-label="Messages" aria-live="polite">
      {reading === null ? null : (
        <li className="toast-reading" aria-live="off">
          <ReadingProgress name={reading.name} share={reading.share} />
        </li>
      )}
      {toasts.map((toast) => (
        <ToastItem key={toast.id} toast={toast} />
      ))}
    </ul>
  );
}

function ToastItem({ toast }: { toast: Toast }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => dismissToast(toast.id), toast.undo ? SHOWN_WITH_UNDO_MS : SHOWN_MS);
    return () => clearTimeout(timer);
  }, [held, toast.id, toast.undo]);
  return (
    <li
      className="toast"
      data-tone={toast.tone}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span className="toast-text">{datedText(toast.text)}</span>
      {toast.undo ? (
        <Button
          size="small"
          icon={<Undo2 aria-hidden />}
          onPress={() => {
            toast.undo?.();
            dismissToast(toast.id);
          }}
        >
          Undo
        </Button>
      ) : null}
      <Button
        size="small"
        kind="quiet"
        label="Dismiss"
        icon={<X aria-hidden />}
        onPress={() => dismissToast(toast.id)}
      />
    </li>
  );
}
