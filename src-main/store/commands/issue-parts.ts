/** What a certificate is issued with, in one question: the authority with its key and chain, and the key to be certified. */
import { AppError } from '../../lib/app-error.ts';
import { read, type Tx } from '../command.ts';
import type { IssuingAuthority, StoredKey } from '../columns.ts';
import { issuingAuthority } from './authorities.ts';
import { ancestorsOf } from './certificates.ts';
import { findKey } from './keys.ts';

export interface IssueParts {
  issuer: {
    authority: IssuingAuthority;
    /** null: the workspace does not hold it. */
    key: StoredKey | null;
    /** DER: the issuer itself first, then what signed it, up to the root. */
    ancestors: Uint8Array[];
  } | null;
  key: StoredKey | null;
}

/** null for what is no longer there. */
function ifThere<T>(id: string | null, find: (id: string) => T): T | null {
  if (id === null) return null;
  try {
    return find(id);
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

const keyOf = (tx: Tx, id: string | null): StoredKey | null => ifThere(id, (own) => findKey(tx, own));

export const issuePartsCommands = {
  /** By the ids a draft names; what is gone is null. */
  'certificates.issueParts': read(
    (tx, { issuer, key }: { issuer: string | null; key: string | null }): IssueParts => ({
      issuer: ifThere(issuer, (id) => {
        const authority = issuingAuthority(tx, id);
        const { certificate } = authority;
        return { authority, key: keyOf(tx, certificate.keyId), ancestors: ancestorsOf(tx, certificate) };
      }),
      key: keyOf(tx, key),
    }),
  ),
};
