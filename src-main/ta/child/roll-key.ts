/**
 * The roll of a child's key (RFC 6489): a new key beside the active one, its certificate, then the change of roles; the old key's
 * revocation is asked for at the next round and ends it. Each step is stored before the next can begin.
 */
import { AppError } from '../../lib/app-error.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import { newKeyRow } from '../../signers/stored-key.ts';
import { csrOf } from './configure-child.ts';
import { keyLabel, makeChildKey, pendingKey } from './create-child.ts';
import { type ChildDeps, type HeldChild, keepChild } from './held-child.ts';
import { keyIn, type LocalChild } from './local-child.ts';
import { shortKey } from '../short-key.ts';

/** What the next step of a roll is, for screens: null while there is none to take here. */
export function nextStep(child: LocalChild): 'start' | 'activate' | null {
  if (keyIn(child, 'new') !== undefined) return 'activate';
  return keyIn(child, 'active') !== undefined && child.keys.length === 1 ? 'start' : null;
}

function refuse(child: LocalChild): AppError {
  if (keyIn(child, 'active') === undefined)
    return new AppError(
      'NOT_ALLOWED_NOW',
      `${child.handle} has no active key yet: there is nothing to roll.`,
    );
  const pending = keyIn(child, 'pending');
  if (pending !== undefined)
    return new AppError(
      'NOT_ALLOWED_NOW',
      `The new key ${shortKey(pending.keyId)} of ${child.handle} has no certificate yet: ask the parent, and exchange.`,
    );
  const old = keyIn(child, 'old');
  return new AppError(
    'NOT_ALLOWED_NOW',
    old === undefined
      ? `The new key of ${child.handle} waits to be activated.`
      : `The old key ${shortKey(old.keyId)} of ${child.handle} is not revoked yet: ask the parent, and exchange.`,
  );
}

/** `signer` null: the default one makes the new key. Throws AppError NOT_ALLOWED_NOW. */
export async function startRoll(
  deps: ChildDeps,
  held: HeldChild,
  signer: string | null = null,
  signal?: AbortSignal,
): Promise<HeldChild> {
  const { child } = held;
  const { repository } = child;
  if (nextStep(child) !== 'start' || repository === null) throw refuse(child);
  const made = await makeChildKey(deps, keyLabel(child.handle), signer, signal);
  let stored = false;
  try {
    const key = pendingKey(made);
    const withNew = { ...held, keys: new Map([...held.keys, [key.keyId, made]]) };
    const csrDer = await csrOf(deps, withNew, repository, key);
    const next = await keepChild(
      deps,
      held,
      {
        child: { ...child, keys: [...child.keys, { ...key, csrDer }] },
        newKeys: [newKeyRow(made, keyLabel(child.handle), 'generated')],
      },
      {
        action: 'ta.localRoll',
        summary: `${child.handle}: began a key roll with the new key ${key.keyId}`,
        subjects: [{ type: 'csr', id: key.keyId, sha256: sha256Hex(csrDer) }],
      },
    );
    stored = true;
    return next;
  } finally {
    if (!stored) await deps.router.discard(made);
  }
}

/** The new key signs from now on; the old one is to be revoked. Throws AppError NOT_ALLOWED_NOW. */
export async function activateKey(deps: ChildDeps, held: HeldChild): Promise<HeldChild> {
  const { child } = held;
  const [fresh, active] = [keyIn(child, 'new'), keyIn(child, 'active')];
  if (fresh === undefined || active === undefined) throw refuse(child);
  const keys = child.keys.map((key) =>
    key === fresh
      ? { ...key, state: 'active' as const }
      : key === active
        ? { ...key, state: 'old' as const, askedAt: null, word: null }
        : key,
  );
  return keepChild(
    deps,
    held,
    { child: { ...child, keys } },
    {
      action: 'ta.localRoll',
      summary: `${child.handle}: activated the new key ${fresh.keyId}; the old key ${active.keyId} is to be revoked`,
      subjects: [],
    },
  );
}
