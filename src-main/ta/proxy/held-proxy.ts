/** The proxy of the open workspace with its key, as every action on it needs it. It changes nothing. */
import { AppError } from '../../lib/app-error.ts';
import type { Random } from '../../ports.ts';
import type { SignerRouter } from '../../signers/router.ts';
import { routedKey } from '../../signers/stored-key.ts';
import type { StoredExchange } from '../../store/commands/ta.ts';
import type { Session } from '../../store/store-contract.ts';
import { createMessageSigning, type MessageSigning } from '../signer/signing.ts';
import type { ProxyState } from './proxy-state.ts';
import { readProxyState } from './proxy-text.ts';

export interface HeldProxy {
  version: number;
  state: ProxyState;
  signing: MessageSigning;
  past: StoredExchange[];
  /** The highest manifest number ever taken from the signer; after a restore it may be above the objects'. */
  highest: bigint;
  /** Whether a response with this nonce was taken at any time, also one that a restore took away. */
  nonceTaken(nonce: string): Promise<boolean>;
}

/** null when this workspace has no proxy. */
export async function heldProxy(
  session: Session,
  deps: { random: Random; router: SignerRouter },
): Promise<HeldProxy | null> {
  const half = await session.store.run('ta.half', { half: 'proxy' });
  if (half === null) return null;
  const state = readProxyState(half.state);
  const { number = 0n, keyId = '' } = state.signer?.objects ?? {};
  const highest = await session.store.run('ta.highest', { half: 'proxy', keyId });
  return {
    version: half.version,
    state,
    highest: highest === null || highest < number ? number : highest,
    nonceTaken: (nonce) => session.store.run('ta.nonceTaken', { half: 'proxy', keyId, nonce }),
    signing: createMessageSigning(deps, routedKey(half.identityKey)),
    past: await session.store.run('ta.history', { half: 'proxy' }),
  };
}

/** Throws AppError NOT_ALLOWED_NOW. */
export function requireProxy(held: HeldProxy | null): HeldProxy {
  if (held === null)
    throw new AppError(
      'NOT_ALLOWED_NOW',
      'There is no trust anchor proxy in this workspace yet. Initialise one first.',
    );
  return held;
}
