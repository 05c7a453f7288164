/** What a certificate request asks for beyond what the profile gives: listed for the operator, never copied. */
import { attributeType, type IssueDraft } from '#shared/contract/issue-draft.ts';
import { type NameType, readAlternativeName } from '../issuing/alternative-name.ts';
import { readNames, SEPARATOR } from '../issuing/name-list.ts';
import { shownText } from '#shared/hidden-characters.ts';
import { askedBeyond } from '../issuing/asked-beyond.ts';
import type { Profile } from '../issuing/profile.ts';
import { decoded } from '../x509/certificate-view.ts';
import { nameView } from '../x509/distinguished-name.ts';
import { readGeneralNames } from '../x509/extension-reader.ts';
import { EXTENSION } from '../x509/oids.ts';
import type { CertificationRequest } from '../x509/request.ts';

const NAME_WORDS: Record<NameType, string> = {
  dns: 'DNS name',
  ip: 'IP address',
  uri: 'URI',
  email: 'e-mail address',
};

/** The same for two spellings of one name. */
function sameName(type: NameType, value: string): string {
  const reading = readAlternativeName(value, type);
  return reading.ok ? `${reading.name.type} ${reading.name.value}` : `${type} ${value}`;
}

/** `given`: what the operator left of it in the draft. One line each, for reading. */
export function notGranted(
  { subject, extensions, otherAttributes }: CertificationRequest,
  profile: Profile,
  given: Pick<IssueDraft, 'subject' | 'names'>,
): string[] {
  const lines: string[] = [];
  const kept = given.subject.map(({ type, value }) => `${type} ${value}`);
  for (const { name, value } of nameView(subject).attributes)
    if (!attributeType.safeParse(name).success || !kept.includes(`${name} ${value}`))
      lines.push(`subject attribute ${name}: ${value}`);
  lines.push(...askedBeyond(extensions, profile));
  const names = new Set(readNames(given.names).names.map(({ type, value }) => sameName(type, value)));
  for (const { type, value } of decoded(extensions, EXTENSION.subjectAltName, readGeneralNames, []))
    if (!['dns', 'ip', 'uri', 'email'].includes(type)) lines.push(`name of type ${type}: ${value}`);
    else if (SEPARATOR.test(value)) lines.push(`name with a separator in it: ${value}`);
    else if (!names.has(sameName(type as NameType, value)))
      lines.push(`${NAME_WORDS[type as NameType]} ${value}`);
  for (const attribute of otherAttributes) lines.push(`attribute ${attribute}`);
  return lines.map(shownText);
}
