/**
 * One round of a child with its parent (RFC 6492 3.3 to 3.5): what it may have, then every wish. An answer is delivered once, so
 * each is stored with what follows from it before the next is asked; one that a crash swallowed is found again in the list.
 */
import { momentText } from '../../lib/moment-text.ts';
import { equalBytes, sha256Hex } from '../../lib/bytes.ts';
import { NOT_PERFORMED, type Payload, type ResourceClass } from '../../rpki/provisioning-message.ts';
import { type ChildChange, type ChildDeps, type HeldChild, keepChild } from './held-child.ts';
import { withFreshObjects } from './child-objects.ts';
import { type ChildKey, keyIn, type LocalChild, requireParent, withKey } from './local-child.ts';
import { shortKey } from '../short-key.ts';
import type { Parent } from './parent.ts';
import { isWaiting, notPerformed, notTaken, type Said, together } from './parent-word.ts';
import { certificateFor, takeCertificate } from './take-certificate.ts';
import { renewFrom, type Wish, wishesOf } from './wishes.ts';

const ACTION = 'ta.localAsk';

/** A round under way: what is stored, and what is not yet. */
interface Round {
  held: HeldChild;
  child: LocalChild;
  said: Said[];
}

interface Asking extends ChildDeps {
  parent: Parent;
}

function classOf(child: LocalChild, reply: Payload): ResourceClass | Said {
  if (reply.type === 'error_response')
    return {
      severity: 'careful',
      says: `The parent did not say what ${child.handle} may have: ${reply.description.slice(0, 200)} (${reply.status}).`,
    };
  const classes = reply.type === 'list_response' ? reply.classes : [];
  return (
    classes.find(({ className }) => className === child.entitled?.className) ??
    classes[0] ?? {
      severity: 'careful',
      says: `The parent has nothing for ${child.handle}: its trust anchor is not there yet, or this child is leaving it.`,
    }
  );
}

async function keep(
  deps: Asking,
  round: Round,
  change: ChildChange,
  summary: string,
  subjects: { type: string; id: string; sha256: string }[],
): Promise<Round> {
  const held = await keepChild(deps, round.held, change, { action: ACTION, summary, subjects });
  return { ...round, held, child: held.child };
}

/** A certificate of the class becomes the key's, with CRL and manifest; refused with a word when it is not right. */
async function received(
  deps: Asking,
  round: Round,
  key: ChildKey,
  given: ResourceClass,
  askedAt: string | null,
): Promise<Round> {
  const now = deps.now();
  const taken = takeCertificate(key, given, now);
  if ('fault' in taken) {
    const { word, said } = notTaken({ what: 'issue', keyId: key.keyId }, taken.fault, now);
    const child = withKey(round.child, key.keyId, { word, askedAt });
    return { ...round, child, said: [...round.said, said] };
  }
  const { info } = taken;
  const first = keyIn(round.child, 'active') === undefined ? 'active' : 'new';
  const state = key.state === 'pending' ? first : key.state;
  const next = withKey(round.child, key.keyId, {
    state,
    certificate: info,
    askedAt,
    ...(askedAt === null ? { word: null } : {}),
  });
  const { child, numbers } = await withFreshObjects(deps, round.held, next, now);
  const says = `The certificate of key ${shortKey(key.keyId)} came, good until ${momentText(info.notAfter)}.`;
  const kept = await keep(deps, round, { child, numbers }, `${child.handle}: ${says}`, [
    { type: 'child-certificate', id: key.keyId, sha256: sha256Hex(info.der) },
  ]);
  return { ...kept, said: [...kept.said, { severity: 'good', says }] };
}

async function revoked(deps: Asking, round: Round, key: ChildKey): Promise<Round> {
  const child = { ...round.child, keys: round.child.keys.filter(({ keyId }) => keyId !== key.keyId) };
  const says = `Key ${shortKey(key.keyId)} is revoked; it was destroyed here and its objects are withdrawn.`;
  const kept = await keep(
    deps,
    round,
    { child, destroyed: [key.keyId] },
    `${child.handle}: ${says}`,
    key.certificate === null
      ? []
      : [{ type: 'child-certificate', id: key.keyId, sha256: sha256Hex(key.certificate.der) }],
  );
  return { ...kept, said: [...kept.said, { severity: 'good', says }] };
}

function queryOf(wish: Wish, key: ChildKey, className: string): Payload {
  return wish.what === 'revoke' || key.csrDer === null
    ? { type: 'revoke', className, keyId: key.keyId }
    : { type: 'issue', className, limit: {}, csrDer: key.csrDer };
}

