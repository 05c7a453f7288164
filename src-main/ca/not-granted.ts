/** What a certificate request asks for beyond what the profile gives: listed for the operator, never copied. */
import { attributeType } from '#shared/contract/issue-draft.ts';
import { SEPARATOR } from '../issuing/name-list.ts';
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

/** One line each, for reading. */
export function notGranted(
  { subject, extensions, otherAttributes }: CertificationRequest,
  profile: Profile,
): string[] {
  const lines: string[] = [];
  for (const { name, value } of nameView(subject).attributes)
    if (!attributeType.safeParse(name).success) lines.push(`subject attribute ${name}: ${value}`);
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
  for (const { type, value } of decoded(extensions, EXTENSION.subjectAltName, readGeneralNames, []))
    if (!['dns', 'ip', 'uri', 'email'].includes(type)) lines.push(`name of type ${type}: ${value}`);
    else if (SEPARATOR.test(value)) lines.push(`name with a separator in it: ${value}`);
  for (const extension of extensions) {
    if (LOOKED_AT.includes(extension.oid)) continue;
    const { name, oid, text } = extensionView(extension);
    lines.push(`extension ${name === '' ? oid : name}${text === '' ? '' : `: ${text}`}`);
  }
  for (const attribute of otherAttributes) lines.push(`attribute ${attribute}`);
  return lines;
}
