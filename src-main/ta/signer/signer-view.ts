/** The signer as the window shows it: what it is, what it has published, what is due. No key leaves this. */
import type { SignerView } from '#shared/contract/ta.ts';
import { momentText } from '../../lib/moment-text.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import type { Domain } from '../../lib/domain.ts';
import { writeTal } from '../../rpki/tal.ts';
import type { StoredExchange } from '../../store/commands/ta.ts';
import { resourceTexts } from '../review/child-review.ts';
import { readFacts } from '../review/history.ts';
import { aheadText, aheadUntil, isFarAhead, whyDateIsAsked } from './clock.ts';
import type { HeldSigner } from './held-signer.ts';
import { missingUpTo, missingWarning } from './missing.ts';
import { madeAt } from './publish.ts';
import type { Identity, TrustAnchor } from './trust-anchor.ts';
import { whyNotKrillta } from './why-not-krillta.ts';

const WEEK_MS = 7 * 86_400_000;
const identityView = ({ keyId, certificateDer }: Identity) => ({ keyId, sha256: sha256Hex(certificateDer) });
const iso = (instant: string): string => new Date(instant).toISOString();

/** ta.tal: https URIs, then the rsync one (krill-ta.md 4.5). */
export function talText({ tal, certificate }: Pick<TrustAnchor, 'tal' | 'certificate'>): string {
  return writeTal({ uris: [...tal.https, tal.rsync], spkiDer: certificate.spkiDer });
}

function warningsOf(held: HeldSigner, now: Date): SignerView['warnings'] {
  const { anchor, lastAt } = held;
  const { objects, certificate, timing } = anchor;
  const warnings: SignerView['warnings'] = [];
  if (aheadUntil(lastAt, now) !== null) warnings.push({ severity: 'bad', text: aheadText(lastAt, now) });
  const missing = missingUpTo(held);
  if (missing !== null) warnings.push({ severity: 'bad', text: missingWarning(held, missing) });
  const left = Date.parse(objects.nextUpdate) - now.getTime();
  if (left < 0)
    warnings.push({
      severity: 'bad',
      text: 'Manifest and CRL are out of date: relying parties drop everything below this trust anchor until the next exchange.',
    });
  else if (left < (timing.mftNextUpdateWeeks * WEEK_MS) / 3)
    warnings.push({
      severity: 'careful',
      text: `Manifest and CRL end on ${momentText(objects.nextUpdate)}: plan the next exchange before that.`,
    });
  const lasts = Date.parse(certificate.notAfter) - now.getTime();
  if (lasts <= 0)
    warnings.push({
      severity: 'bad',
      text: `The TA certificate ended on ${momentText(certificate.notAfter)}: relying parties drop everything below this trust anchor until it is reissued, taken over by the proxy, and put at every place of the TAL.`,
    });
  else if (lasts < 26 * WEEK_MS)
    warnings.push({
      severity: 'careful',
      text: `The TA certificate ends on ${momentText(certificate.notAfter)}: reissue it.`,
    });
  // The worst first.
  const weight = { bad: 0, careful: 1, note: 2, good: 3 };
  return warnings.toSorted((a, b) => weight[a.severity] - weight[b.severity]);
}

export type Attention = Awaited<ReturnType<Domain<'overview'>['get']>>['attention'][number];

/** The newest response, where it was signed here and nothing was made since; null: there is none. */
export function waitingResponse({ past, anchor }: HeldSigner): StoredExchange | null {
  const last = past.at(-1);
  if (last === undefined || BigInt(last.number) !== anchor.objects.number) return null;
  return readFacts(last.facts).how?.startsWith('signed here') === true ? last : null;
}

/**
 * The warnings as the overview lists them, the first exchange while it is outstanding, and a response (`waiting`) that was
 * written nowhere yet.
 */
export function attentionOf(held: HeldSigner, now: Date, waiting: StoredExchange | null): Attention[] {
  const action = { label: 'Open…', route: '/trust-anchor' };
  const subject = 'Trust anchor';
  const first: Attention[] =
    held.past.length > 0
      ? []
      : [
          {
            severity: 'note',
            subject,
            text: 'has made no exchange yet',
            detail:
              'Relying parties find its manifest only after the first response is processed by the proxy.',
            action,
          },
        ];
  return [
    ...warningsOf(held, now).map(({ severity, text }) => ({
      severity,
      subject,
      text: severity === 'bad' ? 'needs you now' : 'will need you',
      detail: text,
      action,
    })),
    ...(waiting === null
      ? []
      : [
          {
            severity: 'careful' as const,
            subject,
            text: 'has a response for the proxy',
            detail: `Response ${waiting.number} is signed and not written yet: carry it to the proxy, which publishes it.`,
            action,
          },
        ]),
    ...first,
  ];
}

/** Something was made after the last exchange, a TA certificate or objects. */
function madeSince({ anchor, past }: HeldSigner): boolean {
  const last = past.at(-1);
  if (last === undefined) return false;
  const { objects, certificate } = anchor;
  return objects.number > BigInt(last.number) || Date.parse(last.at) < madeAt(certificate).getTime();
}

/** The TA certificate is younger than the last exchange that counts. */
function isNewCertificate(held: HeldSigner): boolean {
  const last = held.past.findLast((one) => !held.setAside.has(one.id));
  return last !== undefined && Date.parse(last.at) < madeAt(held.anchor.certificate).getTime();
}

export function signerView(held: HeldSigner, now: Date): SignerView {
  const { anchor, history } = held;
  const { objects, certificate, timing } = anchor;
  return {
    identity: identityView(anchor.identity),
    proxy: identityView(anchor.proxy),
    keyId: objects.keyId,
    baseUri: objects.baseUri,
    notify: certificate.rpkiNotify,
    tal: talText(anchor),
    talUris: [...anchor.tal.https, anchor.tal.rsync],
    certificate: {
      sha256: sha256Hex(certificate.der),
      notBefore: iso(certificate.notBefore),
      notAfter: iso(certificate.notAfter),
      serial: String(certificate.serial),
      ended: Date.parse(certificate.notAfter) <= now.getTime(),
    },
    number: String(objects.number),
    thisUpdate: iso(objects.thisUpdate),
    nextUpdate: iso(objects.nextUpdate),
    issued: [...objects.issued].map(([keyId, info]) => ({
      keyId,
      child: history.owners.get(keyId) ?? '',
      notAfter: iso(info.notAfter),
      renewAt: new Date(
        Date.parse(info.notAfter) - timing.issuedCertificateReissueWeeksBefore * WEEK_MS,
      ).toISOString(),
      repository: info.caRepository,
      resources: resourceTexts(info.resources),
    })),
    revoked: objects.revocations.length,
    timing,
    signer: held.keySigner,
    aheadUntil: aheadUntil(held.lastAt, now)?.toISOString() ?? null,
    mayGoOn: isFarAhead(held.lastAt, now),
    sinceExchange: madeSince(held),
    newCertificate: isNewCertificate(held),
    dateAsked: whyDateIsAsked(now, held.lastAt, null),
    notForKrillta: whyNotKrillta(held),
    missingUpTo: missingUpTo(held)?.toString() ?? null,
    warnings: warningsOf(held, now),
  };
}
