/** What a person is asked when a device wants its PIN. Pure. */
import type { RefusedPin } from '../../store/signer-columns.ts';
import type { Why } from './pins-contract.ts';

/** `stored`: one lies in the vault; `marks`: of what is not sent by itself. */
export function pinQuestion(
  signer: { name: string; kind: string },
  { reason, tries }: Why,
  { stored, marks }: { stored: boolean; marks: readonly RefusedPin[] },
): string {
  const { name, kind } = signer;
  const left =
    tries === 'final' ? ' This is the last try.' : tries === 'low' ? ' A wrong one was given before.' : '';
  if (kind === 'kmip') return `Type the password of ${name}.`;
  if (reason === 'signature') return `Type the PIN of ${name} for this signature.${left}`;
  const why =
    !stored || marks.length === 0
      ? ''
      : marks.every(({ unanswered }) => unanswered === true)
        ? 'The device did not say whether it took the stored PIN. '
        : 'The stored PIN was refused. ';
  return `${why}Type the PIN of ${name}.${left}`;
}
