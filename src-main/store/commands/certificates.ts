/** Adding, finding and forgetting certificates. Lists for the screens are inventory.ts. */
import { AppError } from '../../lib/app-error.ts';
import { change, read, type Tx } from '../command.ts';
import type { NewCertificate, NewKey, StoredCertificate } from '../columns.ts';
import { selectCertificates } from './certificate-rows.ts';
import { endDraft } from './drafts.ts';
import { insertKey } from './keys.ts';
import { takeOnce } from './ledger.ts';

/** Throws AppError NOT_FOUND. */
export function findCertificate(tx: Tx, id: string): StoredCertificate {
  const [found] = selectCertificates(tx, 'c.id = $id', { id });
  if (found === undefined)
    throw new AppError('NOT_FOUND', 'This certificate is no longer in the workspace.', { ids: [id] });
  return found;
}

interface Origin {
  source: StoredCertificate['source'];
  action: StoredCertificate['action'];
  issuerId: string | null;
  replaces: string | null;
  lineage: string;
}

/** Serial numbers as people paste them: hex, hex in pairs, decimal. */
function serialForms(serial: string): string {
  return `${serial} ${serial.replaceAll(/(..)(?!$)/g, '$1:')} ${BigInt(`0x${serial || '0'}`)}`;
}

/** Writes the rows of one certificate; its key is found by its public half. */
export function insertCertificate(tx: Tx, certificate: NewCertificate, origin: Origin): void {
  const key = tx.get<{ id: string }>(
    'SELECT id FROM keys WHERE spki_sha256 = $spki AND destroyed_at IS NULL',
    { spki: certificate.spkiSha256 },
  );
  tx.run(
    `INSERT INTO certificates (id, sha256, name, subject, issuer, subject_name_sha256, issuer_name_sha256, serial,
      not_before, not_after, renew_at, key, spki_sha256, ski, aki, is_ca, path_length, self_signed, purpose, source,
      action, issuer_id, key_id, replaces, lineage, added_at, names, serials)
    VALUES ($id, $sha256, $name, $subject, $issuer, $subjectNameSha256, $issuerNameSha256, $serial,
      $notBefore, $notAfter, $renewAt, $key, $spkiSha256, $ski, $aki, $isCa, $pathLength, $selfSigned, $purpose, $source,
      $action, $issuerId, $keyId, $replaces, $lineage, $addedAt, $names, $serials)`,
    {
      id: certificate.id,
      sha256: certificate.sha256,
      name: certificate.name,
      subject: certificate.subject,
      issuer: certificate.issuer,
      subjectNameSha256: certificate.subjectNameSha256,
      issuerNameSha256: certificate.issuerNameSha256,
      serial: certificate.serial,
      notBefore: Date.parse(certificate.notBefore),
      notAfter: Date.parse(certificate.notAfter),
      renewAt: Date.parse(certificate.renewAt),
      key: certificate.key,
      spkiSha256: certificate.spkiSha256,
      ski: certificate.ski,
      aki: certificate.aki,
      isCa: Number(certificate.isCa),
      pathLength: certificate.pathLength,
      selfSigned: Number(certificate.selfSigned),
      purpose: certificate.purpose,
      source: origin.source,
      action: origin.action,
      issuerId: origin.issuerId,
      keyId: key?.id ?? null,
      replaces: origin.replaces,
      lineage: origin.lineage,
      addedAt: tx.atMs,
      names: certificate.names.join(' '),
      serials: serialForms(certificate.serial),
    },
  );
  tx.run('INSERT INTO certificate_der (id, der) VALUES ($id, $der)', {
    id: certificate.id,
    der: certificate.der,
  });
  if (certificate.authority !== null)
    tx.run(
      'INSERT INTO authorities (certificate_id, purpose, limits, version) VALUES ($id, $purpose, $limits, 1)',
      {
        id: certificate.id,
        purpose: certificate.authority.purpose,
        limits: JSON.stringify(certificate.authority.leafLimits),
      },
    );
}

export interface IssueArgs {
  certificate: NewCertificate;
  /** Made for this certificate; null when the key exists or the operator keeps it (request). */
  key: NewKey | null;
  /** null for a root. */
  issuer: { id: string; version: number } | null;
  /** SHA-256 of the issuer's SubjectPublicKeyInfo: serials are unique per key. */
  serialScope: string;
  replaces: { certificate: string; action: 'renew' | 'rekey' } | null;
  /** null for issuing without a wizard. */
  draft: { id: string; revision: number } | null;
  /** The same key and name, signed by the authority it replaces; kept beside it, no authority of its own. */
  cross?: CrossCertificate | null;
}

export interface CrossCertificate {
  certificate: NewCertificate;
  /** The certificate whose key signed it. */
  issuerId: string;
  serialScope: string;
}

function checkIssuer(tx: Tx, issuer: IssueArgs['issuer']): void {
  if (issuer === null) return;
  const stored = tx.get<{ version: number }>('SELECT version FROM authorities WHERE certificate_id = $id', {
    id: issuer.id,
  });
  if (
    stored === undefined ||
    stored.version !== issuer.version ||
    findCertificate(tx, issuer.id).replacedBy !== null
  )
    throw new AppError('CONFLICT', 'The authority or its limits changed meanwhile. Review it again.');
}

function insertCross(tx: Tx, { certificate, issuerId, serialScope }: CrossCertificate): void {
  takeOnce(tx, { kind: 'serial', scope: serialScope, value: certificate.serial });
  insertCertificate(tx, certificate, {
    source: 'issued',
    action: 'issued',
    issuerId,
    replaces: null,
    lineage: certificate.id,
  });
}

