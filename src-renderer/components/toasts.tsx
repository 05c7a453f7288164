/** What was just done, with the way back where there is one. Nothing that must be known is said only here. */
import { Undo2, X } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';
import { dismissToast, useView } from '../app/state.ts';
import type { Toast } from '../app/state.ts';
import { useQuery } from '../app/use-query.ts';
import { Button } from './button.tsx';
import { datedText } from './dated.tsx';
import { JobProgress, ReadingProgress } from './job-progress.tsx';

const SHOWN_MS = 6_000;
const SHOWN_WITH_UNDO_MS = 12_000;

/**
 * The content keeps as much room at its foot as the messages take there (page.css), so that whatever they cover can be scrolled to
 * above them; whoever is at the foot when one comes sees the foot above it.
 */
function useRoom(list: RefObject<HTMLUListElement | null>, shown: number): void {
  useLayoutEffect(() => {
    const main = document.querySelector<HTMLElement>('main.main');
    const toasts = list.current;
    if (main === null || toasts === null || shown === 0) return undefined;
    const fit = (): void => {
      const scrolls = main.scrollHeight > main.clientHeight;
      const atFoot = scrolls && main.scrollHeight - main.clientHeight - main.scrollTop < 2;
      main.dataset['toasts'] = '';
      main.style.setProperty('--toast-height', `${Math.ceil(toasts.getBoundingClientRect().height)}px`);
      if (atFoot) main.scrollTop = main.scrollHeight;
    };
    fit();
    const observer = new ResizeObserver(fit);
    observer.observe(toasts);
    return () => {
      observer.disconnect();
      delete main.dataset['toasts'];
      main.style.removeProperty('--toast-height');
    };
  }, [list, shown]);
}

export function Toasts() {
  const toasts = useView((state) => state.toasts);
  const reading = useView((state) => state.reading);
  // Files that take long to look at or to keep: nobody started a job, so no screen shows it.
  const jobs = useQuery('jobs.list', {}, ['jobs']).data?.jobs ?? [];
  const looking = jobs.filter(({ kind, state }) => kind.startsWith('inspect.') && state === 'running');
  const list = useRef<HTMLUListElement>(null);
  useRoom(list, toasts.length + looking.length + (reading === null ? 0 : 1));
  return (
    <ul className="toasts" ref={list} aria-label="Messages" aria-live="polite">
      {looking.map(({ id }) => (
        <li key={id} className="toast-reading" aria-live="off">
          <JobProgress id={id} />
        </li>
      ))}
      {reading === null || looking.length > 0 ? null : (
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
