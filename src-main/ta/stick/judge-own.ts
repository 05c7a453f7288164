/**
 * A file that was written here, beside what would be written now: on its way, or out of date, with what differs. Identities,
 * answers to children, ta.cer and ta.tal; messages are judge-messages.ts's.
 */
import { sha256Hex } from '../../lib/bytes.ts';
import { momentText } from '../../lib/moment-text.ts';
import { factsOf, type FactsOf } from './facts.ts';
import type { AnchorSituation, PlaceSituation, ProxySituation, Situation } from './situation.ts';
import { short, type Verdict } from './verdict.ts';

const ANEW = 'Write it anew.';

/** `own`, where its identity certificate is the present one. */
export function ownIdentity(
  file: { identitySha256: string },
  present: { identitySha256: string },
  says: string,
): Verdict {
  return file.identitySha256 === present.identitySha256
    ? { state: 'own', says }
    : {
        state: 'stale',
        says: `It holds another certificate for the same identity key than is used now. ${ANEW}`,
      };
}

/** "sia_base is A, and B has C"; "" where they are one. `whose`: to whom the second belongs. */
export function otherPlace(
  file: FactsOf<'repository-response'>,
  known: PlaceSituation,
  whose: string,
): string {
  return (
    [
      ['sia_base', file.base, known.base],
      ['rrdp_notification_uri', file.notify, known.notify],
      ['service_uri', file.serviceUri, known.serviceUri],
    ] as const
  )
    .filter(([, says, is]) => says !== is)
    .map(([name, says, is]) => `${name} is ${says ?? 'none'}, and ${whose} has ${is ?? 'none'}`)
    .join('; ');
}

/** res.xml of this proxy: the child sends its messages where it says, for ever. */
export function ownParentResponse(file: FactsOf<'parent-response'>, proxy: ProxySituation): Verdict {
  const { handle, serviceUri } = file;
  if (!proxy.children.has(handle))
    return {
      state: 'stale',
      says: `The answer of this proxy to the child ${handle}, which is no child here any more.`,
    };
  const present = proxy.addressOf(handle);
  if (present !== serviceUri)
    return {
      state: 'stale',
      says: `It names another address: service_uri is ${serviceUri}, and children of this proxy send to ${present ?? 'none that others find, until the listener has a public URI'}. ${ANEW}`,
    };
  return ownIdentity(file, proxy, `The answer of this proxy to the child ${handle}: carry it there.`);
}

/** ta.cer and ta.tal of an anchor here; of the signer first, which makes them. */
export function publicFile(
  file: FactsOf<'tal'> | FactsOf<'ta-certificate'>,
  sha256: string,
  { signer, proxy }: Situation,
): Verdict {
  const anchor = [signer, proxy?.signer ?? null].find((one) => one?.taKey === file.taKey) ?? null;
  if (anchor === null)
    return { state: 'unexpected', says: `It is of another trust anchor, ${short(file.taKey)}.` };
  return file.kind === 'tal' ? ownTal(file, anchor) : ownCertificate(file, sha256, anchor, signer !== null);
}

/** A certificate as its own trust anchor sees it. */
export interface OfAnchor {
  severity: 'good' | 'careful';
  /** One sentence. */
  says: string;
}

/** null: it is no certificate (DER) of an anchor here. */
export function ofAnchor(der: Uint8Array, situation: Situation): OfAnchor | null {
  const facts = factsOf(der, null);
  if (facts.kind !== 'ta-certificate') return null;
  const { state, says } = publicFile(facts, sha256Hex(der), situation);
  return state === 'unexpected' ? null : { severity: state === 'own' ? 'good' : 'careful', says };
}

function ownTal({ uris }: FactsOf<'tal'>, { tal, certificateFrom }: AnchorSituation): Verdict {
  if (uris.join('\n') === tal.join('\n'))
    return { state: 'own', says: 'The locator of this trust anchor, for relying parties.' };
  const more = tal.filter((uri) => !uris.includes(uri));
  const gone = uris.filter((uri) => !tal.includes(uri));
  const differs = [
    ...(more.length === 0 ? [] : [`it lacks ${more.join(', ')}`]),
    ...(gone.length === 0 ? [] : [`it names ${gone.join(', ')}, which the present one does not`]),
  ];
  return {
    state: 'stale',
    says: `Not the locator of this trust anchor as it was made on ${momentText(certificateFrom)}: ${differs.join('; ') || 'its places stand in another order'}. ${ANEW}`,
  };
}

function ownCertificate(
  { from }: FactsOf<'ta-certificate'>,
  sha256: string,
  { certificateSha256, certificateFrom }: AnchorSituation,
  here: boolean,
): Verdict {
  if (sha256 === certificateSha256)
    return {
      state: 'own',
      says: 'The certificate of this trust anchor, for the places its TAL names.',
    };
  if (!here && from.getTime() > certificateFrom.getTime())
    return {
      state: 'later',
      says: `A certificate of this trust anchor that was made on ${momentText(from)}, after the one that is known here (${momentText(certificateFrom)}): take over signer-info.json first.`,
    };
  return {
    state: 'stale',
    says: `Another ta.cer was made on ${momentText(certificateFrom)}, and this one is of ${momentText(from)}. ${ANEW}`,
  };
}
