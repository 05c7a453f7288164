/** Small marks: a word with a colour, and a dot with a shape. Colour is never the only sign. */
import type { ReactNode } from 'react';
import { SEVERITY_WORD, SeverityIcon } from './icon.tsx';
import type { Severity } from './icon.tsx';

export type Tone = Severity | 'accent' | 'plain';

export function Tag({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className="tag" data-tone={tone}>
      {children}
    </span>
  );
}

/** How grave it is: colour, icon and word together. */
export function SeverityTag({ severity }: { severity: Severity }) {
  return (
    <Tag tone={severity}>
      <SeverityIcon severity={severity} />
      {SEVERITY_WORD[severity]}
    </Tag>
  );
}

/** `label` is read aloud; leave it out only when the word stands beside it. */
export function Dot({ tone, label }: { tone: Severity; label?: string }) {
  return label === undefined ? (
    <span className="dot" data-tone={tone} aria-hidden />
  ) : (
    <span className="dot" data-tone={tone} role="img" aria-label={label} />
  );
}
