/** What goes onto paper and nothing else: shown only while it is printed, in place of the screen. */
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { createPortal } from 'react-dom';

/** Answers the function that prints `content`, and the node to render. */
export function usePrintedCard(content: ReactNode): { print: () => void; sheet: ReactNode } {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    if (!printing) return;
    const end = (): void => setPrinting(false);
    window.addEventListener('afterprint', end);
    window.print();
    // Some shells tell nothing when the dialog is cancelled.
    const timer = setTimeout(end, 1000);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('afterprint', end);
    };
  }, [printing]);
  return {
    print: () => setPrinting(true),
    sheet: printing
      ? createPortal(
          <div className="print-only" aria-hidden>
            {content}
          </div>,
          document.body,
        )
      : null,
  };
}
