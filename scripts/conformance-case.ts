/** One case of a conformance suite and what became of it. */
import type { Fault } from '../src-main/rpki/fault.ts';

export interface Result {
  id: string;
  expected: string;
  /** "no verdict": the case itself cannot be judged. */
  got: string;
  /** Why it was refused. */
  why: string[];
}

export const faultTexts = (faults: readonly Fault[]): string[] =>
  faults.map(({ text, clause }) => `${text} (${clause})`);

/** A case that cannot be judged (a file that is not there, a state that cannot be read) is a miss; the others go on. */
export function verdictOf(judge: () => Pick<Result, 'got' | 'why'>): Pick<Result, 'got' | 'why'> {
  try {
    return judge();
  } catch (error) {
    return { got: 'no verdict', why: [error instanceof Error ? error.message : String(error)] };
  }
}
