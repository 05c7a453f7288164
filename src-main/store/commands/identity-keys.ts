/** The keys by which signers know their devices again, of those that were removed, too. */
import { AppError } from '../../lib/app-error.ts';
import { read, type Tx } from '../command.ts';
import type { IdentityKey } from '../signer-columns.ts';

/** The signer knows its device by it from now on. */
export function rememberIdentity(tx: Tx, { id, spkiDer }: { id: string; spkiDer: Uint8Array }): void {
  tx.run(
    `INSERT INTO identity_keys (spki, signer, name) SELECT $spki, id, name FROM signers WHERE id = $id
     ON CONFLICT (spki) DO UPDATE SET signer = excluded.signer, name = excluded.name`,
    { id, spki: spkiDer },
  );
}

/** The signer goes, and its identity key stays on the device under the name that it had. */
export function nameIdentities(tx: Tx, { id, name }: { id: string; name: string }): void {
  tx.run('UPDATE identity_keys SET name = $name WHERE signer = $id', { id, name });
}

/** Throws AppError NOT_ALLOWED_NOW when a signer that is in force is known by the public key of the key `id`. */
export function requireNoIdentity(tx: Tx, id: string): void {
  const signer = tx.get<{ name: string }>(
    'SELECT name FROM signers WHERE identity_spki = (SELECT spki FROM keys WHERE id = $id)',
    { id },
  );
  if (signer === undefined) return;
  throw new AppError(
    'NOT_ALLOWED_NOW',
    `It is the key by which the device of ${signer.name} is known again: without it that signer cannot be used. Remove that signer first.`,
  );
}

export const identityKeyCommands = {
  'signers.identities': read((tx): IdentityKey[] =>
    tx
      .all<Omit<IdentityKey, 'present'> & { present: number }>(
        `SELECT one.spki AS spkiDer, one.signer, coalesce(signers.name, one.name) AS name, signers.id IS NOT NULL AS present
         FROM identity_keys AS one LEFT JOIN signers ON signers.id = one.signer`,
      )
      .map((row) => ({ ...row, present: row.present === 1 })),
  ),
  /** What a signer owns, by public key. */
  'signers.owned': read((tx, { id }: { id: string }): { label: string; spkiDer: Uint8Array }[] =>
    tx.all(
      'SELECT label, spki AS spkiDer FROM keys WHERE signer = $id AND destroyed_at IS NULL ORDER BY seq',
      { id },
    ),
  ),
};
