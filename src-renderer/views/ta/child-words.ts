/** The words for the states of a local child and its keys. No component. */
import type { ChildKeyView, LocalChildView } from '#shared/contract/ta-child.ts';
import type { Severity } from '../../components/icon.tsx';
import type { Tone } from '../../components/tag.tsx';

export const KEY_STATE: Record<ChildKeyView['state'], { word: string; tone: Tone; says: string }> = {
  pending: { word: 'pending', tone: 'note', says: 'It has no certificate yet and signs nothing.' },
  new: {
    word: 'new',
    tone: 'accent',
    says: 'Certified, and published beside the active key; it waits to take over.',
  },
  active: { word: 'active', tone: 'good', says: 'It signs CRL and manifest.' },
  old: {
    word: 'old',
    tone: 'careful',
    says: 'Replaced; it stays published until the trust anchor has revoked it.',
  },
  revoked: {
    word: 'revoked',
    tone: 'plain',
    says: 'The trust anchor revoked its certificate when it removed the child.',
  },
};

/** The longest handle of a CA of this workspace: it names a folder. */
const MOST_LETTERS = 64;
/** What a field for one takes, so that one that is too long is seen and can be mended. */
export const MOST_TYPED = 1000;

/** Why a CA of this workspace cannot be called so; null when it can. `taken`: handles that are there already. */
export function handleProblem(handle: string, taken: ReadonlySet<string>): string | null {
  if (handle === '') return 'Give it a handle';
  if (taken.has(handle)) return `There is a child called ${handle.slice(0, MOST_LETTERS)} already`;
  if (handle.length > MOST_LETTERS) return `Write at most ${MOST_LETTERS} letters`;
  return /^[-_A-Za-z0-9]+$/.test(handle) ? null : 'Only letters, digits, - and _';
}

export const STEP_WORD: Record<LocalChildView['step'], string> = {
  parent: 'wants its parent',
  repository: 'wants its repository',
  ask: 'has something to ask',
  exchange: 'waits for an exchange',
  running: 'running',
  leaving: 'is being removed',
  removed: 'removed',
};

/** How much a person has to do now: bad when something is broken already. */
export function childSeverity(child: LocalChildView): Severity {
  const worst = (['bad', 'careful'] as const).find((severity) =>
    child.warnings.some((warning) => warning.severity === severity),
  );
  return worst ?? (child.step === 'running' ? 'good' : 'note');
}
