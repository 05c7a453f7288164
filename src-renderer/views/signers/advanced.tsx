/** The folded part of a form: it opens by itself when something in it is wrong. */
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import type { Problems } from './signer-form.ts';

export function Advanced(props: {
  summary: string;
  problems: Problems;
  /** The fields it holds, as paths or their beginnings. */
  holds: readonly string[];
  children: ReactNode;
}) {
  const wrong = Object.entries(props.problems).some(
    ([path, text]) => text !== undefined && props.holds.some((held) => path.startsWith(`settings.${held}`)),
  );
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (wrong) setOpen(true);
  }, [wrong]);
  return (
    <details className="details" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{props.summary}</summary>
      <div className="stack advanced">{props.children}</div>
    </details>
  );
}
