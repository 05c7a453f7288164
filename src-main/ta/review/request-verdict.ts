/** The headline over a request and the checks below it: the one thing that matters first, told by its cause. */
import { momentText } from '../../lib/moment-text.ts';
import type { ExchangeReview } from '#shared/contract/ta-review.ts';
import type { Fault } from '../../rpki/fault.ts';
import type { RequestJudgement, WishFault } from '../judge-request.ts';
import { listed } from './child-review.ts';

/** What this machine's clock alone forbids: it stands before what was signed last, or before the request was signed. */
export interface ClockFaults {
  last: readonly Fault[];
  request: readonly Fault[];
}

export interface VerdictOrder {
  judgement: RequestJudgement;
  clock: ClockFaults;
  /** By this machine's clock. */
  now: Date;
  /** Its nonce was answered, by an exchange that is of no use here any more. */
  lost: boolean;
  /** A restore took responses away that this signer made. */
  missing: boolean;
  nonce: ExchangeReview['nonce'];
  unusual: readonly string[];
  /** Children with a certificate that ask for nothing. */
  quiet: readonly string[];
}

type Verdict = ExchangeReview['verdict'];

export const isWishFault = (fault: Fault): fault is WishFault => 'key' in fault;

/** The faults of the file itself by their cause. */
function causesOf({ faults, message, edited }: RequestJudgement) {
  const early = message?.untimely.early ?? [];
  const late = message?.untimely.late ?? [];
  const file = faults.filter((fault) => !isWishFault(fault));
  return {
    early,
    late,
    /** What neither time nor copying it again takes away. */
    wrong: file.filter((fault) => fault !== edited && !early.includes(fault) && !late.includes(fault)),
  };
}

const wishesOf = ({ faults }: RequestJudgement): number =>
  new Set(faults.filter(isWishFault).map(({ child, key }) => `${child} ${key}`)).size;

function wishesCheck(
  request: RequestJudgement['request'],
  wishes: number,
  bad: number,
): Verdict['checks'][number] {
  if (request === null) return { ok: null, text: 'what is asked for cannot be read' };
  if (wishes === 0) return { ok: true, text: 'no child asks for anything: CRL and manifest are renewed' };
  if (bad > 0) return { ok: false, text: `${bad} of ${wishes} wishes cannot be signed` };
  return {
    ok: true,
    text: wishes === 1 ? 'the one wish can be signed' : `all ${wishes} wishes can be signed`,
  };
}

function nonceCheck({ judgement, nonce, lost }: VerdictOrder): Verdict['checks'][number] {
  if (judgement.request === null) return { ok: null, text: 'its nonce cannot be read' };
  // That it was answered is no fault of it: its response is kept.
  if (nonce.state === 'answered')
    return { ok: null, text: `its nonce was answered with response ${nonce.number ?? ''}` };
  return nonce.state === 'new' && !lost
    ? { ok: true, text: 'nonce not seen before' }
    : { ok: false, text: 'its nonce was answered before' };
}

/** What nobody we know signed proves nothing: what looks right in it is not called right. */
function checksOf(order: VerdictOrder): Verdict['checks'] {
  const checks = allChecks(order);
  if (causesOf(order.judgement).wrong.length === 0 || order.judgement.message === null) return checks;
  return [
    ...checks.filter(({ ok }) => ok !== true),
    { ok: null, text: 'what it asks for, and when it was made, says nothing while this is so' },
  ];
}

function allChecks(order: VerdictOrder): Verdict['checks'] {
  const { judgement, clock, nonce, quiet } = order;
  const { request, message, edited } = judgement;
  const { early, late, wrong } = causesOf(judgement);
  const wishes = request?.children.reduce((sum, child) => sum + child.requests.size, 0) ?? 0;
  const bad = wishesOf(judgement);
  return [
    wrong.length === 0 && edited === null
      ? { ok: true, text: 'signature, CRL and clear text agree' }
      : {
          ok: false,
          text:
            message?.foreign === true
              ? 'signed by another identity than the enrolled proxy'
              : 'signature, CRL and clear text do not agree',
        },
    ...(message?.signingTime
      ? [
          {
            ok: early.length + late.length + clock.last.length + clock.request.length === 0,
            text: `made ${momentText(message.signingTime)}, good until ${momentText(message.notAfter)}`,
          },
        ]
      : []),
    nonceCheck(order),
    // What was answered is not asked any more.
    ...(nonce.state === 'answered' ? [] : [wishesCheck(request, wishes, bad)]),
    ...(quiet.length === 0
      ? []
      : [
          {
            ok: null,
            text: `not in it, though ${quiet.length === 1 ? 'it has a certificate' : 'they have certificates'}: ${listed(quiet)}`,
          },
        ]),
  ];
}

function headline(order: VerdictOrder): Omit<Verdict, 'checks'> {
  const { judgement, clock, nonce, unusual } = order;
  const { early, late, wrong } = causesOf(judgement);
  const stop = (title: string) => ({ severity: 'bad' as const, title });
  if (judgement.message === null)
    return stop(
      'Do not sign: this file is damaged or of another kind. Copy it again from the proxy’s machine',
    );
  if (judgement.message.altered)
    return stop(
      'Do not sign: this copy is damaged or was altered. Copy it again from the proxy’s machine; if it stays so, the enrolled proxy did not make it',
    );
  if (judgement.message.foreign)
    return stop('Do not sign: another proxy than the enrolled one made this request. Find out whose it is');
  if (wrong.length > 0) return stop('Do not sign: this is not a request of the enrolled proxy as it made it');
  if (judgement.edited !== null)
    return stop('Do not sign: this file is damaged. Copy it again; below is what the enrolled proxy signed');
  if (nonce.state === 'other-content')
    return stop('Stop: another request with this nonce was answered before');
  // What was answered cannot be signed again, and need not be: its wishes, its time and the clock say nothing of it.
  if (nonce.state === 'answered')
    return {
      severity: 'careful',
      title: `This request was answered before, with response ${nonce.number ?? ''}, which is kept`,
    };
  if (early.length > 0)
    return stop('Stop: this request is from the future. The clock of this machine or of the proxy is wrong');
  if (clock.last.length > 0)
    return stop('Stop: this machine’s clock is before the last exchange. One of the two is wrong');
  if (clock.request.length > 0) return stop('Stop: this machine’s clock is before the request was signed');
  if (late.length > 0)
    return stop(
      `This request ended on ${judgement.message === null ? '' : momentText(judgement.message.notAfter)}, and the clock of this machine says ${momentText(order.now)}: have the proxy sign it anew, or, if this clock is ahead, set it`,
    );
  const bad = wishesOf(judgement);
  if (bad > 0)
    return stop(
      `Signed by the enrolled proxy, but ${bad === 1 ? 'one wish makes' : `${bad} wishes make`} the whole of it fail`,
    );
  if (order.missing)
    return {
      severity: 'careful',
      title:
        'Signed by the enrolled proxy, but revocations since this signer was restored may be missing: take its responses back first',
    };
  if (unusual.length > 0)
    return {
      severity: 'careful',
      title: `Signed by the enrolled proxy; ${unusual.length === 1 ? 'one thing is' : `${unusual.length} things are`} unusual`,
    };
  return { severity: 'good', title: 'Signed by the enrolled proxy, and nothing in it is unusual' };
}

export const verdictOf = (order: VerdictOrder): Verdict => ({ ...headline(order), checks: checksOf(order) });
