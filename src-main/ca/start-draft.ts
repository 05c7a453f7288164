/** Drafts that begin from something: a certificate to be renewed or re-keyed, a request somebody sent. */
import { attributeType, type IssueDraft } from '#shared/contract/issue-draft.ts';
import type { CertificateView, NameView, SanView } from '#shared/contract/certificate-view.ts';
import { AppError } from '../lib/app-error.ts';
import { sha256Hex } from '../lib/bytes.ts';
import { sentence } from '../lib/sentence.ts';
import { keyAlgorithmOf } from '../signers/stored-key.ts';
import { REHEARSAL_MARK } from '../issuing/subject-rules.ts';
import type { StoredAuthority, StoredCertificate } from '../store/columns.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { certificateView, decoded } from '../x509/certificate-view.ts';
import { nameView } from '../x509/distinguished-name.ts';
import { readGeneralNames } from '../x509/extension-reader.ts';
import { EXTENSION } from '../x509/oids.ts';
import { recognise } from '../x509/recognise.ts';
import { X509Error } from '../x509/x509-error.ts';
import { whyNoRequest } from './certified-key.ts';
import { requestOf } from './issue-context.ts';
import { SEPARATOR } from '../issuing/name-list.ts';
import { issuePreset, profileOf } from './issue-preset.ts';
import { whyNoReplacement } from './replacement.ts';

/** What Baleen knows of a subject; not-granted.ts lists the rest. */
function subjectOf(name: NameView): IssueDraft['subject'] {
  const subject: IssueDraft['subject'] = [];
  for (const { name: type, value } of name.attributes) {
    const known = attributeType.safeParse(type);
    if (known.success) subject.push({ type: known.data, value });
  }
  // The mark is put there by the workspace, not by the draft.
  return subject.filter(({ value }) => value !== REHEARSAL_MARK.value);
}

/** Everything of an authority's name but what names it alone: an intermediate usually shares it. */
export function organisationOf(der: Uint8Array): IssueDraft['subject'] {
  return subjectOf(nameView(parseCertificate(der).subject)).filter(({ type }) =>
    ['O', 'C', 'ST', 'L', 'DC'].includes(type),
  );
}

function namesOf(names: readonly SanView[]): IssueDraft['names'] {
  const list = (type: SanView['type']): string =>
    names
      // What holds a separator would be split into names nobody asked for; not-granted.ts lists it.
      .filter((name) => name.type === type && !SEPARATOR.test(name.value))
      .map(({ value }) => value)
      .join(', ');
  return { dns: list('dns'), ip: list('ip'), uri: list('uri'), email: list('email') };
}

function statusOf({ crlUrls, ocspUrls, caIssuerUrls }: CertificateView): IssueDraft['status'] {
  return crlUrls.length + ocspUrls.length + caIssuerUrls.length === 0
    ? { mode: 'none' }
    : {
        mode: 'urls',
        crl: crlUrls.join(', '),
        ocsp: ocspUrls.join(', '),
        caIssuers: caIssuerUrls.join(', '),
      };
}

/** A draft for the successor of `row`. Names, limits and places are taken over; the lifetime is the same again. */
export function replacementDraft(options: {
  row: StoredCertificate;
  der: Uint8Array;
  issuer: StoredAuthority | null;
  authority: StoredAuthority | null;
  action: 'renew' | 'rekey';
  now: Date;
}): IssueDraft {
  const { row, der, issuer, authority, action } = options;
  if (row.purpose === '' || row.keyId === null)
    throw new AppError('NOT_ALLOWED_NOW', whyNoReplacement(row, issuer));
  const view = certificateView(der, { now: options.now });
  const preset = issuePreset(row.purpose);
  const seconds = Math.round((Date.parse(row.notAfter) - Date.parse(row.notBefore)) / 1000);
  return {
    ...preset,
    issuer: row.purpose === 'root' ? null : (issuer?.id ?? null),
    subject: subjectOf(view.subject),
    key:
      action === 'renew'
        ? { from: 'existing', key: row.keyId }
        : {
            from: 'new',
            algorithm: keyAlgorithmOf(parseCertificate(der).spkiDer) ?? 'p-256',
            label: '',
          },
    replaces: { certificate: row.id, action },
    lifetimeSeconds: Math.max(1, seconds - preset.backdateSeconds),
    pathLength: row.pathLength,
    leafLimits: authority?.leafLimits ?? preset.leafLimits,
    names: namesOf(view.names),
    status: statusOf(view),
    namesPermitted: view.namesPermitted.map((text) => text.replace(/^(dns|ip):/, '')).join(', '),
  };
}

/** What a leaf takes from a request: its key, subject and names, and nothing else (L-008). */
export type RequestPart = Pick<IssueDraft, 'key' | 'subject' | 'names'>;

/**
 * Reads a request for a draft. Throws AppError INVALID_INPUT when the file holds no request, or several, or one that nothing
 * is signed for.
 */
export function requestPart(name: string, bytes: Uint8Array): RequestPart {
  const refused = (message: string): AppError =>
    new AppError('INVALID_INPUT', message, { file: { name, sha256: sha256Hex(bytes) } });
  let found: Uint8Array[];
  let recognised: string;
  try {
    const reading = recognise(bytes);
    recognised = reading.recognised;
    found = reading.objects.flatMap((object) => (object.kind === 'request' ? [object.der] : []));
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    throw refused(`${name}: ${sentence(error.message)} Choose a certificate request (CSR).`);
  }
  const [der, second] = found;
  if (der === undefined)
    throw refused(`${name} is no certificate request: ${recognised}. Choose a CSR file.`);
  if (second !== undefined) throw refused(`${name} holds ${found.length} requests. Take one at a time.`);
  const request = requestOf(der);
  const no = whyNoRequest(request, profileOf('server').keys.allowed);
  if (no !== null) throw refused(`${name}: ${no.message} ${no.fix}`);
  const names = decoded(request.extensions, EXTENSION.subjectAltName, readGeneralNames, []);
  return {
    subject: subjectOf(nameView(request.subject)),
    key: { from: 'request', requestDer: Buffer.from(der).toString('base64'), name: name.slice(0, 255) },
    names: namesOf(names),
  };
}
