/** A request or response on a stick: the next one, one that is on its way, answered, withdrawn, ended, or another half's. */
import { momentText } from '../../lib/moment-text.ts';
import type { FactsOf } from './facts.ts';
import type { ProxySituation, SignerSituation } from './situation.ts';
import { short, type Verdict } from './verdict.ts';

/** Its signer's clock, or this one, is wrong; null: it was signed before `now`. */
function ofTheFuture({ signedAt }: { signedAt: Date | null }, now: Date): string | null {
  return signedAt === null || signedAt.getTime() <= now.getTime()
    ? null
    : `It was signed at ${momentText(signedAt)} (signed.message), and this machine says ${momentText(now)}: compare the clocks of both machines.`;
}

const isBefore = ({ signedAt }: { signedAt: Date | null }, at: string): boolean =>
  signedAt !== null && signedAt.getTime() < Date.parse(at);

export function requestAtSigner(
  file: FactsOf<'request'>,
  sha256: string,
  signer: SignerSituation,
  now: Date,
): Verdict {
  const opens = 'review' as const;
  if (file.signedBy !== signer.proxy)
    return {
      state: 'unexpected',
      says: `It was signed by ${short(file.signedBy)} (signed.message), and the enrolled proxy is ${short(signer.proxy)}: it is another proxy's request.`,
      opens,
    };
  const used = signer.past.findLast(({ nonce }) => nonce === file.nonce);
  if (used !== undefined && !used.setAside)
    return {
      state: 'stale',
      says: `It was answered on ${momentText(used.at)} with response ${used.number} (request.nonce ${file.nonce}). Opening it offers that response again.`,
      opens,
    };
  if (file.goodUntil.getTime() < now.getTime())
    return {
      state: 'stale',
      says: `It ended on ${momentText(file.goodUntil)} (signed.message), and this machine says ${momentText(now)}: have the proxy sign it anew, or, if this clock is ahead, set it.`,
      opens,
    };
  const rejected = signer.rejected.findLast((one) => one.sha256 === sha256);
  if (rejected !== undefined)
    return {
      state: 'stale',
      says: `It was rejected here on ${momentText(rejected.at)}, because: ${rejected.reason.replace(/\.$/, '')}. Wait for the next request of the proxy.`,
      opens,
    };
  const future = ofTheFuture(file, now);
  if (future !== null) return { state: 'later', says: future, opens };
  const { lastRequest } = signer;
  if (used === undefined && lastRequest !== null && isBefore(file, lastRequest.at))
    return {
      state: 'stale',
      says: `Older than the request answered last, which response ${lastRequest.number} answered and which was signed on ${momentText(lastRequest.at)} (signed.message): the proxy must have withdrawn it, or its clock is behind.`,
      opens,
    };
  if (used !== undefined)
    return {
      state: 'expected',
      says: `It was answered with response ${used.number} of ${momentText(used.at)}, and this signer went on without that: it is reviewed and signed once more.`,
      opens,
    };
  return {
    state: 'expected',
    says: 'The next request of the enrolled proxy: it is reviewed, then signed.',
    opens,
  };
}

export function requestAtProxy(file: FactsOf<'request'>, sha256: string, proxy: ProxySituation): Verdict {
  const { open } = proxy;
  if (open?.nonce === file.nonce)
    return open.sha256 === sha256
      ? { state: 'own', says: 'The open request of this proxy: carry it to the signer.' }
      : {
          state: 'stale',
          says: `The open request as it was before it was signed anew (request.nonce ${file.nonce}). Write it once more.`,
        };
  const taken = proxy.past.find(({ nonce }) => nonce === file.nonce);
  if (taken !== undefined)
    return {
      state: 'done',
      says: `Its response was taken on ${momentText(taken.at)} (request.nonce ${file.nonce}): it is done with.`,
    };
  const gone = proxy.cancelled.find(({ nonce }) => nonce === file.nonce);
  if (gone !== undefined)
    return {
      state: 'stale',
      says: `It was withdrawn on ${momentText(gone.at)} (request.nonce ${file.nonce}): do not have it signed.`,
    };
  return file.signedBy === proxy.identity
    ? {
        state: 'stale',
        says: `A request of this proxy that it no longer knows (request.nonce ${file.nonce}): from before a restore, perhaps.`,
      }
    : {
        state: 'unexpected',
        says: `The request of another proxy, ${short(file.signedBy)} (signed.message).`,
      };
}

