/** Both halves as their guide sees them, for tests. Not shipped. */
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import type { SignerView } from '#shared/contract/ta.ts';
import { guideOf } from './guide-model.ts';
import type { Guide, GuideInput } from './guide-steps.ts';

export const AT = '2026-12-11T00:00:00Z';
export const OPEN: NonNullable<ProxyView['open']> = {
  nonce: 'n-1',
  madeAt: AT,
  goodUntil: AT,
  sha256: 'AB',
  words: [],
  wishes: 1,
  outdated: [],
  rejected: null,
};

export const proxy = (part: Partial<ProxyView>): ProxyView =>
  ({
    signer: null,
    open: null,
    ball: { who: 'nobody', text: 'Nothing is open.' },
    unpublished: false,
    putOut: true,
    clockBehind: null,
    infoWanted: null,
    wants: { wishes: [], activate: [] },
    ...part,
  }) as ProxyView;
export const signer = (number: string, sha256 = 'C0', ended = false): SignerView =>
  ({ number, certificate: { sha256, notAfter: AT, ended }, missingUpTo: null }) as SignerView;

export function at(input: Partial<GuideInput>, handedOut: string[] = []): Guide {
  return guideOf({
    proxy: null,
    signer: null,
    answered: null,
    made: null,
    exchanged: false,
    reissued: false,
    krill: false,
    offline: false,
    signerHere: false,
    ...input,
    handedOut: new Set(handedOut),
  });
}

const here = ({ steps }: Guide): string => steps.find(({ state }) => state === 'here')?.id ?? '';
export const says = (guide: Guide): [string, string | null] => [here(guide), guide.next?.label ?? null];