async function askFor(deps: Asking, round: Round, wish: Wish, offered: ResourceClass): Promise<Round> {
  const { parent } = deps;
  const key = round.child.keys.find(({ keyId }) => keyId === wish.keyId);
  if (key === undefined) return round;
  const { childHandle } = requireParent(round.child);
  const reply = await parent.ask(childHandle, queryOf(wish, key, offered.className));
  if (wish.what === 'issue' && reply.type === 'issue_response')
    return received(deps, round, key, reply.resourceClass, null);
  const gone =
    reply.type === 'error_response' &&
    reply.status === NOT_PERFORMED.noSuchKey &&
    certificateFor(key, offered) === undefined;
  if (wish.what === 'revoke' && ((reply.type === 'revoke_response' && reply.keyId === key.keyId) || gone))
    return revoked(deps, round, key);
  const { word, said } =
    reply.type === 'error_response'
      ? notPerformed(wish, reply, deps.now())
      : notTaken(wish, `it is a ${reply.type} for something else`, deps.now());
  const askedAt = isWaiting(word.status) ? (key.askedAt ?? deps.now().toISOString()) : null;
  const child = withKey(round.child, key.keyId, { word, askedAt });
  return { ...round, child, said: [...round.said, said] };
}

/** A certificate the parent lists for a key and the child does not have: its delivery was lost, or a backup came back. */
async function listed(deps: Asking, round: Round, keyId: string, offered: ResourceClass): Promise<Round> {
  const key = round.child.keys.find((one) => one.keyId === keyId);
  if (key === undefined || key.state === 'old') return round;
  const found = certificateFor(key, offered);
  if (found === undefined || (key.certificate !== null && equalBytes(key.certificate.der, found.der)))
    return round;
  return received(deps, round, key, { ...offered, certificates: [found] }, key.askedAt);
}

/** What was refused and is not wanted any more needs nobody. */
function withoutOldRefusals(child: LocalChild, wanted: ReadonlySet<string>): LocalChild {
  return {
    ...child,
    keys: child.keys.map((key) =>
      key.word === null || isWaiting(key.word.status) || wanted.has(key.keyId) ? key : { ...key, word: null },
    ),
  };
}

function nothingToAsk(child: LocalChild, from: Date | null): Said {
  const due = from === null ? '' : ` Renewal is not due before ${momentText(from)}.`;
  return { severity: 'note', says: `Nothing to ask for ${child.handle}: all is as the parent has it.${due}` };
}

/** Asks everything there is to ask and stores what came of it. Throws AppError when it cannot be asked at all. */
export async function askParent(deps: Asking, first: HeldChild): Promise<Said> {
  const { parent, now } = deps;
  const { childHandle } = requireParent(first.child);
  const timing = await parent.timing();
  const offered = classOf(first.child, await parent.ask(childHandle, { type: 'list' }));
  let round: Round = { held: first, child: first.child, said: [] };
  if ('className' in offered) {
    const entitled = {
      className: offered.className,
      resources: offered.resources,
      notAfter: offered.notAfter.toISOString(),
    };
    round.child = { ...round.child, entitled };
    const listedKeys = first.child.keys.filter((key) => certificateFor(key, offered) !== undefined);
    const offer = { offered, listed: new Set(listedKeys.map(({ keyId }) => keyId)) };
    const wishes = wishesOf(round.child, offer, timing, now());
    round.child = withoutOldRefusals(round.child, new Set(wishes.map(({ keyId }) => keyId)));
    for (const wish of wishes) round = await askFor(deps, round, wish, offered);
    for (const { keyId } of first.child.keys) round = await listed(deps, round, keyId, offered);
    const active = keyIn(round.child, 'active')?.certificate ?? null;
    if (round.said.length === 0)
      round.said.push(nothingToAsk(round.child, active === null ? null : renewFrom(active, timing)));
  } else {
    round.child = { ...round.child, entitled: null };
    round.said.push(offered);
  }
  const all = together(round.said);
  const fresh = await withFreshObjects(deps, round.held, round.child, now());
  const contact = { at: now().toISOString(), says: all.says };
  await keep(
    deps,
    round,
    { child: { ...fresh.child, contact, trouble: null }, numbers: fresh.numbers },
    `${first.child.handle} asked its parent. ${all.says}`,
    [],
  );
  return all;
}
