/** The proxy as the window shows it: what it is, who has to do something next, what is due. No key leaves this. */
import type { ProxyChildView, ProxyView } from '#shared/contract/ta-proxy.ts';
import { momentText } from '../../lib/moment-text.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import { wordsOf } from '../../lib/pgp-words.ts';
import { Faults } from '../../rpki/fault.ts';
import { readChildCsr } from '../child-csr.ts';
import { resourcesJson } from '../objects.ts';
import type { Identity } from '../signer/trust-anchor.ts';
import { overhang } from './change-children.ts';
import { resourceTextsOf } from './child-info.ts';
import { answerChild } from './answer-child.ts';
import { clockBehind } from './proxy-clock.ts';
import type { HeldProxy } from './held-proxy.ts';
import type { LocalCas, LocalWants } from './local-cas.ts';
import { openContent, outdated, wishesOf, wishTexts } from './make-request.ts';
import { numberShown, type ProxyChild, type ProxyState } from './proxy-state.ts';
import { unownedKeys } from './unowned.ts';
import { infoWanted, isVoid } from './unseen.ts';

const WEEK_MS = 7 * 86_400_000;

const identityView = ({ keyId, certificateDer }: Identity) => ({ keyId, sha256: sha256Hex(certificateDer) });
const iso = (instant: string): string => new Date(instant).toISOString();

function keysOf(child: ProxyChild, { signer, timing }: ProxyState): ProxyChildView['keys'] {
  const keys = new Set([...child.usedKeys.keys(), ...child.openRequests.keys()]);
  return [...keys].map((keyId) => {
    const [use, wish] = [child.usedKeys.get(keyId), child.openRequests.get(keyId)];
    const info = use === 'in-use' ? signer?.objects.issued.get(keyId) : undefined;
    const csr = wish?.type === 'issuance' ? readChildCsr(wish.csrDer, new Faults()) : null;
    return {
      keyId,
      state:
        use === 'revoked'
          ? 'revoked'
          : wish?.type === 'revocation'
            ? 'revoking'
            : (use ?? ('asked' as const)),
      notAfter: info === undefined ? null : iso(info.notAfter),
      renewAt:
        info === undefined
          ? null
          : new Date(
              Date.parse(info.notAfter) - timing.issuedCertificateReissueWeeksBefore * WEEK_MS,
            ).toISOString(),
      repository: info?.caRepository ?? csr?.caRepository ?? '',
      waiting: child.openResponses.has(keyId),
    };
  });
}

function childView(child: ProxyChild, state: ProxyState, local: ReadonlySet<string>): ProxyChildView {
  const { asn = '', ipv4 = '', ipv6 = '' } = resourcesJson(child.resources) as Record<string, string>;
  return {
    handle: child.handle,
    local: local.has(child.identity.keyId),
    identity: identityView(child.identity),
    resources: { asn, ipv4, ipv6 },
    leaving: child.leaving,
    keys: keysOf(child, state),
    lastContactAt: child.lastContactAt,
    overhang: overhang(child, state),
  };
}

function stepOf(state: ProxyState, exchanges: number): ProxyView['step'] {
  if (state.repository === null) return 'repository';
  if (state.signer === null) return 'signer';
  if (state.children.size === 0) return 'child';
  return exchanges === 0 ? 'exchange' : 'running';
}

/** What the CAs of this workspace would ask for and do next; nobody is asked. */
export function localWants(locals: LocalCas, state: ProxyState, now: Date): Promise<LocalWants> {
  return locals.wants((handle) => {
    const child = state.children.get(handle);
    if (child === undefined) return null;
    const { reply } = answerChild(state, child, { type: 'list' }, now);
    return reply.type === 'list_response' ? (reply.classes[0] ?? null) : null;
  }, now);
}

