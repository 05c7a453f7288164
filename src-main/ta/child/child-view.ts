/** A local child as the window shows it: keys and their states in words, what is due, what to do next. No key leaves this. */
import type { ChildKeyView, LocalChildView } from '#shared/contract/ta-child.ts';
import { momentText } from '../../lib/moment-text.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import { resourceTexts } from '../review/child-review.ts';
import { aheadText } from '../signer/clock.ts';
import type { Attention } from '../signer/signer-view.ts';
import { publication, remakeFrom } from './child-objects.ts';
import type { Standing } from './connect-child.ts';
import { madeAhead } from './go-on-child.ts';
import type { HeldChild } from './held-child.ts';
import { type ChildKey, keyIn, type LocalChild } from './local-child.ts';
import { shortKey } from '../short-key.ts';
import { isWaiting } from './parent-word.ts';
import { troubleText } from './note-trouble.ts';
import type { ParentTiming } from './parent.ts';
import { nextStep } from './roll-key.ts';
import { renewFrom } from './wishes.ts';

const DAY_MS = 86_400_000;
const iso = (instant: string): string => new Date(instant).toISOString();

function keyView(key: ChildKey, timing: ParentTiming, standing: Standing): ChildKeyView {
  const { certificate, word } = key;
  // Of a removed child nothing is published and nothing is valid.
  const objects = standing === 'removed' ? null : key.objects;
  return {
    keyId: key.keyId,
    state: standing === 'removed' && certificate !== null ? 'revoked' : key.state,
    csr: key.csrDer !== null,
    certificate:
      certificate === null
        ? null
        : {
            sha256: sha256Hex(certificate.der),
            notBefore: iso(certificate.notBefore),
            notAfter: iso(certificate.notAfter),
            serial: String(certificate.serial),
            uri: certificate.uri,
          },
    renewFrom:
      certificate === null || key.state === 'old' || standing !== 'here'
        ? null
        : renewFrom(certificate, timing).toISOString(),
    askedAt: key.askedAt === null ? null : iso(key.askedAt),
    word:
      word === null
        ? null
        : {
            ...word,
            at: iso(word.at),
            severity: word.status === null ? 'bad' : isWaiting(word.status) ? 'note' : 'careful',
          },
    number: objects === null ? null : String(objects.number),
    nextUpdate: objects === null ? null : iso(objects.nextUpdate),
    remakeFrom: objects === null ? null : (remakeFrom(key)?.toISOString() ?? null),
  };
}

function stepOf(child: LocalChild): Pick<LocalChildView, 'step' | 'next'> {
  const { handle, parent, repository, keys, trouble } = child;
  if (parent === null)
    return {
      step: 'parent',
      next: `Add ${handle} under the trust anchor; then take its parent here, or read the parent’s answer (res.xml).`,
    };
  if (repository === null)
    return {
      step: 'repository',
      next: 'Take the trust anchor’s repository here, or bring pub-req.xml to a publication server and read its answer (repo-res.xml).',
    };
  if (keys.some(({ askedAt }) => askedAt !== null))
    return {
      step: 'exchange',
      next: 'The trust anchor’s signer has to answer: make an exchange. Its answer is fetched by itself afterwards.',
    };
  if (keys.some(({ state }) => state === 'pending' || state === 'old'))
    return { step: 'ask', next: `Ask the parent now: ${handle} wants something of it.` };
  // A renewal that was refused leaves the key active, and is still to be had.
  if (trouble !== null || keys.some(({ word }) => word !== null && !isWaiting(word.status)))
    return {
      step: 'ask',
      next: `Something of ${handle} failed and was not done since. Ask the parent now to try again.`,
    };
  return {
    step: 'running',
    next:
      keyIn(child, 'new') === undefined
        ? 'Nothing to do: certificate, CRL and manifest are good.'
        : 'Activate the new key: its certificate is here.',
  };
}

function stepFor(child: LocalChild, standing: Standing): Pick<LocalChildView, 'step' | 'next'> {
  const { handle } = child;
  if (standing === 'here') return stepOf(child);
  if (standing === 'leaving')
    return {
      step: 'leaving',
      next: `${handle} is being removed from the trust anchor: make an exchange, which revokes its keys. Delete it here after that.`,
    };
  return {
    step: 'removed',
    next: `${handle} was removed from the trust anchor: its certificates are revoked, and nothing of it is published. Delete it here with its keys, or add it there again.`,
  };
}

function rollSays(child: LocalChild, standing: Standing): string {
  if (standing === 'removed') return 'It was removed from the trust anchor.';
  if (standing === 'leaving') return 'It is being removed from the trust anchor.';
  const [pending, fresh, old] = [keyIn(child, 'pending'), keyIn(child, 'new'), keyIn(child, 'old')];
  if (keyIn(child, 'active') === undefined) return 'There is no active key to roll yet.';
  if (pending !== undefined)
    return `1 of 3: the new key ${shortKey(pending.keyId)} waits for its certificate. The active key goes on signing.`;
  if (fresh !== undefined)
    return `2 of 3: the new key ${shortKey(fresh.keyId)} has its certificate and publishes; activate it.`;
  if (old !== undefined)
    return `3 of 3: the old key ${shortKey(old.keyId)} waits for its revocation; then it is destroyed.`;
  return 'No key roll is under way.';
}

