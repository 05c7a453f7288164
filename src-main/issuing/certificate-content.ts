/** An order and a public key turned into the fields of a certificate, extension by extension as the profile says. */
import type { Extension } from '../x509/extension-reader.ts';
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  crlDistributionPoints,
  extendedKeyUsage,
  keyUsage,
  nameConstraints,
  subjectAltName,
  subjectKeyIdentifier,
} from '../x509/extension-writer.ts';
import { nameDer } from '../x509/distinguished-name.ts';
import { keyId, keyView } from '../x509/public-key.ts';
import type { IssuerIdentity, Order } from './order.ts';
import type { ProfileExtension } from './profile.ts';

export interface CertificateContent {
  /** Big-endian, unsigned. */
  serial: Uint8Array;
  issuerDer: Uint8Array;
  subjectDer: Uint8Array;
  notBefore: Date;
  notAfter: Date;
  spkiDer: Uint8Array;
  extensions: Extension[];
}

interface Parts {
  order: Order;
  spkiDer: Uint8Array;
  /** null: it signs itself. */
  issuer: IssuerIdentity | null;
}

function extensionOf(extension: ProfileExtension, { order, spkiDer, issuer }: Parts): Extension | null {
  const { names, status } = order;
  switch (extension.type) {
    case 'basicConstraints':
      return basicConstraints({ isCa: extension.ca, pathLength: order.pathLength }, extension.critical);
    case 'keyUsage': {
      const forRsa = keyView(spkiDer).algorithm === 'RSA' ? extension.forRsa : [];
      return keyUsage([...extension.usages, ...forRsa], extension.critical);
    }
    case 'extendedKeyUsage':
      return extendedKeyUsage(extension.purposes, extension.critical);
    case 'subjectAltName':
      return names.length === 0 ? null : subjectAltName(names, order.subject.length === 0);
    case 'subjectKeyIdentifier':
      return subjectKeyIdentifier(keyId(spkiDer));
    case 'authorityKeyIdentifier':
      return issuer === null ? null : authorityKeyIdentifier(issuer.keyIdentifier);
    case 'nameConstraints':
      return order.permitted.length === 0 ? null : nameConstraints(order.permitted);
    case 'crlDistributionPoints':
      return status.crl.length === 0 ? null : crlDistributionPoints(status.crl);
    case 'authorityInfoAccess':
      return status.ocsp.length === 0 && status.caIssuers.length === 0 ? null : authorityInfoAccess(status);
  }
}

/** What will be signed. Throws X509Error for what the codec cannot write; orders are checked before. */
export function certificateContent(parts: Parts & { serial: Uint8Array }): CertificateContent {
  const { order, spkiDer, issuer, serial } = parts;
  const subjectDer = nameDer(order.subject);
  return {
    serial,
    issuerDer: issuer?.nameDer ?? subjectDer,
    subjectDer,
    notBefore: order.validity.notBefore,
    notAfter: order.validity.notAfter,
    spkiDer,
    extensions: order.profile.extensions.flatMap((extension) => extensionOf(extension, parts) ?? []),
  };
}
