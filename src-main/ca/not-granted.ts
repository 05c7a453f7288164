/** What a certificate request asks for beyond what the profile gives: listed for the operator, never copied. */
import { attributeType, type IssueDraft } from '#shared/contract/issue-draft.ts';
import { type NameType, readAlternativeName } from '../issuing/alternative-name.ts';
import { readNames, SEPARATOR } from '../issuing/name-list.ts';
import { shownText } from '#shared/hidden-characters.ts';
import type { Profile } from '../issuing/profile.ts';
import { decoded } from '../x509/certificate-view.ts';
import { nameView } from '../x509/distinguished-name.ts';
import {
  readBasicConstraints,
  readExtendedKeyUsage,
  readGeneralNames,
  readKeyUsage,
} from '../x509/extension-reader.ts';
import { extensionView } from '../x509/extension-text.ts';
import { EXTENSION } from '../x509/oids.ts';
import type { CertificationRequest } from '../x509/request.ts';

/** Asked for and either granted by the profile anyway or made from the request's own fields. */
const LOOKED_AT: readonly string[] = [
  EXTENSION.basicConstraints,
  EXTENSION.keyUsage,
  EXTENSION.extendedKeyUsage,
  EXTENSION.subjectAltName,
  EXTENSION.subjectKeyIdentifier,
];

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
  const { isCa } = decoded(extensions, EXTENSION.basicConstraints, readBasicConstraints, {
    isCa: false,
    pathLength: null,
  });
  if (isCa) lines.push('CA:TRUE: to be an authority');
  const allowed = new Set(
    profile.extensions.flatMap((extension): string[] => {
      if (extension.type === 'keyUsage') return [...extension.usages, ...extension.forRsa];
      return extension.type === 'extendedKeyUsage' ? extension.purposes : [];
    }),
  );
  for (const usage of decoded(extensions, EXTENSION.keyUsage, readKeyUsage, []))
    if (!allowed.has(usage)) lines.push(`key usage ${usage}`);
  for (const purpose of decoded(extensions, EXTENSION.extendedKeyUsage, readExtendedKeyUsage, []))
    if (!allowed.has(purpose)) lines.push(`purpose ${purpose}`);
  const names = new Set(readNames(given.names).names.map(({ type, value }) => sameName(type, value)));
  for (const { type, value } of decoded(extensions, EXTENSION.subjectAltName, readGeneralNames, []))
    if (!['dns', 'ip', 'uri', 'email'].includes(type)) lines.push(`name of type ${type}: ${value}`);
    else if (SEPARATOR.test(value)) lines.push(`name with a separator in it: ${value}`);
    else if (!names.has(sameName(type as NameType, value)))
      lines.push(`${NAME_WORDS[type as NameType]} ${value}`);
  for (const extension of extensions) {
    if (LOOKED_AT.includes(extension.oid)) continue;
    const { name, oid, text } = extensionView(extension);
    lines.push(`extension ${name === '' ? oid : name}${text === '' ? '' : `: ${text}`}`);
  }
  for (const attribute of otherAttributes) lines.push(`attribute ${attribute}`);
  return lines.map(shownText);
}