function warningsOf({ child, highest }: HeldChild, now: Date): LocalChildView['warnings'] {
  const warnings: LocalChildView['warnings'] =
    child.trouble === null ? [] : [{ severity: 'bad', text: troubleText(child.trouble) }];
  if (child.entitled === null && keyIn(child, 'active') !== undefined)
    warnings.push({
      severity: 'careful',
      text: `The trust anchor had nothing for ${child.handle} when it was last asked: it is being removed there, or was. Add it there again and ask, if it is to go on.`,
    });
  for (const { keyId, certificate, objects, state } of child.keys) {
    if (certificate === null) continue;
    const left = Date.parse(certificate.notAfter) - now.getTime();
    if (left <= 0 && state !== 'old')
      warnings.push({
        severity: 'bad',
        text: `The certificate of key ${shortKey(keyId)} ended on ${momentText(certificate.notAfter)}: nothing of ${child.handle} is valid. Ask the parent, and exchange.`,
      });
    else if (left < 60 * DAY_MS && state === 'active')
      warnings.push({
        severity: 'careful',
        text: `The certificate of key ${shortKey(keyId)} ends on ${momentText(certificate.notAfter)}: a renewal needs an exchange before that.`,
      });
    if (objects === null) continue;
    if (Date.parse(objects.nextUpdate) <= now.getTime() && left > 0)
      warnings.push({
        severity: 'bad',
        text: `CRL and manifest of key ${shortKey(keyId)} are out of date: ask the parent, which makes them anew.`,
      });
    if ((highest.get(keyId) ?? 0n) > objects.number)
      warnings.push({
        severity: 'careful',
        text: `This workspace was restored: key ${shortKey(keyId)} signed manifest ${highest.get(keyId)} before, and what is here is ${objects.number}. The next one goes on above it.`,
      });
  }
  const ahead = madeAhead(child, now);
  if (ahead !== null)
    warnings.push({
      severity: 'bad',
      text: aheadText(ahead, now, {
        what: `CRL and manifest of ${child.handle} were`,
        page: `the page of ${child.handle}`,
      }),
    });
  return warnings;
}

/** The overview has it of all that are not out in one, with the trust anchor. */
function notOutWarning({ handle }: LocalChild, removed: boolean): LocalChildView['warnings'][number] {
  const what = removed
    ? `What ${handle} published is not withdrawn yet`
    : `The newest objects of ${handle} are not out yet`;
  return {
    severity: 'careful',
    text: `${what}: the trust anchor’s page says what stands in the way. It is tried again every quarter of an hour while this workspace is open.`,
  };
}

/** The warnings as the overview lists them, and the step of a key roll that waits for a person. */
export function childAttention(held: HeldChild, now: Date): Attention[] {
  const { handle } = held.child;
  const subject = `Child ${handle}`;
  const action = { label: 'Open…', route: `/trust-anchor/children/${encodeURIComponent(handle)}` };
  const waits: Attention[] =
    nextStep(held.child) === 'activate' && held.child.entitled !== null
      ? [
          {
            severity: 'note',
            subject,
            text: 'waits for you',
            detail: 'Activate the new key: its certificate is here.',
            action,
          },
        ]
      : [];
  const words = held.child.keys.flatMap(({ word }) =>
    word === null || isWaiting(word.status)
      ? []
      : [{ severity: word.status === null ? ('bad' as const) : ('careful' as const), text: word.text }],
  );
  return [
    ...[...warningsOf(held, now), ...words].map(({ severity, text }) => ({
      severity,
      subject,
      text: severity === 'bad' ? 'needs you now' : 'will need you',
      detail: text,
      action,
    })),
    ...waits,
  ];
}

/** `isOut`: what it publishes is where relying parties find it. */
export function childView(
  held: HeldChild,
  { timing, standing, isOut }: { timing: ParentTiming; standing: Standing; isOut: boolean },
  now: Date,
): LocalChildView {
  const { child } = held;
  const [here, removed] = [standing === 'here', standing === 'removed'];
  const { identity, parent, repository, contact } = child;
  const active = keyIn(child, 'active')?.certificate ?? null;
  return {
    handle: child.handle,
    identity: { keyId: identity.keyId, sha256: sha256Hex(identity.certificateDer) },
    ...stepFor(child, standing),
    parent:
      parent === null
        ? null
        : {
            handle: parent.handle,
            childHandle: parent.childHandle,
            serviceUri: parent.serviceUri,
            sha256: sha256Hex(parent.identityDer),
          },
    repository: repository === null ? null : { base: repository.base, notify: repository.notify },
    resources: active === null || removed ? [] : resourceTexts(active.resources),
    keys: child.keys.map((key) => keyView(key, timing, standing)),
    roll: here ? nextStep(child) : null,
    rollSays: rollSays(child, standing),
    contact: contact === null ? null : { says: contact.says, at: iso(contact.at) },
    publishes: removed ? [] : publication(child).map(({ uri }) => uri),
    warnings: [...(removed ? [] : warningsOf(held, now)), ...(isOut ? [] : [notOutWarning(child, removed)])],
    aheadUntil: removed ? null : (madeAhead(child, now)?.toISOString() ?? null),
    createdAt: held.createdAt.toISOString(),
  };
}
