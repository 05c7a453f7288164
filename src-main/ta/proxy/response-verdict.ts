/** What stands on top of a response's review: one title, and what was checked. */
import { momentText } from '../../lib/moment-text.ts';
import type { ResponseReview } from '#shared/contract/ta-proxy.ts';
import type { Fault } from '../../rpki/fault.ts';
import type { OpenedExchange } from '../open-exchange.ts';

/** `story`: what is known of its nonce already; `future`: when it was signed, where that is all that is wrong. */
export function verdictOf(
  faults: readonly Fault[],
  unusual: readonly string[],
  opened: OpenedExchange | null,
  request: { open: string; answered: string | null },
  story: string | null,
  future: Date | null,
): ResponseReview['verdict'] {
  const message = opened?.message ?? null;
  const edited = opened?.edited ?? null;
  const checks = [
    message?.genuine === true && edited === null
      ? { ok: true, text: 'signed by the associated signer, clear text and signed content say the same' }
      : {
          ok: false,
          text:
            message?.foreign === true
              ? 'signed by another identity than the associated signer'
              : 'not signed by the associated signer, or clear text and signed content differ',
        },
    {
      ok: faults.length === 0 ? true : null,
      text: 'every object holds before the validator; manifest and files agree',
    },
    { ok: faults.length === 0 ? true : null, text: 'every wish is answered, and nothing else' },
    {
      ok: request.answered === null ? null : request.answered === request.open,
      text: `answers the open request ${request.open}`,
    },
  ];
  // What follows from its being an old one says nothing more.
  if (story !== null) return { severity: 'bad', title: `Do not publish: this response ${story}`, checks };
  if (message === null)
    return {
      severity: 'bad',
      title:
        'Do not publish: this file is damaged or of another kind. Copy it again from the signer’s machine',
      checks,
    };
  if (future !== null)
    return {
      severity: 'bad',
      title: `Do not publish yet: this response is from the future, signed at ${momentText(future)}. Compare the clocks of both machines`,
      checks,
    };
  const others = faults.filter((fault) => fault !== edited && !message?.untimely.late.includes(fault));
  if (edited !== null && others.length === 0)
    return {
      severity: 'bad',
      title: 'Do not publish: this file is damaged. Copy it again; below is what the signer signed',
      checks,
    };
  if (message !== null && faults.length > 0 && others.length === 0)
    return {
      severity: 'bad',
      title: `Do not publish: this response ended on ${momentText(message.notAfter)}, by the clock of this machine. Sign the request anew and have it answered again, or, if this clock is ahead, set it`,
      checks,
    };
  if (message.genuine && edited === null && request.answered !== null && request.answered !== request.open)
    return {
      severity: 'bad',
      title: 'Do not publish: this response answers another request than the open one',
      checks,
    };
  if (message.foreign)
    return {
      severity: 'bad',
      title:
        'Do not publish: another signer than the associated one made this response. Find out whose it is',
      checks,
    };
  if (faults.length > 0)
    return { severity: 'bad', title: 'Do not publish: this response is not right', checks };
  if (unusual.length > 0)
    return {
      severity: 'careful',
      title: `It can be published; ${unusual.length === 1 ? 'one thing is' : `${unusual.length} things are`} unusual`,
      checks,
    };
  return { severity: 'good', title: 'The signer answered what was asked, and every object holds', checks };
}