export function responseAtSigner(
  file: FactsOf<'response'>,
  sha256: string,
  signer: SignerSituation,
): Verdict | null {
  const answers = signer.past.filter(({ nonce }) => nonce === file.nonce);
  const made = answers.find((one) => one.responseSha256 === sha256) ?? answers.at(-1);
  if (made === undefined)
    return file.signedBy === signer.identity
      ? {
          state: signer.missing ? 'expected' : 'stale',
          says: `A response of this signer that it no longer knows (response.nonce ${file.nonce}): from before a restore. Take it back, the oldest first.`,
          opens: 'take-back',
        }
      : null;
  if (made.responseSha256 !== sha256)
    return {
      state: 'unexpected',
      says: `It answers the request of response ${made.number}, and is not the file that was made here on ${momentText(made.at)} (response.nonce ${file.nonce}).`,
    };
  if (made.setAside)
    return {
      state: 'stale',
      says: `Response ${made.number} of ${momentText(made.at)}: this signer went on without it. Open its request again and sign it once more.`,
    };
  const last = signer.past.at(-1);
  return last === made || last === undefined
    ? { state: 'own', says: `Response ${made.number} of ${momentText(made.at)}: carry it back to the proxy.` }
    : {
        state: 'own',
        says: `Response ${made.number} of ${momentText(made.at)}, an older one: response ${last.number} was made after it, on ${momentText(last.at)}.`,
      };
}

export function responseAtProxy(file: FactsOf<'response'>, proxy: ProxySituation, now: Date): Verdict {
  const opens = 'response' as const;
  const { open, signer } = proxy;
  const taken = proxy.past.find(({ nonce }) => nonce === file.nonce);
  if (taken !== undefined)
    return {
      state: 'done',
      says: `It was taken on ${momentText(taken.at)} as response ${taken.number} (response.nonce ${file.nonce}).`,
    };
  const gone = proxy.cancelled.find(({ nonce }) => nonce === file.nonce);
  if (gone !== undefined)
    return {
      state: 'stale',
      says: `It answers a request that was withdrawn on ${momentText(gone.at)} (response.nonce ${file.nonce}).`,
      opens,
    };
  if (open === null)
    return {
      state: 'unexpected',
      says: `It answers a request that is not open here (response.nonce ${file.nonce}); no request is open.`,
    };
  if (open.nonce !== file.nonce)
    return {
      state: 'unexpected',
      says: `It answers another request: response.nonce is ${file.nonce}, and the open request has ${open.nonce}.`,
      opens,
    };
  if (signer === null || file.signedBy !== signer.identity)
    return {
      state: 'unexpected',
      says: `It was signed by ${short(file.signedBy)} (signed.message), and the associated signer is ${signer === null ? 'none' : short(signer.identity)}.`,
      opens,
    };
  if (file.goodUntil.getTime() < now.getTime())
    return {
      state: 'stale',
      says: `It ended on ${momentText(file.goodUntil)} (signed.message), and this machine says ${momentText(now)}: sign the request anew and have it answered again, or, if this clock is ahead, set it.`,
      opens,
    };
  const future = ofTheFuture(file, now);
  if (future !== null) return { state: 'later', says: `${future} It cannot be taken before.`, opens };
  return {
    state: 'expected',
    says: 'The answer to the open request: it is reviewed, then published.',
    opens,
  };
}
