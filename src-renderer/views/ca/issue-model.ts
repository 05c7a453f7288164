/** What the wizard's steps share: their props, names of purposes, units of time. No component and no data of its own. */
import type { IssueDraft, Purpose, Review } from '#shared/contract/issue-draft.ts';
import type { Option } from '../../components/choices.tsx';

export type StepId = 'purpose' | 'key' | 'validity' | 'names' | 'review' | 'result';

export const PURPOSES: readonly Option<Purpose>[] = [
  {
    value: 'root',
    label: 'Root CA',
    detail: 'The anchor. It signs itself and intermediates; its key is used rarely.',
  },
  {
    value: 'intermediate',
    label: 'Intermediate CA',
    detail: 'Signed by a root. It issues the everyday certificates.',
  },
  { value: 'server', label: 'Server certificate', detail: 'For a service that clients connect to by name.' },
  { value: 'client', label: 'Client certificate', detail: 'For a program or person that proves who it is.' },
  {
    value: 'server-client',
    label: 'Server and client certificate',
    detail: 'For services that also connect to each other.',
  },
];

export function isAuthority(purpose: Purpose): boolean {
  return purpose === 'root' || purpose === 'intermediate';
}

export function purposeName(purpose: Purpose): string {
  return PURPOSES.find(({ value }) => value === purpose)?.label ?? purpose;
}

export interface StepProps {
  data: IssueDraft;
  /** Changes part of the draft; it is stored when the step is left. */
  change: (part: Partial<IssueDraft>) => void;
  /** Problems of this step, as main found them when the step was last left. */
  problems: Review['problems'];
}

/** The sentence about a field, with what to do; null when it is fine. Matches the path itself and what lies below it. */
export function problemOf(problems: Review['problems'], path: string): string | null {
  const found = problems.find((problem) => problem.path === path || problem.path.startsWith(`${path}.`));
  return found === undefined ? null : `${found.message} ${found.fix}`.trim();
}

export const UNITS = [
  { value: 'hours', label: 'hours', seconds: 3600 },
  { value: 'days', label: 'days', seconds: 86_400 },
  { value: 'years', label: 'years of 365 days', seconds: 31_536_000 },
  { value: 'minutes', label: 'minutes', seconds: 60 },
] as const;
export type Unit = (typeof UNITS)[number]['value'];

export function unitSeconds(unit: Unit): number {
  return UNITS.find(({ value }) => value === unit)?.seconds ?? 1;
}

/** The largest unit that says it in whole numbers. */
export function unitFor(seconds: number): Unit {
  return (
    (['years', 'days', 'hours'] as const).find(
      (unit) => seconds % unitSeconds(unit) === 0 && seconds !== 0,
    ) ?? 'minutes'
  );
}

/** The data that will be stored: rows without a value are not. */
export function stored(data: IssueDraft, rows: IssueDraft['subject']): IssueDraft {
  return { ...data, subject: rows.filter(({ value }) => value !== '') };
}

export const STEPS: readonly { id: StepId; title: string; heading: string }[] = [
  { id: 'purpose', title: 'Purpose and name', heading: 'What is it for, and what is it called?' },
  { id: 'key', title: 'Key', heading: 'Which key does it get?' },
  { id: 'validity', title: 'Validity and limits', heading: 'How long does it live?' },
  { id: 'names', title: 'Names', heading: 'Which names?' },
  { id: 'review', title: 'Review and sign', heading: 'Review what will be signed' },
  { id: 'result', title: 'Result', heading: 'It is signed' },
];

/** Its place in the wizard; -1 for none of them. */
export function stepIndex(id: string): number {
  return STEPS.findIndex((step) => step.id === id);
}

/** "root CA", "server certificate": inside a sentence. */
export function whatOf(data: IssueDraft): string {
  return purposeName(data.purpose).replace(/^./, (letter) => letter.toLowerCase());
}

/** What the wizard is called: "New root CA", "Renew: server certificate". */
export function wizardTitle(data: IssueDraft): string {
  const what = whatOf(data);
  if (data.replaces !== null) return `${data.replaces.action === 'renew' ? 'Renew' : 'New key'}: ${what}`;
  return `New ${what}`;
}
