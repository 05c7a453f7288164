/** What is typed to connect with a Krill, what its server showed, and why it cannot be connected yet. No component. */
import { useState } from 'react';
import type { Answer } from '#shared/contract/index.ts';
import type { KrillLink } from '#shared/contract/ta-net.ts';
import { bareFingerprint } from '#shared/fingerprint-text.ts';
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { hexGroups } from '../../components/hex-value.tsx';
import { parseNumber } from '../../components/text-field.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';

export type Peeked = Answer<'ta.peekServer'>;
export type KrillTrust = 'pin' | 'system';

/** Krill's own, when krill.conf names none. */
const POST_LIMIT = 262_144;
/** So many groups of four digits are read on the server and typed; none is shown before. */
const TYPED_GROUPS = 4;

/** The end of the fingerprint as it was read on the server, beside the one that was shown. */
export function compareTail(sha256: string, typed: string): 'same' | 'differs' | 'short' {
  const tail = hexGroups(sha256).slice(-TYPED_GROUPS).join('');
  const heard = hexGroups(bareFingerprint(typed)).join('');
  if (heard === tail) return 'same';
  return tail.startsWith(heard) ? 'short' : 'differs';
}

interface Typed {
  server: string;
  trust: KrillTrust;
  /** The groups read on the server. */
  tail: string;
  token: string;
  limit: string;
}

/** What follows from what was typed. */
function derived(typed: Typed, link: KrillLink | null, peeked: { server: string; found: Peeked } | null) {
  const address = typed.server.trim();
  const isSocket = address.startsWith('unix:');
  const same = link !== null && link.server === address;
  const found = peeked?.server === address ? peeked.found : null;
  const keptPin = same ? link.pin : null;
  const compared = found !== null && compareTail(found.sha256, typed.tail) === 'same' ? found.sha256 : null;
  const pins = !isSocket && typed.trust === 'pin';
  const pin = found === null ? keptPin : compared;
  return {
    address,
    isSocket,
    pins,
    found,
    keptPin,
    pin,
    /** It never goes to another server than the one it was typed for, nor to one that shows another certificate. */
    keepsToken: same && link.hasToken && link.pin === (pins ? pin : null),
    postLimit: parseNumber(typed.limit),
  };
}

function missing(typed: Typed, now: ReturnType<typeof derived>): string | null {
  if (now.address === '') return 'Say where it is';
  if (now.pins && now.pin === null)
    return now.found === null
      ? 'Look at its certificate first'
      : 'Type the last groups as they stand on the server';
  if (!now.isSocket && typed.token === '' && !now.keepsToken) return 'Type its token';
  return now.postLimit === null || !Number.isInteger(now.postLimit) || now.postLimit < 1024
    ? 'Say its post_limit_api, 1024 or more'
    : null;
}

export function useKrillForm(link: KrillLink | null, onDone: () => void) {
  const [typed, setTyped] = useState<Typed>({
    server: link?.server ?? 'https://localhost:3000/',
    trust: link !== null && link.pin === null ? 'system' : 'pin',
    tail: '',
    token: '',
    limit: String(link?.postLimit ?? POST_LIMIT),
  });
  const [peeked, setPeeked] = useState<{ server: string; found: Peeked } | null>(null);
  const now = derived(typed, link, peeked);
  const change = (part: Partial<Typed>): void => setTyped((old) => ({ ...old, ...part }));

  const look = useAction('ta.peekServer', async () => {
    const { address } = now;
    change({ tail: '' });
    setPeeked({ server: address, found: await call('ta.peekServer', { server: address }) });
  });
  const connect = useStartedJob(
    'ta.setKrill',
    () =>
      call('ta.setKrill', {
        server: now.address,
        token: typed.token === '' ? null : typed.token,
        pin: now.pins ? now.pin : null,
        postLimit: now.postLimit ?? 0,
      }),
    () => {
      showToast('Connected: Krill answers and takes the token');
      onDone();
    },
  );
  return { typed, change, ...now, look, connect, why: missing(typed, now) };
}

export type KrillForm = ReturnType<typeof useKrillForm>;
