/** What the overview says of the proxy: its warnings, what its set-up lacks, the exchange under way. */
import type { Attention } from '../signer/signer-view.ts';
import type { HeldProxy } from './held-proxy.ts';
import type { LocalWants } from './local-cas.ts';
import { ballOf, proxyWarnings } from './proxy-view.ts';

interface About {
  wants: LocalWants;
  putOut: boolean;
  /** Whose newest objects are not out. */
  unpublished: readonly string[];
}

/** What is missing so that relying parties find something; nothing before there is something to find. */
function setUpAttention({ state }: HeldProxy, { putOut, unpublished }: About): Attention[] {
  const subject = 'Trust anchor proxy';
  if (state.signer === null || unpublished.length > 0) return [];
  const items: Attention[] = [];
  if (!putOut)
    items.push({
      severity: 'careful',
      subject,
      text: 'is not known to be found',
      detail:
        'Relying parties find nothing before ta.cer and the TAL are where they fetch them: put them out, then have it looked at, or say that they are out.',
      action: { label: 'Put out…', route: '/trust-anchor/put-out' },
    });
  if (state.children.size === 0)
    items.push({
      severity: 'note',
      subject,
      text: 'has no child yet',
      detail: 'Nothing can be certified below it: add the first child.',
      action: { label: 'Open…', route: '/trust-anchor' },
    });
  return items;
}

/** The warnings as the overview lists them, and the set-up while it is not finished. */
export function proxyAttention(held: HeldProxy, now: Date, about: About): Attention[] {
  const { state } = held;
  const action = { label: 'Open…', route: '/trust-anchor' };
  const subject = 'Trust anchor proxy';
  // A key that waits for its activation is told by its child.
  const ball = ballOf(state, now, { ...about.wants, activate: [] });
  const next: Attention[] =
    state.signer === null || ball.who === 'nobody'
      ? []
      : [{ severity: 'note', subject, text: 'has an exchange under way', detail: ball.text, action }];
  return [
    ...proxyWarnings(held, now, about.unpublished).map(({ severity, text }) => ({
      severity,
      subject,
      text: severity === 'bad' ? 'needs you now' : 'will need you',
      detail: text,
      action,
    })),
    ...setUpAttention(held, about),
    ...next,
  ];
}