/** Who has to do something now. */
export function ballOf(state: ProxyState, now: Date, wants: LocalWants): ProxyView['ball'] {
  const { open, signer } = state;
  if (signer === null) return { who: 'proxy', text: 'The set-up is not finished.' };
  if (open !== null && isVoid(state))
    return {
      who: 'proxy',
      text: 'This request no longer fits: it asks for what the signer has done already, as its signer-info.json showed. Sign it anew, or withdraw it.',
    };
  if (open !== null)
    return Date.parse(open.goodUntil) < now.getTime()
      ? {
          who: 'proxy',
          text: `The open request ended on ${momentText(open.goodUntil)}: sign it anew, or cancel it.`,
        }
      : {
          who: 'courier',
          text: `Carry request.json to the signer and bring response.json back before ${momentText(open.goodUntil)}.`,
        };
  const wanted = infoWanted(state);
  if (wanted !== null) return { who: 'proxy', text: wanted };
  const [rolling] = wants.activate;
  if (rolling !== undefined)
    return {
      who: 'proxy',
      text: `The new key of ${rolling} has its certificate: activate it, then make the request that has the old one revoked.`,
    };
  const wishes = wishesOf(state).reduce((sum, { requests }) => sum + requests.size, 0) + wants.wishes.length;
  if (wishes > 0)
    return {
      who: 'proxy',
      text: `${wishes === 1 ? 'One wish waits' : `${wishes} wishes wait`} for a request: make one.`,
    };
  return {
    who: 'nobody',
    text: `Nothing is open. Plan the next exchange before ${momentText(signer.objects.nextUpdate)}.`,
  };
}

/** After a restore: what is here is older than what is out. */
export const restoredText = (here: bigint, highest: bigint): string =>
  `This workspace was restored: manifest ${highest} was published from it before, and what is here ends at ${here}. Nothing is published until the next exchange, because relying parties refuse what goes back: make a request and take its response.`;

const unpublishedText = (unpublished: readonly string[]): string =>
  `${unpublished.join(', ')}: the newest objects are not out yet. It is tried again every quarter of an hour while this workspace is open.`;

/** Dates and obstacles, most urgent first. `unpublished`: whose newest objects are not out. */
export function proxyWarnings(
  held: HeldProxy,
  now: Date,
  unpublished: readonly string[],
): ProxyView['warnings'] {
  const { state, highest } = held;
  const warnings: ProxyView['warnings'] = [];
  const { signer, open, timing } = state;
  if (signer === null) return warnings;
  const behind = clockBehind(held, now);
  if (behind !== null) warnings.push({ severity: 'bad', text: behind });
  if (highest > signer.objects.number)
    warnings.push({ severity: 'bad', text: restoredText(signer.objects.number, highest) });
  const left = Date.parse(signer.objects.nextUpdate) - now.getTime();
  if (left < 0)
    warnings.push({
      severity: 'bad',
      text: 'Manifest and CRL are out of date: relying parties drop everything below this trust anchor until the next exchange.',
    });
  else if (left < (timing.mftNextUpdateWeeks * WEEK_MS) / 3 && open === null)
    warnings.push({
      severity: 'careful',
      text: `Manifest and CRL end on ${momentText(signer.objects.nextUpdate)}: make a request in time.`,
    });
  if (unpublished.length > 0) warnings.push({ severity: 'careful', text: unpublishedText(unpublished) });
  if (open !== null && outdated(state).length > 0)
    warnings.push({
      severity: 'note',
      text: 'Children want something else by now than the open request says. It stays as it is until you sign it anew.',
    });
  if (numberShown(state) > signer.objects.number)
    warnings.push({
      severity: 'note',
      text: `The signer is at number ${numberShown(state)}, as its signer-info.json showed; ${signer.objects.number} is what is here. What it signed since is published with the next response.`,
    });
  const due = [...signer.objects.issued.values()].filter(
    ({ notAfter }) =>
      Date.parse(notAfter) - timing.issuedCertificateReissueWeeksBefore * WEEK_MS <= now.getTime(),
  ).length;
  if (due > 0 && open === null)
    warnings.push({
      severity: 'careful',
      text: `${due === 1 ? 'One certificate of a child is' : `${due} certificates of children are`} due for renewal: let the children ask, then make a request.`,
    });
  if (Date.parse(signer.certificate.notAfter) - now.getTime() < 26 * WEEK_MS)
    warnings.push({
      severity: 'careful',
      text: `The TA certificate ends on ${momentText(signer.certificate.notAfter)}: have it reissued on the signer.`,
    });
  const unowned = unownedKeys(state).size;
  if (unowned > 0)
    warnings.push({
      severity: 'careful',
      text: `${unowned === 1 ? 'One certificate is' : `${unowned} certificates are`} for keys that no child here has: let the child ask again, or revoke them below the children.`,
    });
  for (const child of state.children.values()) {
    const more = overhang(child, state);
    if (more.length > 0)
      warnings.push({
        severity: 'note',
        text: `${child.handle} holds a certificate for more than it may have now: ${more.every(({ asked }) => asked) ? 'it has asked for what follows, which the next exchange brings' : 'only the child can ask for another one; let it ask, then make a request'}.`,
      });
  }
  return warnings;
}

