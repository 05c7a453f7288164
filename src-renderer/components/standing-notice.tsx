/** A remark that stands on every screen: one line, and the whole of it on demand where that is longer. */
import { useLayoutEffect, useState } from 'react';
import { Button } from './button.tsx';
import { useWidth } from './fitting-columns.ts';
import { SeverityIcon } from './icon.tsx';
import type { Severity } from './icon.tsx';

interface StandingNoticeProps {
  severity: Severity;
  text: string;
  /** What it is about, for who hears "More" without seeing the line: "the recovery key". */
  about: string;
  link?: { href: string; label: string };
}

export function StandingNotice({ severity, text, about, link }: StandingNoticeProps) {
  const [line, setLine] = useState<HTMLElement | null>(null);
  const [open, setOpen] = useState(false);
  const [cut, setCut] = useState(false);
  const width = useWidth(line);
  useLayoutEffect(() => {
    if (line !== null && !open) setCut(line.scrollWidth > line.clientWidth);
  }, [line, open, width, text]);
  return (
    <div className="notice standing-notice" data-severity={severity} data-open={open || undefined}>
      <SeverityIcon severity={severity} />
      <span className="standing-text" ref={setLine}>
        {text}
      </span>{' '}
      {link === undefined ? null : <a href={link.href}>{link.label}</a>}
      {cut || open ? (
        <Button size="small" kind="quiet" expanded={open} onPress={() => setOpen(!open)}>
          {open ? 'Less' : 'More'}
          <span className="visually-hidden"> about {about}</span>
        </Button>
      ) : null}
    </div>
  );
}
