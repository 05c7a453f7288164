/** What was inspected and is kept: certificates of others, requests, CRLs. Nothing here was issued by this workspace. */
import { change, read, type Tx } from '../command.ts';
import type { NewCertificate, NewObject } from '../columns.ts';
import { insertCertificate } from './certificates.ts';

/** An imported certificate with what main found out about its place: who signed it, and what it signed. */
export interface ImportedCertificate {
  certificate: NewCertificate;
  /** The certificate here that signed it, itself when it is self-signed, or null. */
  issuerId: string | null;
  /** Certificates here whose signature it made and whose issuer was not known. */
  signed: string[];
}

export interface KeepArgs {
  certificates: ImportedCertificate[];
  requests: NewObject[];
  crls: NewObject[];
}

function keepObject(tx: Tx, table: 'requests' | 'crls', object: NewObject): string | null {
  const known = tx.get<{ id: string }>(`SELECT id FROM ${table} WHERE sha256 = $sha256`, {
    sha256: object.sha256,
  });
  if (known !== undefined) return known.id;
  tx.run(
    `INSERT INTO ${table} (id, sha256, name, der, facts, added_at) VALUES ($id, $sha256, $name, $der, $facts, $at)`,
    {
      id: object.id,
      sha256: object.sha256,
      name: object.name,
      der: object.der,
      facts: JSON.stringify(object.facts),
      at: tx.atMs,
    },
  );
  return null;
}

export const objectCommands = {
  /** Keeps what is not there yet; what is there stays as it is. Answers ids. */
  'objects.keep': change((tx, args: KeepArgs): { added: string[]; alreadyThere: string[] } => {
    const added: string[] = [];
    const alreadyThere: string[] = [];
    const note = (id: string, known: string | null): void =>
      void (known === null ? added.push(id) : alreadyThere.push(known));
    const place = new Map<string, string>();
    for (const { certificate, issuerId, signed } of args.certificates) {
      const known = tx.get<{ id: string }>('SELECT id FROM certificates WHERE sha256 = $sha256', {
        sha256: certificate.sha256,
      });
      place.set(certificate.id, known?.id ?? certificate.id);
      note(certificate.id, known?.id ?? null);
      if (known !== undefined) continue;
      insertCertificate(tx, certificate, {
        source: 'imported',
        action: 'imported',
        // Its issuer may have come in the same file and be here under an older id.
        issuerId: issuerId === null ? null : (place.get(issuerId) ?? issuerId),
        replaces: null,
        lineage: certificate.id,
      });
      for (const id of signed)
        tx.run('UPDATE certificates SET issuer_id = $issuer WHERE id = $id AND issuer_id IS NULL', {
          id,
          issuer: certificate.id,
        });
    }
    for (const object of args.requests) note(object.id, keepObject(tx, 'requests', object));
    for (const object of args.crls) note(object.id, keepObject(tx, 'crls', object));
    return { added, alreadyThere };
  }),
  /** Certificates without a known issuer that name this subject as theirs; with their bytes. */
  'objects.orphans': read((tx, { issuerNameSha256 }: { issuerNameSha256: string }) =>
    tx.all<{ id: string; der: Uint8Array }>(
      `SELECT c.id, d.der FROM certificates c JOIN certificate_der d ON d.id = c.id
       WHERE c.issuer_name_sha256 = $issuerNameSha256 AND c.issuer_id IS NULL LIMIT 1000`,
      { issuerNameSha256 },
    ),
  ),
};
