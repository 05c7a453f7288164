/** The content of a new draft: what each purpose begins with, out of the profiles. */
import type { IssueDraft, Purpose } from '#shared/contract/issue-draft.ts';
import type { Profile } from '../issuing/profile.ts';
import { PROFILES } from '../issuing/profiles/index.ts';
import type { StoredAuthority } from '../store/columns.ts';

/** step's own: 5 minutes, 24 hours, 24 hours (L-025). */
export const STEP_LIMITS: IssueDraft['leafLimits'] = {
  minSeconds: 300,
  defaultSeconds: 86_400,
  maxSeconds: 86_400,
};

export function profileOf(purpose: Purpose): Profile {
  return PROFILES[`step-${purpose}`];
}

export function isAuthorityPurpose(purpose: Purpose): purpose is 'root' | 'intermediate' {
  return purpose === 'root' || purpose === 'intermediate';
}

/** Who signs it when nobody chooses: the one authority that can; null: there is none, or a choice. */
export function onlyIssuer(authorities: readonly StoredAuthority[], purpose: Purpose): string | null {
  const able = authorities.filter(
    ({ canSign, certificate: { state, replacedBy, pathLength } }) =>
      canSign &&
      replacedBy === null &&
      state !== 'revoked' &&
      state !== 'expired' &&
      !(purpose === 'intermediate' && pathLength === 0),
  );
  return able.length === 1 ? (able[0]?.id ?? null) : null;
}

/** A draft nobody has typed into. */
export function issuePreset(purpose: Purpose = 'root'): IssueDraft {
  const profile = profileOf(purpose);
  return {
    purpose,
    issuer: null,
    subject: [],
    key: { from: 'new', algorithm: profile.keys.preset, label: '' },
    replaces: null,
    lifetimeSeconds: profile.lifetime.preset,
    backdateSeconds: profile.backdate.preset,
    // An intermediate made a minute after its root with the same preset would be refused otherwise.
    outlive: purpose === 'intermediate' ? 'cap' : 'refuse',
    pathLength: profile.pathLength,
    leafLimits: STEP_LIMITS,
    names: { dns: '', ip: '', uri: '', email: '' },
    status: { mode: 'none' },
    namesPermitted: '',
  };
}
