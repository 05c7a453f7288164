/**
 * From when until when, within the profile's and the authority's limits, worded as step words it.
 * It reads no clock: now is an argument. Seconds throughout, as certificates have no smaller unit.
 */
import { goDuration, readableDuration } from './go-duration.ts';
import { capital, problem, type Problem } from './problem.ts';
import type { Profile } from './profile.ts';

export interface LeafLimits {
  minSeconds: number;
  defaultSeconds: number;
  maxSeconds: number;
}

export interface Validity {
  notBefore: Date;
  notAfter: Date;
}

export interface LifetimeRequest {
  lifetimeSeconds: number;
  backdateSeconds: number;
  /** What to do with a certificate that would outlive its issuer: the operator's choice. */
  outlive: 'refuse' | 'cap';
}

export interface LifetimeAnswer {
  /** null when there are problems. */
  validity: Validity | null;
  problems: Problem[];
  /** What was changed, for the review: "ends with its issuer". */
  notes: string[];
}

/** Past this, a leaf's review shows the trade-off (L-060). */
export const CAREFUL_LEAF_SECONDS = 90 * 86_400;

/** Widest limits an operator may give an authority (docs/decisions.md). */
export const WIDEST_LEAF_SECONDS = 3650 * 86_400;

function limitProblems(request: LifetimeRequest, profile: Profile, limits: LeafLimits | null): Problem[] {
  const { lifetimeSeconds, backdateSeconds } = request;
  const { lifetime, backdate } = profile;
  if (!Number.isInteger(lifetimeSeconds) || lifetimeSeconds <= 0)
    return [problem('lifetimeSeconds', 'A lifetime is a number above zero.', 'Type how long it is to live.')];
  if (!Number.isInteger(backdateSeconds) || backdateSeconds < 0 || backdateSeconds > backdate.max)
    return [
      problem(
        'backdateSeconds',
        `Back-dating is between 0 and ${readableDuration(backdate.max)}.`,
        `${readableDuration(backdate.preset)} covers ordinary clock differences.`,
      ),
    ];
  // step compares the whole span with the limits and lets the back-dating come on top of the maximum.
  const span = lifetimeSeconds + backdateSeconds;
  if (limits !== null && span > limits.maxSeconds + backdateSeconds)
    return [
      {
        ...problem(
          'lifetimeSeconds',
          `${capital(readableDuration(lifetimeSeconds))} is longer than this authority allows (${readableDuration(limits.maxSeconds)}).`,
          'Choose a shorter lifetime, or raise the limit for this CA.',
        ),
        quote: `requested duration of ${goDuration(span)} is more than the authorized maximum certificate duration of ${goDuration(limits.maxSeconds + backdateSeconds)}`,
      },
    ];
  if (limits !== null && span < limits.minSeconds)
    return [
      {
        ...problem(
          'lifetimeSeconds',
          `${readableDuration(lifetimeSeconds)} is shorter than this authority allows (${readableDuration(limits.minSeconds)}).`,
          'Choose a longer lifetime, or lower the limit for this CA.',
        ),
        quote: `requested duration of ${goDuration(span)} is less than the authorized minimum certificate duration of ${goDuration(limits.minSeconds)}`,
      },
    ];
  if (lifetimeSeconds < lifetime.min)
    return [
      problem(
        'lifetimeSeconds',
        `${profile.title}: at least ${readableDuration(lifetime.min)}.`,
        'Choose a longer one.',
      ),
    ];
  if (lifetimeSeconds > lifetime.max)
    return [
      problem(
        'lifetimeSeconds',
        `${capital(readableDuration(lifetimeSeconds))} is more than ${profile.title} certificates may live here (${readableDuration(lifetime.max)}).`,
        'Choose a shorter one and renew in time.',
      ),
    ];
  return [];
}

function wholeSecond(at: Date): number {
  return Math.floor(at.getTime() / 1000) * 1000;
}

const shown = (at: Date): string => `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/**
 * `issuer`: validity of what will sign, null where it signs itself. `limits`: the issuer's for leaves, null where
 * none apply. Problems name "lifetimeSeconds", "backdateSeconds" or "issuer".
 */
export function decideLifetime(
  request: LifetimeRequest,
  facts: { now: Date; profile: Profile; issuer: Validity | null; limits: LeafLimits | null },
): LifetimeAnswer {
  const problems = limitProblems(request, facts.profile, facts.limits);
  const notes: string[] = [];
  if (problems.length > 0) return { validity: null, problems, notes };
  const now = wholeSecond(facts.now);
  let notBefore = new Date(now - request.backdateSeconds * 1000);
  let notAfter = new Date(now + request.lifetimeSeconds * 1000);
  const { issuer } = facts;
  if (issuer === null) return { validity: { notBefore, notAfter }, problems, notes };
  if (issuer.notAfter.getTime() < now)
    return refused(`CA expired on ${shown(issuer.notAfter)}`, 'Renew the authority or choose another.');
  if (issuer.notBefore.getTime() > now)
    return refused(`CA is not valid before ${shown(issuer.notBefore)}`, 'Check the clock or choose another.');
  if (notBefore < issuer.notBefore) {
    notBefore = issuer.notBefore;
    notes.push('begins with its issuer');
  }
  if (notAfter > issuer.notAfter) {
    if (request.outlive === 'refuse')
      return {
        validity: null,
        problems: [
          problem(
            'lifetimeSeconds',
            `It would outlive its issuer, which ends on ${shown(issuer.notAfter)}: from then on nobody could verify it.`,
            'Choose a shorter lifetime, let it end with its issuer, or renew the issuer first.',
          ),
        ],
        notes,
      };
    notAfter = issuer.notAfter;
    notes.push(`ends with its issuer on ${shown(issuer.notAfter)}`);
  }
  // What was cut to fit its issuer is measured again: the least holds for what is signed, not for what was asked.
  const cut = {
    ...request,
    lifetimeSeconds: (notAfter.getTime() - now) / 1000,
    backdateSeconds: (now - notBefore.getTime()) / 1000,
  };
  const tooShort = limitProblems(cut, facts.profile, facts.limits).map((found) => ({
    ...found,
    message: notes.length === 0 ? found.message : `It ${notes.join(' and ')}: ${found.message}`,
  }));
  if (tooShort.length > 0) return { validity: null, problems: tooShort, notes };
  return { validity: { notBefore, notAfter }, problems, notes };

  function refused(message: string, fix: string): LifetimeAnswer {
    return { validity: null, problems: [problem('issuer', `${message}.`, fix)], notes };
  }
}

/** What is wrong with limits an operator wants to give an authority. Path "leafLimits". */
export function checkLimits(limits: LeafLimits): Problem[] {
  const { minSeconds, defaultSeconds, maxSeconds } = limits;
  const wrong = (message: string, fix: string): Problem[] => [problem('leafLimits', message, fix)];
  if (![minSeconds, defaultSeconds, maxSeconds].every((value) => Number.isInteger(value) && value > 0))
    return wrong('Limits are numbers above zero.', 'Usual are 5 minutes, 24 hours and 24 hours.');
  if (minSeconds > defaultSeconds || defaultSeconds > maxSeconds)
    return wrong(
      'The default lies between the minimum and the maximum.',
      'Change the one that is out of order.',
    );
  if (maxSeconds > WIDEST_LEAF_SECONDS)
    return wrong(
      `${readableDuration(maxSeconds)} is too long for a leaf; the most is ${readableDuration(WIDEST_LEAF_SECONDS)}.`,
      'A leaf is renewed, not kept for decades.',
    );
  return [];
}
