/** The signer of the open workspace with its keys, as every action of the trust anchor needs it. It changes nothing. */
import { AppError } from '../../lib/app-error.ts';
import type { Random } from '../../ports.ts';
import type { RoutedKey, SignerRouter } from '../../signers/router.ts';
import { routedKey } from '../../signers/stored-key.ts';
import type { StoredExchange } from '../../store/commands/ta.ts';
import type { Session, Store } from '../../store/store-contract.ts';
import { type History, historyOf, type SetAside } from '../review/history.ts';
import { madeAt } from './publish.ts';
import { createSigning, type Signing } from './signing.ts';
import { inOrder, readTakenBack, type TakenBack } from './taken-back.ts';
import { readTrustAnchor, type TrustAnchor } from './trust-anchor.ts';

export interface HeldSigner {
  version: number;
  anchor: TrustAnchor;
  past: StoredExchange[];
  /** Responses that were taken back without their requests: they are none of `past`. */
  takenBack: readonly TakenBack[];
  history: History;
  /** Exchanges that the signer went on without: signed ahead of time, or (`replaced`) without a response that was taken back since. */
  setAside: ReadonlyMap<string, SetAside['why']>;
  /** The highest manifest number ever used; after a restore it may be above the objects'. */
  highest: bigint;
  createdAt: Date;
  /** Of the last exchange or reissue; an imported signer is older than its row. */
  lastAt: Date;
  /** The name of the signer that holds the TA key; "software" for the built-in one. */
  keySigner: string;
  keys: { identity: RoutedKey; ta: RoutedKey };
  signing: Signing;
}

/** What was read last of each open workspace: every step of an exchange asks, and a large anchor takes long to read. */
const read = new WeakMap<Store, { text: string; anchor: TrustAnchor }>();
/** The same of its exchanges, to which later ones are added. */
const told = new WeakMap<Store, { exchanges: readonly string[]; history: History }>();

/** What `text`, which is stored now, says: it need not be read again. */
export function rememberAnchor(store: Store, text: string, anchor: TrustAnchor): void {
  read.set(store, { text, anchor });
}

function anchorOf(store: Store, text: string): TrustAnchor {
  const last = read.get(store);
  if (last?.text === text) return last.anchor;
  const anchor = readTrustAnchor(text);
  rememberAnchor(store, text, anchor);
  return anchor;
}

function historyIn(store: Store, past: ReturnType<typeof inOrder>): History {
  const last = told.get(store);
  const exchanges = past.map(({ id }) => id);
  const goesOn = last !== undefined && last.exchanges.every((id, at) => id === exchanges[at]);
  if (goesOn && last.exchanges.length === past.length) return last.history;
  const history = goesOn ? historyOf(past.slice(last.exchanges.length), last.history) : historyOf(past);
  told.set(store, { exchanges, history });
  return history;
}

/** When its objects were made: with the last exchange, or since, by `goOn`. A first manifest may be as old as it says. */
function objectsAt({ objects }: TrustAnchor, last: StoredExchange | undefined): string {
  if (last === undefined) return objects.thisUpdate;
  return BigInt(last.number) >= objects.number
    ? last.at
    : madeAt({ notBefore: objects.thisUpdate }).toISOString();
}

const latest = (...instants: string[]): Date => new Date(Math.max(...instants.map((one) => Date.parse(one))));

/** null when this workspace has no signer. */
export async function heldSigner(
  session: Session,
  deps: { random: Random; router: SignerRouter },
): Promise<HeldSigner | null> {
  const { store } = session;
  const half = await store.run('ta.half', { half: 'signer' });
  if (half === null || half.anchorKey === null) return null;
  const anchor = anchorOf(store, half.state);
  const past = await store.run('ta.history', { half: 'signer' });
  const takenBack = await readTakenBack(store);
  const { number, keyId } = anchor.objects;
  const highest = await store.run('ta.highest', { half: 'signer', keyId });
  const createdAt = new Date(half.createdAt);
  const keys = { ta: routedKey(half.anchorKey), identity: routedKey(half.identityKey) };
  const holder = half.anchorKey.signer;
  const name = (await deps.router.describe()).find(({ id }) => id === holder)?.name;
  return {
    version: half.version,
    anchor,
    past,
    takenBack,
    history: historyIn(store, inOrder(past, takenBack)),
    setAside: new Map(
      (await store.run('ta.setAside', { half: 'signer', keyId })).map(({ id, ahead }) => [
        id,
        ahead ? 'ahead' : 'replaced',
      ]),
    ),
    highest: highest === null || highest < number ? number : highest,
    createdAt,
    lastAt: latest(objectsAt(anchor, past.at(-1)), madeAt(anchor.certificate).toISOString()),
    keySigner: holder === 'software' ? holder : (name ?? holder),
    keys,
    signing: createSigning(deps, keys),
  };
}

/** Throws AppError NOT_ALLOWED_NOW. */
export function requireSigner(held: HeldSigner | null): HeldSigner {
  if (held === null)
    throw new AppError(
      'NOT_ALLOWED_NOW',
      'There is no trust anchor signer in this workspace yet. Set one up first.',
    );
  return held;
}
