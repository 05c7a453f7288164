/** A certification request (PKCS#10, RFC 2986): taken apart, its proof of possession checked, its view made. */
import type { Finding } from '#shared/contract/channel.ts';
import type { RequestView } from '#shared/contract/certificate-view.ts';
import { sha256Hex } from '../lib/bytes.ts';
import { decoded, shownNames } from './certificate-view.ts';
import {
  bigInteger,
  children,
  exactly,
  expectTag,
  oidText,
  optional,
  readWhole,
  TAG,
  type Tlv,
  wholeOctets,
} from './der-reader.ts';
import { nameView } from './distinguished-name.ts';
import { type Extension, readExtensions, readGeneralNames } from './extension-reader.ts';
import { extensionView, repeatedExtensions } from './extension-text.ts';
import { keyFindings, signatureFindings } from './lint-algorithms.ts';
import { EXTENSION } from './oids.ts';
import { hiddenInName, hiddenInNames } from './lint-hidden.ts';
import { toPem } from './pem.ts';
import { keyView } from './public-key.ts';
import { longFormFindings } from './shortest-form.ts';
import { signatureName, verifySignature } from './verify-signature.ts';

export interface CertificationRequest {
  der: Uint8Array;
  tbsDer: Uint8Array;
  /** 0 for PKCS#10 1.7, the only one. */
  version: bigint;
  subject: Tlv;
  spkiDer: Uint8Array;
  /** What all extensionRequest attributes ask for, in their order. */
  extensions: Extension[];
  /** Names of the other attributes; values are not kept (a challenge password is a secret). */
  otherAttributes: string[];
  /** How many attributes there are in all. */
  attributeCount: number;
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
  const whole = 'the request';
  const [info, signatureAlgorithm, signature] = exactly(
    readWhole(der, TAG.sequence, whole),
    whole,
    TAG.sequence,
    TAG.sequence,
    TAG.bitString,
  );
  // A CRL of version 2 begins alike: INTEGER, SEQUENCE, SEQUENCE. Its times tell it from a request (RFC 5280 5.1).
  const [version, subject, spki, attributes] = exactly(
    info,
    whole,
    TAG.integer,
    TAG.sequence,
    TAG.sequence,
    optional(0xa0),
  );
  const extensions: Extension[] = [];
  const otherAttributes: string[] = [];
  const all = attributes === undefined ? [] : children(attributes);
  for (const attribute of all) {
    const what = 'an attribute';
    const [type, values] = exactly(expectTag(attribute, TAG.sequence, what), what, TAG.oid, TAG.set);
    const dotted = oidText(type);
    if (dotted === EXTENSION_REQUEST) extensions.push(...children(values).flatMap(readExtensions));
    else otherAttributes.push(ATTRIBUTE_NAMES[dotted] ?? dotted);
  }
  return {
    der,
    tbsDer: info.raw,
    version: bigInteger(version, 'the version'),
    subject,
    spkiDer: spki.raw,
    extensions,
    otherAttributes,
    attributeCount: all.length,
    signatureAlgorithm,
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
  const subject = nameView(request.subject);
  return {
    kind: 'request',
    sha256: sha256Hex(der),
    subject,
    key,
    signatureAlgorithm: signatureName(request.signatureAlgorithm),
    proofOfPossession: holds,
    names: shownNames(names),
    extensions: request.extensions.map(extensionView),
    attributes: request.otherAttributes,
    findings: [
      ...possession(holds),
      ...keyFindings(request.spkiDer),
      ...signatureFindings(signatureName(request.signatureAlgorithm)),
      ...hiddenInName('subject', subject),
      ...hiddenInNames(names),
      ...twice,
      ...longFormFindings(der),
      ...noNames,
    ],
    pem: toPem('CERTIFICATE REQUEST', der),
  };
}
