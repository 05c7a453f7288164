/** A certificate's columns, computed once when it comes in, so that lists never parse. It writes nothing. */
import type { Purpose } from '#shared/contract/issue-draft.ts';
import { sha256Hex } from '../lib/bytes.ts';
import type { Certificate } from '../x509/certificate.ts';
import { certificateFields } from '../x509/certificate-view.ts';
import { shortName } from '../x509/distinguished-name.ts';
import type { AuthorityColumns, NewCertificate } from './columns.ts';

export function certificateColumns(
  certificate: Certificate,
  facts: { id: string; purpose: Purpose | ''; authority: AuthorityColumns | null },
): NewCertificate {
  const { der, subject, issuer } = certificate;
  const view = certificateFields(certificate);
  return {
    id: facts.id,
    purpose: facts.purpose,
    authority: facts.authority,
    der,
    sha256: view.sha256,
    name: shortName(view.subject) || view.names[0]?.value || view.serial,
    subject: view.subject.text,
    issuer: view.issuer.text,
    subjectNameSha256: sha256Hex(subject.raw),
    issuerNameSha256: sha256Hex(issuer.raw),
    serial: view.serial,
    notBefore: view.notBefore,
    notAfter: view.notAfter,
    renewAt: view.renewAt,
    key: view.key.text,
    spkiSha256: view.key.spkiSha256,
    ski: view.subjectKeyId,
    aki: view.authorityKeyId,
    isCa: view.isCa,
    pathLength: view.pathLength,
    selfSigned: view.selfSigned,
    names: view.names.map(({ value }) => value),
  };
}
