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
  if (reason === 'signature')
    return `Type the signature PIN of ${name}. The key asks for it at each signature: some cards have a PIN of their own for this, others want the one of the login.${left}`;
  const ofLogin = marks.filter(({ signature }) => signature !== true);
  const why =
    !stored || ofLogin.length === 0
      ? ''
      : ofLogin.every(({ unanswered }) => unanswered === true)
        ? 'The device did not say whether it took the stored PIN. '
        : 'The stored PIN was refused. ';
  return `${why}Type the PIN of ${name}.${left}`;
}

/** Why a typed PIN is not sent. */
export const refusedBefore = (name: string, { at }: RefusedPin): string =>
  `${name} refused this PIN on ${at.slice(0, 10)}. Type another. If it has become right again, press “I looked at it” on the page of the signer first.`;
