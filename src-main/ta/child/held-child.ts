/** A local child of the open workspace with its keys, and the one way its next state is kept. It decides nothing. */
import type { AuditEntry } from '../../audit/audit-record.ts';
import type { Random } from '../../ports.ts';
import type { IssuerSign, Sign } from '../../rpki/make-certificate.ts';
import type { RoutedKey, SignerRouter } from '../../signers/router.ts';
import { routedKey } from '../../signers/stored-key.ts';
import type { NewKey } from '../../store/columns.ts';
import type { StoredChild } from '../../store/commands/ta-children.ts';
import type { Session } from '../../store/store-contract.ts';
import { createSigning, type Signing } from '../signer/signing.ts';
import { childText, readChild } from './child-json.ts';
import type { LocalChild } from './local-child.ts';

export interface ChildDeps {
  random: Random;
  router: SignerRouter;
  session(): Session;
  now(): Date;
}

export interface HeldChild {
  version: number;
  child: LocalChild;
  createdAt: Date;
  /** By key identifier: the highest number of a manifest that it ever signed, also before a restore. */
  highest: ReadonlyMap<string, bigint>;
  /** By key identifier. */
  keys: ReadonlyMap<string, RoutedKey>;
  identity: RoutedKey;
}

function heldOf(stored: StoredChild): HeldChild {
  return {
    version: stored.version,
    child: readChild(stored.state),
    createdAt: new Date(stored.createdAt),
    highest: new Map(
      stored.keys.flatMap(({ key, highest }) => (highest === null ? [] : [[key.keyIdentifier, highest]])),
    ),
    keys: new Map(stored.keys.map(({ key }) => [key.keyIdentifier, routedKey(key)])),
    identity: routedKey(stored.identityKey),
  };
}

/** By handle. */
export async function heldChildren({ session }: Pick<ChildDeps, 'session'>): Promise<HeldChild[]> {
  return (await session().store.run('ta.children', {})).map(heldOf);
}

/** Throws AppError NOT_FOUND. */
export async function heldChild({ session }: Pick<ChildDeps, 'session'>, handle: string): Promise<HeldChild> {
  return heldOf(await session().store.run('ta.child', { handle }));
}

/** What signs for one key of the child, and what makes its one-off keys. */
export function signingOf(
  deps: ChildDeps,
  held: HeldChild,
  keyId: string,
): { issuer: IssuerSign; request: Sign; signing: Pick<Signing, 'oneOff' | 'serial'> } {
  const key = held.keys.get(keyId);
  if (key === undefined) throw new Error(`no key ${keyId} of ${held.child.handle}`);
  const signing = createSigning(deps, { ta: key, identity: held.identity });
  return { issuer: signing.ta, request: (data) => deps.router.sign(key, 'request', data), signing };
}

export interface ChildChange {
  child: LocalChild;
  newKeys?: NewKey[];
  /** Key identifiers: destroyed with this change. */
  destroyed?: string[];
  numbers?: { keyId: string; number: bigint }[];
}

/** Stores the next state with its record, all or nothing, and answers the child as it is then. Throws AppError CONFLICT. */
export async function keepChild(
  deps: ChildDeps,
  held: HeldChild,
  change: ChildChange,
  audit: Pick<AuditEntry, 'action' | 'summary' | 'subjects'>,
  outcome: AuditEntry['outcome'] = 'done',
): Promise<HeldChild> {
  const { handle } = held.child;
  const destroyed = change.destroyed ?? [];
  await deps.session().store.run('ta.childReplace', {
    handle,
    version: held.version,
    state: childText(change.child),
    newKeys: change.newKeys ?? [],
    destroyed,
    numbers: change.numbers ?? [],
    audit: { ...audit, outcome, summary: audit.summary.slice(0, 300) },
  });
  for (const keyId of destroyed) {
    const key = held.keys.get(keyId);
    // A token may still hold it; for the workspace it is gone already.
    if (key !== undefined) await deps.router.discard(key);
  }
  return heldChild(deps, handle);
}
