/** Whether a response of this signer can be taken by a proxy now, before anybody carries or sends it. */
import { momentText } from '../../lib/moment-text.ts';
import { aheadUntil, isFarAhead } from './clock.ts';
import type { HeldSigner } from './held-signer.ts';

/** Why no proxy takes it now, and what to do; null when one may. */
export function whyEarly(
  exchange: { id: string; at: string; number: string },
  held: Pick<HeldSigner, 'setAside'>,
  now: Date,
): string | null {
  const at = new Date(exchange.at);
  const of = `Response ${exchange.number} was signed at ${momentText(at)}, and this machine says ${momentText(now)}`;
  if (held.setAside.get(exchange.id) === 'replaced')
    return `Response ${exchange.number} was signed without a response that this signer took back since: carry it nowhere. Open the same request again and sign it once more.`;
  // Also when its day has come: nothing is good that the signer made otherwise since.
  if (held.setAside.has(exchange.id))
    return `${of}: this signer went on from this clock without it. Open the same request again and sign it once more.`;
  if (aheadUntil(at, now) === null) return null;
  return isFarAhead(at, now)
    ? `${of}: no proxy takes it before. If this clock is behind, set it. If it was ahead then, press “Go on from this clock…” on the trust anchor’s page, open the same request again and sign it once more.`
    : `${of}: no proxy takes it before. Wait until then, or set this clock if it is behind.`;
}
