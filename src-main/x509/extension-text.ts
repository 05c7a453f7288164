/** How an extension reads to a person: one line of text without hidden characters, or nothing when only its bytes are known. It never throws. */
import type { ExtensionView } from '#shared/contract/certificate-view.ts';
import { shownText } from '#shared/hidden-characters.ts';
import { toHex } from '../lib/bytes.ts';
import {
  bigInteger,
  children,
  oidText,
  readTlv,
  readWhole,
  stringValue,
  TAG,
  timeValue,
} from './der-reader.ts';
import {
  type Extension,
  readAccess,
  readAuthorityKeyId,
  readBasicConstraints,
  readCrlNumber,
  readDistributionPoints,
  readExtendedKeyUsage,
  readGeneralNames,
  readKeyUsage,
  readNameConstraints,
  readPolicies,
  readSubjectKeyId,
} from './extension-reader.ts';
import { ACCESS_METHODS, EXTENSION, EXTENSION_NAMES, named } from './oids.ts';
import { X509Error } from './x509-error.ts';

const REASONS = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  '',
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
];

/** The word for a CRLReason (RFC 5280 5.3.1). */
export function reasonText(value: number): string {
  return REASONS[value] || `reason ${value}`;
}

const names = (der: Uint8Array): string =>
  readGeneralNames(der)
    .map(({ type, value }) => `${type}:${value}`)
    .join(', ');
const access = (der: Uint8Array): string =>
  readAccess(der)
    .map(({ method, location }) => `${named(ACCESS_METHODS, method)}: ${location}`)
    .join(', ');

function stepProvisioner(der: Uint8Array): string {
  const [type, name, credential] = children(readTlv(der));
  const kind = type === undefined ? '' : `type ${bigInteger(type, 'the provisioner type')}`;
  return [kind, name, credential]
    .map((part) =>
      typeof part === 'string' ? part : part === undefined ? '' : Buffer.from(part.content).toString('utf8'),
    )
    .filter((part) => part !== '')
    .join(', ');
}

function timestamps(der: Uint8Array): string {
  const list = readWhole(der, TAG.octetString, 'the timestamps').content;
  let count = 0;
  for (let offset = 2; offset + 2 <= list.length; count += 1)
    offset += 2 + ((list[offset] ?? 0) << 8) + (list[offset + 1] ?? 0);
  return `${count} signed certificate ${count === 1 ? 'timestamp' : 'timestamps'}`;
}

const NETSCAPE_TYPES = [
  'SSL client',
  'SSL server',
  'S/MIME',
  'object signing',
  'reserved',
  'SSL CA',
  'S/MIME CA',
  'object signing CA',
];

const TEXTS: Record<string, (der: Uint8Array) => string> = {
  [EXTENSION.basicConstraints](der) {
    const { isCa, pathLength } = readBasicConstraints(der);
    return `CA:${isCa ? 'TRUE' : 'FALSE'}${pathLength === null ? '' : `, pathlen:${pathLength}`}`;
  },
  [EXTENSION.keyUsage]: (der) => readKeyUsage(der).join(', '),
  [EXTENSION.extendedKeyUsage]: (der) => readExtendedKeyUsage(der).join(', '),
  [EXTENSION.subjectAltName]: names,
  [EXTENSION.issuerAltName]: names,
  [EXTENSION.certificateIssuer]: names,
  [EXTENSION.subjectKeyIdentifier]: readSubjectKeyId,
  [EXTENSION.authorityKeyIdentifier]: (der) => readAuthorityKeyId(der) ?? 'issuer and serial only',
  [EXTENSION.certificatePolicies]: (der) => readPolicies(der).join(', '),
  [EXTENSION.crlDistributionPoints]: (der) => readDistributionPoints(der).join(', '),
  [EXTENSION.freshestCrl]: (der) => readDistributionPoints(der).join(', '),
  [EXTENSION.authorityInfoAccess]: access,
  [EXTENSION.subjectInfoAccess]: access,
  [EXTENSION.nameConstraints](der) {
    const { permitted, excluded } = readNameConstraints(der);
    const list = (word: string, found: { type: string; value: string }[]): string[] =>
      found.length === 0 ? [] : [`${word} ${found.map(({ type, value }) => `${type}:${value}`).join(', ')}`];
    return [...list('permitted', permitted), ...list('excluded', excluded)].join('; ');
  },
  [EXTENSION.crlNumber]: (der) => readCrlNumber(der).toString(),
  [EXTENSION.deltaCrlIndicator]: (der) => `base CRL ${readCrlNumber(der)}`,
  [EXTENSION.inhibitAnyPolicy]: (der) => bigInteger(readTlv(der), 'skipCerts').toString(),
  [EXTENSION.policyConstraints]: (der) =>
    children(readTlv(der))
      .map(
        (part) =>
          `${part.tag === 0x80 ? 'require explicit policy' : 'inhibit mapping'}: ${part.content[0] ?? 0}`,
      )
      .join(', '),
  [EXTENSION.policyMappings]: (der) =>
    children(readTlv(der))
      .map((pair) => children(pair).map(oidText).join(' = '))
      .join(', '),
  [EXTENSION.reasonCode]: (der) => reasonText(Number(bigInteger(readTlv(der), 'the reason'))),
  [EXTENSION.invalidityDate]: (der) => timeValue(readTlv(der), 'the invalidity date').toISOString(),
  [EXTENSION.tlsFeature]: (der) =>
    children(readTlv(der))
      .map((part) =>
        bigInteger(part, 'a feature') === 5n ? 'must staple' : `feature ${bigInteger(part, 'a feature')}`,
      )
      .join(', '),
  [EXTENSION.signedCertificateTimestamps]: timestamps,
  [EXTENSION.precertificatePoison]: () => 'this is a pre-certificate',
  [EXTENSION.ocspNoCheck]: () => 'no revocation check for this OCSP responder',
  [EXTENSION.netscapeComment]: (der) => stringValue(readTlv(der)),
  [EXTENSION.netscapeCertType](der) {
    const bits = readTlv(der).content[1] ?? 0;
    return NETSCAPE_TYPES.filter((_name, bit) => (bits & (0x80 >> bit)) !== 0).join(', ');
  },
  [EXTENSION.stepProvisioner]: stepProvisioner,
  [EXTENSION.msTemplateName]: (der) => stringValue(readTlv(der)),
  [EXTENSION.ipAddressBlocks]: () => 'RFC 3779 IP resources',
  [EXTENSION.asIdentifiers]: () => 'RFC 3779 AS resources',
};

/** For reading. A damaged value keeps its bytes and says so. */
export function extensionView({ oid, critical, valueDer }: Extension): ExtensionView {
  let text = '';
  try {
    text = TEXTS[oid]?.(valueDer) ?? '';
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    text = `cannot be read: ${error.message}`;
  }
  return { oid, name: EXTENSION_NAMES[oid] ?? '', critical, text: shownText(text), hex: toHex(valueDer) };
}

/** Names of the extensions that are there more than once, each once (RFC 5280 4.2 allows none). */
export function repeatedExtensions(extensions: readonly Extension[]): string[] {
  const twice = extensions.filter(({ oid }, at) => extensions.findIndex((one) => one.oid === oid) < at);
  return [...new Set(twice.map(({ oid }) => named(EXTENSION_NAMES, oid)))];
}
