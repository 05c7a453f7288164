/** What was just done, with the way back where there is one. Nothing that must be known is said only here. */
import { Undo2, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { dismissToast, useView } from '../app/state.ts';
import type { Toast } from '../app/state.ts';
import { Button } from './button.tsx';
import { ReadingProgress } from './job-progress.tsx';

const SHOWN_MS = 6_000;
const SHOWN_WITH_UNDO_MS = 12_000;

export function Toasts() {
  const toasts = useView((state) => state.toasts);
  const reading = useView((state) => state.reading);
  return (
    <ul className="toasts" aria-label="Messages" aria-live="polite">
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
      <span className="toast-text">{toast.text}</span>
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
