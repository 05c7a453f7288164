/** A child's own file before it is added: its request as XML, or what Krill says of it as JSON. Nobody signs either. */
import { stopped } from '../../lib/sentence.ts';
import { AppError } from '../../lib/app-error.ts';
import { readChildInfo } from '../../rpki/child-info.ts';
import { recogniseFile } from '../../rpki/exchange-file.ts';
import { RpkiError } from '../../rpki/rpki-error.ts';
import { readChildRequestXml } from '../../rpki/setup-xml.ts';
import { parseCertificate } from '../../x509/certificate.ts';
import { readAsn, readIp, asnText, ipText } from '../../rpki/resource-text.ts';
import type { ResourceTexts } from '#shared/contract/ta-proxy.ts';
import type { ResourceSet } from '../../rpki/resource-set.ts';
import { wrongFile } from '../require-file.ts';
import { identityFaults } from '../signer/identity-check.ts';
import { type Identity, identityOf } from '../signer/trust-anchor.ts';

export interface ChildFile {
  name: string;
  handle: string;
  identity: Identity;
}

export function identityFromDer(certificateDer: Uint8Array): Identity {
  return identityOf(parseCertificate(certificateDer).spkiDer, certificateDer);
}

/** Throws AppError INVALID_INPUT when it is something else or cannot be read. */
export function readChildFile(name: string, bytes: Uint8Array): ChildFile {
  const kind = recogniseFile(bytes);
  try {
    if (kind === 'child-request') {
      const { childHandle, identityDer } = readChildRequestXml(bytes);
      return { name, handle: childHandle, identity: identityFromDer(identityDer) };
    }
    if (kind === 'child-info') {
      const { handle, identityDer } = readChildInfo(bytes);
      return { name, handle, identity: identityFromDer(identityDer) };
    }
  } catch (error) {
    if (!(error instanceof RpkiError)) throw error;
    throw new AppError('INVALID_INPUT', `${name} cannot be used: ${error.message}`);
  }
  throw wrongFile(name, bytes, kind, 'child-request', 'child-info');
}

export function childFileFaults({ identity }: ChildFile, now: Date): string[] {
  return identityFaults(identity.certificateDer, now);
}

/** What the operator typed as resources. Throws AppError INVALID_INPUT at every field that is wrong. */
export function typedResources(texts: ResourceTexts): ResourceSet {
  const fields: { path: string; message: string }[] = [];
  const read = <T>(field: keyof ResourceTexts, reader: () => T, none: T): T => {
    try {
      return reader();
    } catch (error) {
      if (!(error instanceof RpkiError)) throw error;
      fields.push({ path: `resources.${field}`, message: stopped(error.message) });
      return none;
    }
  };
  const typed: ResourceSet = {
    asn: read('asn', () => readAsn(texts.asn), []),
    ipv4: read('ipv4', () => readIp(texts.ipv4, 'ipv4'), []),
    ipv6: read('ipv6', () => readIp(texts.ipv6, 'ipv6'), []),
  };
  const [first] = fields;
  if (first !== undefined) throw new AppError('INVALID_INPUT', first.message, { fields });
  return typed;
}

/** As Krill prints them. */
export function resourceTextsOf(set: ResourceSet): ResourceTexts {
  return { asn: asnText(set.asn), ipv4: ipText(set.ipv4, 'ipv4'), ipv6: ipText(set.ipv6, 'ipv6') };
}