/** Throws AppError NOT_FOUND. */
function derOf(tx: Tx, id: string): Uint8Array {
  const row = tx.get<{ der: Uint8Array }>('SELECT der FROM certificate_der WHERE id = $id', { id });
  if (row === undefined)
    throw new AppError('NOT_FOUND', 'This certificate is no longer in the workspace.', { ids: [id] });
  return row.der;
}

const DEEPEST = 16;

/** DER of a certificate and of its known issuers, itself first. */
export function ancestorsOf(tx: Tx, first: StoredCertificate): Uint8Array[] {
  const ders: Uint8Array[] = [];
  let next: StoredCertificate | undefined = first;
  while (next !== undefined && ders.length < DEEPEST) {
    ders.push(derOf(tx, next.id));
    const { issuerId, id }: StoredCertificate = next;
    next =
      issuerId === null || issuerId === id
        ? undefined
        : selectCertificates(tx, 'c.id = $issuerId', { issuerId })[0];
  }
  return ders;
}

function whyNotForgotten(tx: Tx, id: string): string {
  const count =
    tx.get<{ count: number }>(
      'SELECT count(*) AS count FROM certificates WHERE issuer_id = $id AND id <> $id',
      { id },
    )?.count ?? 0;
  return count === 0
    ? ''
    : `${count} certificate${count === 1 ? ' that it signed is' : 's that it signed are'} in this workspace. Forget ${count === 1 ? 'that one' : 'those'} first.`;
}

export const certificateCommands = {
  /**
   * Keeps what was just signed: serial into the ledger, key, certificate, authority, history and draft, all or nothing.
   * Throws AppError CONFLICT when draft, authority or what it replaces changed since the review, or the serial was used.
   */
  'certificates.issue': change((tx, args: IssueArgs): StoredCertificate => {
    const { certificate, replaces } = args;
    checkIssuer(tx, args.issuer);
    takeOnce(tx, { kind: 'serial', scope: args.serialScope, value: certificate.serial });
    if (args.key !== null) insertKey(tx, args.key);
    const old = replaces === null ? null : findCertificate(tx, replaces.certificate);
    if (old !== null && old.replacedBy !== null)
      throw new AppError(
        'CONFLICT',
        `${old.name} was replaced meanwhile. Start from its newest certificate.`,
      );
    if (args.cross) insertCross(tx, args.cross);
    insertCertificate(tx, certificate, {
      source: 'issued',
      action: replaces?.action ?? 'issued',
      issuerId: args.issuer?.id ?? certificate.id,
      replaces: old?.id ?? null,
      lineage: old?.lineage ?? certificate.id,
    });
    if (old !== null)
      tx.run('UPDATE certificates SET replaced_by = $id WHERE id = $old', {
        id: certificate.id,
        old: old.id,
      });
    endDraft(tx, args.draft, certificate.id);
    return findCertificate(tx, certificate.id);
  }),
  'certificates.get': read((tx, { id }: { id: string }) => findCertificate(tx, id)),
  'certificates.der': read((tx, { id }: { id: string }) => derOf(tx, id)),
  /** DER of a certificate and of its known issuers, itself first. */
  'certificates.ancestors': read((tx, { id }: { id: string }) => ancestorsOf(tx, findCertificate(tx, id))),
  /** The certificates that older roots signed for the name and key of a root, the one that ends last first. */
  'certificates.crosses': read(
    (
      tx,
      { root }: { root: Pick<StoredCertificate, 'spkiSha256' | 'subjectNameSha256'> },
    ): StoredCertificate[] =>
      selectCertificates(
        tx,
        `c.spki_sha256 = $spki AND c.subject_name_sha256 = $name AND c.is_ca = 1 AND c.source = 'issued' AND c.purpose = ''`,
        { spki: root.spkiSha256, name: root.subjectNameSha256 },
        'ORDER BY c.not_after DESC, c.seq DESC',
      ),
  ),
  'certificates.bySha256': read(
    (tx, { sha256 }: { sha256: string }): StoredCertificate | null =>
      selectCertificates(tx, 'c.sha256 = $sha256', { sha256 })[0] ?? null,
  ),
  /** CA certificates with that subject, with their bytes: who may have issued something. At most 50. */
  'certificates.issuers': read((tx, { subjectNameSha256 }: { subjectNameSha256: string }) =>
    selectCertificates(
      tx,
      'c.subject_name_sha256 = $subjectNameSha256 AND c.is_ca = 1',
      { subjectNameSha256 },
      'ORDER BY c.not_after DESC LIMIT 50',
    ).map((row) => ({
      id: row.id,
      der:
        tx.get<{ der: Uint8Array }>('SELECT der FROM certificate_der WHERE id = $id', { id: row.id })?.der ??
        new Uint8Array(),
    })),
  ),
  /** Its line of renewals, newest first. */
  'certificates.history': read((tx, { lineage }: { lineage: string }) =>
    selectCertificates(tx, 'c.lineage = $lineage', { lineage }),
  ),
  /** Why it may not be forgotten now; "" when it may. */
  'certificates.whyNotForgotten': read((tx, { id }: { id: string }): string => whyNotForgotten(tx, id)),
  /** Forgets a certificate. Throws AppError NOT_ALLOWED_NOW while it is an authority that issued others here. */
  'certificates.forget': change((tx, { id }: { id: string }): void => {
    findCertificate(tx, id);
    const why = whyNotForgotten(tx, id);
    if (why !== '') throw new AppError('NOT_ALLOWED_NOW', why);
    tx.run('DELETE FROM certificates WHERE id = $id', { id });
  }),
};
