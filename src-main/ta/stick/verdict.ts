/** The verdict about one file on a stick, the best of several, and how instants and keys are written in its sentence. */
import type { StickFile, StickOpens } from '#shared/contract/ta-stick.ts';

export interface Verdict {
  state: StickFile['state'];
  says: string;
  opens?: StickOpens | null;
  /** The local child that takes it. */
  child?: string | null;
}
/** The last digits of a key identifier: enough to tell two apart on a screen. */
export const short = (key: string): string => `…${key.slice(-8)}`;

/** The first fits best: what is wanted outweighs what was, and that what was never wanted. */
export const RANK: readonly StickFile['state'][] = [
  'expected',
  'own',
  'done',
  'later',
  'stale',
  'damaged',
  'unexpected',
];
export function best(verdicts: readonly (Verdict | null)[], otherwise: string): Verdict {
  const found = verdicts
    .filter((one) => one !== null)
    .toSorted((a, b) => RANK.indexOf(a.state) - RANK.indexOf(b.state))[0];
  return found ?? { state: 'unexpected', says: otherwise };
}
