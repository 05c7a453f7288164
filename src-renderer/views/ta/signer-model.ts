/** What the steps of the signer's set-up share: their names, their props, the sentence about a field. No component. */
import type { SignerDraft, SignerProblem, SignerStep } from '#shared/contract/ta-setup.ts';

export const SIGNER_STEPS: readonly { id: SignerStep; title: string; heading: string }[] = [
  { id: 'proxy', title: 'The proxy', heading: 'Which proxy may ask this signer?' },
  { id: 'repository', title: 'Its repository', heading: 'Where is it published?' },
  { id: 'locations', title: 'The TAL', heading: 'Where is the TA certificate fetched?' },
  { id: 'timing', title: 'Times', heading: 'How long does everything live?' },
  { id: 'key', title: 'The key', heading: 'Which key is the trust anchor?' },
  { id: 'review', title: 'Review', heading: 'Review before anything is made' },
  { id: 'result', title: 'Signer', heading: 'The signer is set up' },
];

export function signerStepIndex(id: string): number {
  return SIGNER_STEPS.findIndex((step) => step.id === id);
}

export interface SignerStepProps {
  data: SignerDraft;
  change: (part: Partial<SignerDraft>) => void;
  /** The same for a file, which is judged at once. */
  take: (part: Partial<Pick<SignerDraft, 'proxyId' | 'repository' | 'fingerprint'>>) => void;
  problems: readonly SignerProblem[];
  /** A file of the step is being read: Next waits for it. */
  onReading: (reading: boolean) => void;
}

/** The sentence about a field, with what to do; null when it is fine. */
export function signerProblem(problems: readonly SignerProblem[], path: string): string | null {
  const found = problems.find((problem) => problem.path === path);
  return found === undefined ? null : `${found.message} ${found.fix}`.trim();
}
