/** Which extensions a certificate request asks for that a profile does not give. Names are another matter; nothing is copied. */
import { decoded } from '../x509/certificate-view.ts';
import {
  type Extension,
  readBasicConstraints,
  readExtendedKeyUsage,
  readKeyUsage,
} from '../x509/extension-reader.ts';
import { extensionView } from '../x509/extension-text.ts';
import { EXTENSION } from '../x509/oids.ts';
import type { Profile } from './profile.ts';

/** Asked for and either granted by the profile anyway or made from the request's own fields. */
const LOOKED_AT: readonly string[] = [
  EXTENSION.basicConstraints,
  EXTENSION.keyUsage,
  EXTENSION.extendedKeyUsage,
  EXTENSION.subjectAltName,
  EXTENSION.subjectKeyIdentifier,
];

/** One line each, for reading: "CA:TRUE: to be an authority", "key usage keyCertSign". */
export function askedBeyond(extensions: readonly Extension[], profile: Profile): string[] {
  const lines: string[] = [];
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
  for (const extension of extensions) {
    if (LOOKED_AT.includes(extension.oid)) continue;
    const { name, oid, text } = extensionView(extension);
    lines.push(`extension ${name === '' ? oid : name}${text === '' ? '' : `: ${text}`}`);
  }
  return lines;
}
