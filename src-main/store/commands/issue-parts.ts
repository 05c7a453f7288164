/** A draft and what it names, in one question: the authority with its key and chain, and the key to be certified. */
import type { IssueDraft } from '#shared/contract/issue-draft.ts';
import { AppError } from '../../lib/app-error.ts';
import { read, type Tx } from '../command.ts';
import type { IssuingAuthority, StoredKey } from '../columns.ts';
import { issuingAuthority } from './authorities.ts';
import { ancestorsOf } from './certificates.ts';
import { findDraft, type StoredDraft } from './drafts.ts';
import { findKey } from './keys.ts';

export interface IssueParts {
  draft: StoredDraft;
  /** Those the draft names; null for what is gone, and all of them when it is no draft of the CA wizard. */
  issuer: {
    authority: IssuingAuthority;
    /** null: the workspace does not hold it. */
    key: StoredKey | null;
    /** DER: the issuer itself first, then what signed it, up to the root. */
    ancestors: Uint8Array[];
  } | null;
  key: StoredKey | null;
}

/** The ids in a draft's data. Its schema is checked by whoever reads it; here anything else than a text names nothing. */
function namedBy({ kind, data }: StoredDraft): { issuer: unknown; key: unknown } {
  if (kind !== 'ca.issue') return { issuer: null, key: null };
  const { purpose, issuer, key } = JSON.parse(data) as Partial<IssueDraft>;
  return {
    issuer: purpose === 'root' ? null : issuer,
    key: key?.from === 'existing' ? key.key : null,
  };
}

/** null for what is no longer there. */
function ifThere<T>(id: unknown, find: (id: string) => T): T | null {
  if (typeof id !== 'string') return null;
  try {
    return find(id);
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

const keyOf = (tx: Tx, id: unknown): StoredKey | null => ifThere(id, (own) => findKey(tx, own));

export const issuePartsCommands = {
  /** Throws AppError NOT_FOUND for the draft alone. */
  'drafts.issueParts': read((tx, { id }: { id: string }): IssueParts => {
    const draft = findDraft(tx, id);
    const named = namedBy(draft);
    return {
      draft,
      issuer: ifThere(named.issuer, (own) => {
        const authority = issuingAuthority(tx, own);
        const { certificate } = authority;
        return { authority, key: keyOf(tx, certificate.keyId), ancestors: ancestorsOf(tx, certificate) };
      }),
      key: keyOf(tx, named.key),
    };
  }),
};
