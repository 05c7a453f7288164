/** What the lint's rules share: the facts they look at and how they report. No rule is here. */
import type { Finding } from '#shared/contract/channel.ts';
import type { SanView } from '#shared/contract/certificate-view.ts';
import type { Certificate } from './certificate.ts';
import { X509Error } from './x509-error.ts';

export type Add = (
  code: string,
  severity: Finding['severity'],
  text: string,
  where: string,
  clause: string,
) => void;

/** What the rules look at: the certificate and what its extensions say. */
export interface Facts {
  certificate: Certificate;
  isCa: boolean;
  pathLength: number | null;
  usages: string[] | null;
  purposes: string[] | null;
  names: SanView[] | null;
  selfIssued: boolean;
}

/** The decoded extension, or null when it is not there or damaged (then `extensions` below says so). */
export function optional<T>(certificate: Certificate, oid: string, read: (der: Uint8Array) => T): T | null {
  const found = certificate.extensions.find((extension) => extension.oid === oid);
  try {
    return found === undefined ? null : read(found.valueDer);
  } catch (error) {
    if (error instanceof X509Error) return null;
    throw error;
  }
}
