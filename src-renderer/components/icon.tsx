/**
 * Icons of the four meanings, one place so that colour, shape and word always go together. Every other icon
 * is imported singly where it is used.
 */
import { CircleCheck, CircleX, Info, TriangleAlert } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';

/** Good, careful, bad, note: the four meanings a colour may have. */
export type Severity = 'good' | 'note' | 'careful' | 'bad';

const ICONS: Record<Severity, LucideIcon> = {
  good: CircleCheck,
  note: Info,
  careful: TriangleAlert,
  bad: CircleX,
};

export const SEVERITY_WORD: Record<Severity, string> = {
  good: 'good',
  note: 'note',
  careful: 'careful',
  bad: 'bad',
};

export function SeverityIcon({ severity }: { severity: Severity }) {
  const Icon = ICONS[severity];
  return <Icon aria-hidden className={`tone-${severity}`} />;
}
