/** Names that do not read as they are: hidden characters in what a certificate or request calls somebody (RFC 9549 2). */
import type { NameView, SanView } from '#shared/contract/certificate-view.ts';
import type { Finding } from '#shared/contract/channel.ts';
import { hiddenIn } from '#shared/hidden-characters.ts';

/** A joiner may belong to a script, and UTF-8 in a string of another type gives controls above U+007F; these never name anybody. */
function lies(value: string): boolean {
  return /\p{Bidi_Control}/u.test(value) || value.split('').some((one) => one < ' ' || one === '\u007f');
}

function found(where: string, what: string, value: string): Finding[] {
  const hidden = hiddenIn(value);
  if (hidden.length === 0) return [];
  return [
    {
      code: 'NAME_HIDDEN_CHARACTERS',
      severity: lies(value) ? 'bad' : 'careful',
      text: `${what} holds ${hidden.slice(0, 5).join(', ')}: elsewhere it may read as another name. Ask its maker before you trust it.`,
      where,
      clause: 'RFC 9549 2, UAX #9 2',
    },
  ];
}

/** One finding for each attribute of a distinguished name that holds some. `where`: "subject" or "issuer". */
export function hiddenInName(where: string, name: NameView): Finding[] {
  return name.attributes.flatMap(({ name: type, value }) =>
    found(where, `The ${type} of the ${where}`, value),
  );
}

/** One finding for each alternative name that holds some. */
export function hiddenInNames(names: readonly SanView[]): Finding[] {
  return names.flatMap(({ type, value }) => found('subjectAltName', `A name of type ${type}`, value));
}