type Rejected = NonNullable<ProxyView['open']>['rejected'];

/** `local`: key identifiers of the identities of CAs in this workspace; `signerHere`: the other half is here as well. */
export function proxyView(
  held: HeldProxy,
  now: Date,
  about: {
    local: ReadonlySet<string>;
    wants: LocalWants;
    signerHere: boolean;
    putOut: boolean;
    unpublished: readonly string[];
    rejected: Rejected;
  },
): ProxyView {
  const { state } = held;
  const { repository, signer, open } = state;
  const children = [...state.children.values()].map((child) => childView(child, state, about.local));
  return {
    identity: identityView(state.identity),
    step: stepOf(state, held.past.length),
    timing: state.timing,
    repository:
      repository === null
        ? null
        : {
            base: repository.contact.base,
            notify: repository.contact.notify,
            serviceUri: repository.contact.serviceUri,
            publisher: repository.publisherHandle,
            target: repository.target,
          },
    signer:
      signer === null
        ? null
        : {
            identity: identityView(signer.identity),
            keyId: signer.objects.keyId,
            talUris: [...signer.tal.https, signer.tal.rsync],
            certificate: {
              sha256: sha256Hex(signer.certificate.der),
              notBefore: iso(signer.certificate.notBefore),
              notAfter: iso(signer.certificate.notAfter),
            },
            number: String(signer.objects.number),
            shown: String(numberShown(state)),
            thisUpdate: iso(signer.objects.thisUpdate),
            nextUpdate: iso(signer.objects.nextUpdate),
            issued: signer.objects.issued.size,
            revoked: signer.objects.revocations.length,
          },
    lastTaken: held.past.at(-1)?.number ?? null,
    children,
    unowned: [...unownedKeys(state)].map(([keyId, { resources, caRepository, notAfter }]) => ({
      keyId,
      resources: resourceTextsOf(resources),
      repository: caRepository,
      notAfter: iso(notAfter),
      // Of a child that came here with another proxy nothing is known before it asks.
      mayBe: children
        .filter(({ keys }) => keys.length === 0 || keys.some((key) => key.repository === caRepository))
        .map(({ handle }) => handle),
      revoking: state.revoking.includes(keyId),
    })),
    open:
      open === null
        ? null
        : {
            nonce: open.nonce,
            madeAt: open.madeAt,
            goodUntil: open.goodUntil,
            sha256: sha256Hex(open.file),
            words: wordsOf(sha256Hex(open.file)),
            wishes: openContent(open).children.reduce((sum, { requests }) => sum + requests.size, 0),
            outdated: outdated(state),
            rejected: about.rejected,
          },
    waiting: open === null ? wishTexts(state) : [],
    wants: about.wants,
    ball: ballOf(state, now, about.wants),
    clockBehind: clockBehind(held, now),
    infoWanted: open === null ? infoWanted(state) : null,
    published: state.published === null ? null : { at: state.published.at, number: state.published.number },
    unpublished: about.unpublished.length > 0,
    putOut: about.putOut,
    airGapped: !about.signerHere,
    warnings: proxyWarnings(held, now, about.unpublished),
  };
}
