/** A certification request (PKCS#10, RFC 2986): taken apart, its proof of possession checked, its view made. */
import type { Finding } from '#shared/contract/channel.ts';
import type { RequestView } from '#shared/contract/certificate-view.ts';
import { sha256Hex } from '../lib/bytes.ts';
import { decoded } from './certificate-view.ts';
import { wholeOctets, children, expectTag, oidText, readWhole, TAG, type Tlv } from './der-reader.ts';
import { nameView } from './distinguished-name.ts';
import { type Extension, readExtensions, readGeneralNames } from './extension-reader.ts';
import { extensionView, repeatedExtensions } from './extension-text.ts';
import { keyFindings, signatureFindings } from './lint-algorithms.ts';
import { EXTENSION } from './oids.ts';
import { toPem } from './pem.ts';
import { keyView } from './public-key.ts';
import { longFormFindings } from './shortest-form.ts';
import { signatureName, verifySignature } from './verify-signature.ts';
import { X509Error } from './x509-error.ts';

export interface CertificationRequest {
  der: Uint8Array;
  tbsDer: Uint8Array;
  subject: Tlv;
  spkiDer: Uint8Array;
  /** What the extensionRequest attribute asks for. */
  extensions: Extension[];
  /** Names of the other attributes; values are not kept (a challenge password is a secret). */
  otherAttributes: string[];
  signatureAlgorithm: Tlv;
  signature: Uint8Array;
}

const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
const ATTRIBUTE_NAMES: Record<string, string> = {
  '1.2.840.113549.1.9.2': 'unstructuredName',
  '1.2.840.113549.1.9.7': 'challengePassword',
  '1.3.6.1.4.1.311.2.1.14': 'msExtensionRequest',
  '1.3.6.1.4.1.311.13.2.3': 'msOsVersion',
  '1.3.6.1.4.1.311.21.20': 'msClientInfo',
};

/** Throws X509Error when `der` is no PKCS#10 request. */
export function parseRequest(der: Uint8Array): CertificationRequest {
  const [info, signatureAlgorithm, signature] = children(readWhole(der, TAG.sequence, 'the request'));
  if (info === undefined || signatureAlgorithm === undefined || signature === undefined)
    throw new X509Error('a request has three parts');
  const [version, subject, spki, attributes, more] = children(expectTag(info, TAG.sequence, 'the request'));
  expectTag(version, TAG.integer, 'the version of the request');
  // A CRL of version 2 begins alike: INTEGER, SEQUENCE, SEQUENCE. Its times tell it from a request (RFC 5280 5.1).
  if ((attributes !== undefined && attributes.tag !== 0xa0) || more !== undefined)
    throw new X509Error('a request ends with its attributes');
  const extensions: Extension[] = [];
  const otherAttributes: string[] = [];
  for (const attribute of attributes === undefined ? [] : children(attributes)) {
    const [type, values] = children(expectTag(attribute, TAG.sequence, 'an attribute'));
    if (type === undefined || values === undefined) throw new X509Error('an attribute is incomplete');
    const dotted = oidText(type);
    if (dotted === EXTENSION_REQUEST) extensions.push(...children(values).flatMap(readExtensions));
    else otherAttributes.push(ATTRIBUTE_NAMES[dotted] ?? dotted);
  }
  return {
    der,
    tbsDer: info.raw,
    subject: expectTag(subject, TAG.sequence, 'the subject'),
    spkiDer: expectTag(spki, TAG.sequence, 'the public key').raw,
    extensions,
    otherAttributes,
    signatureAlgorithm: expectTag(signatureAlgorithm, TAG.sequence, 'the signature algorithm'),
    signature: wholeOctets(signature, 'the signature'),
  };
}

function possession(holds: boolean): Finding[] {
  if (holds) return [];
  return [
    {
      code: 'CSR_SIGNATURE',
      severity: 'bad',
      text: 'The request is not signed by its own key: whoever made it need not hold that key.',
      where: 'signature',
      clause: 'RFC 2986 3',
    },
  ];
}

/** Everything about one request. Throws X509Error when `der` is none. */
export function requestView(der: Uint8Array): RequestView {
  const request = parseRequest(der);
  const key = keyView(request.spkiDer);
  const names = decoded(request.extensions, EXTENSION.subjectAltName, readGeneralNames, []);
  const holds = verifySignature(request, request.spkiDer) === 'holds';
  const twice = repeatedExtensions(request.extensions).map((name): Finding => ({
    code: 'EXTENSION_TWICE',
    severity: 'bad',
    text: `The request asks twice for ${name}: nobody can say which one it means.`,
    where: name,
    clause: 'RFC 5280 4.2',
  }));
  const noNames: Finding[] =
    names.length > 0
      ? []
      : [
          {
            code: 'CSR_NO_SAN',
            severity: 'careful',
            text: 'The request asks for no subject alternative name; programs today look at nothing else.',
            where: 'subjectAltName',
            clause: 'RFC 9525 2',
          },
        ];
  return {
    kind: 'request',
    sha256: sha256Hex(der),
    subject: nameView(request.subject),
    key,
    signatureAlgorithm: signatureName(request.signatureAlgorithm),
    proofOfPossession: holds,
    names,
    extensions: request.extensions.map(extensionView),
    attributes: request.otherAttributes,
    findings: [
      ...possession(holds),
      ...keyFindings(request.spkiDer),
      ...signatureFindings(signatureName(request.signatureAlgorithm)),
      ...twice,
      ...longFormFindings(der),
      ...noNames,
    ],
    pem: toPem('CERTIFICATE REQUEST', der),
  };
}
