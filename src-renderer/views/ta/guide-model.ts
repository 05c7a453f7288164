/** "You are here": the steps from nothing to a published trust anchor, and of one exchange, with the present one and what to do next. Pure. */
import type { ProxyExport, ProxyView } from '#shared/contract/ta-proxy.ts';
import type { ExchangeRow, SignerView } from '#shared/contract/ta.ts';

export type Where = 'proxy' | 'courier' | 'signer';

export interface GuideStep {
  id: string;
  title: string;
  where: Where;
  state: 'done' | 'here' | 'later';
}

export type GuideAction =
  | { kind: 'init' | 'publish' }
  | { kind: 'repository' | 'signer' }
  | { kind: 'child' | 'make' | 'refresh' }
  | { kind: 'hand-out'; what: Extract<ProxyExport, 'proxy-id' | 'proxy-repo' | 'request'> | 'signer-info' }
  | { kind: 'hand-out-response'; exchange: string }
  | { kind: 'open'; what: 'signer-info' | 'request' | 'response' };

export interface GuideNext {
  label: string;
  action: GuideAction;
}

export interface Guide {
  phase: 'set-up' | 'exchange';
  steps: GuideStep[];
  /** Where it stands and what to do, in one or two sentences. */
  says: string;
  /** null: the screen below has it. */
  next: GuideNext | null;
  /** The same step goes on in another way: it was done before, on another day. */
  others: GuideNext[];
  /** There is nothing that must be done now. */
  idle: boolean;
}

export interface GuideInput {
  proxy: ProxyView | null;
  signer: SignerView | null;
  /** The signer's exchange that answered the open request; null: none in this workspace. */
  answered: Pick<ExchangeRow, 'id' | 'number'> | null;
  /** Files written since this window was unlocked: "proxy-id", "request 3F2A…". */
  handedOut: ReadonlySet<string>;
  /** An offline station never holds a proxy. */
  offline: boolean;
}

type Step = readonly [id: string, title: string, where: Where];

const SET_UP: readonly Step[] = [
  ['proxy', 'Make the proxy', 'proxy'],
  ['repository', 'Choose its repository', 'proxy'],
  ['carry', 'Carry proxy-id.json and proxy-repo.json', 'courier'],
  ['signer', 'Set up the signer', 'signer'],
  ['info', 'Carry signer-info.json back', 'courier'],
  ['associate', 'Associate the signer', 'proxy'],
  ['child', 'Add the child', 'proxy'],
];
const EXCHANGE: readonly Step[] = [
  ['make', 'Make the request', 'proxy'],
  ['out', 'Carry request.json', 'courier'],
  ['sign', 'Review and sign', 'signer'],
  ['back', 'Carry response.json back', 'courier'],
  ['review', 'Review the response', 'proxy'],
  ['publish', 'Publish', 'proxy'],
];

const stepsAs = (steps: readonly Step[], state: GuideStep['state']): GuideStep[] =>
  steps.map(([id, title, where]) => ({ id, title, where, state }));
export const SET_UP_STEPS = stepsAs(SET_UP, 'done');
export const EXCHANGE_STEPS = stepsAs(EXCHANGE, 'later');

function guide(
  phase: Guide['phase'],
  at: string,
  says: string,
  next: GuideNext | null,
  more: { others?: GuideNext[]; idle?: boolean } = {},
): Guide {
  const steps = phase === 'set-up' ? SET_UP : EXCHANGE;
  const here = steps.findIndex(([id]) => id === at);
  return {
    phase,
    steps: steps.map(([id, title, where], index) => ({
      id,
      title,
      where,
      state: index < here ? 'done' : index === here ? 'here' : 'later',
    })),
    says,
    next,
    others: more.others ?? [],
    idle: more.idle ?? false,
  };
}

const handOut = (what: Extract<GuideAction, { kind: 'hand-out' }>['what']): GuideNext => ({
  label: `Hand out ${what}.json…`,
  action: { kind: 'hand-out', what },
});
const openFile = (what: Extract<GuideAction, { kind: 'open' }>['what']): GuideNext => ({
  label: `Open ${what}.json…`,
  action: { kind: 'open', what },
});

/** Between the repository and the association: files out, the signer's set-up, its file back. */
function towardsSigner({ signer, handedOut }: GuideInput): Guide {
  const missing = (['proxy-id', 'proxy-repo'] as const).find((what) => !handedOut.has(what));
  if (signer !== null)
    return handedOut.has('signer-info')
      ? guide(
          'set-up',
          'associate',
          "Open the signer's file here, and compare its fingerprint.",
          openFile('signer-info'),
        )
      : guide(
          'set-up',
          'info',
          'The signer is set up. Its file goes to the proxy; a folder stands in for the stick.',
          handOut('signer-info'),
          {
            others: [openFile('signer-info')],
          },
        );
  const setUp: GuideNext = { label: "Go to the signer's set-up", action: { kind: 'signer' } };
  if (missing !== undefined)
    return guide(
      'set-up',
      'carry',
      "Write both files onto a stick and carry them to the signer's machine. Read the fingerprint below to its operator: nobody signed the files.",
      handOut(missing),
      { others: [openFile('signer-info'), setUp] },
    );
  return guide(
    'set-up',
    'signer',
    "On the signer's machine, in an offline station: Trust anchor, “Set up a signer…”. Then bring its signer-info.json back here. On a test bed the signer may be in this workspace.",
    openFile('signer-info'),
    { others: [setUp] },
  );
}

function towardsResponse(
  { signer, answered, handedOut }: GuideInput,
  open: NonNullable<ProxyView['open']>,
): Guide {
  const carried = handedOut.has(`request ${open.sha256}`);
  if (answered !== null)
    return handedOut.has(`response ${answered.id}`)
      ? guide(
          'exchange',
          'review',
          'Open the response. You see what it changes before anything is published.',
          openFile('response'),
        )
      : guide(
          'exchange',
          'back',
          `The signer made response ${answered.number}. It goes back to the proxy.`,
          {
            label: 'Hand out response.json…',
            action: { kind: 'hand-out-response', exchange: answered.id },
          },
          { others: [openFile('response')] },
        );
  if (!carried)
    return guide(
      'exchange',
      'out',
      signer === null
        ? 'Write the request onto a stick and carry it to the signer. Its operator will ask for groups of the digits below.'
        : 'Write the request into a folder: both halves are in this workspace, so it stands in for the stick.',
      handOut('request'),
      { others: signer === null ? [openFile('response')] : [openFile('request')] },
    );
  return signer === null
    ? guide(
        'exchange',
        'sign',
        "The signer's operator reviews and signs the request on the other machine. Then open its response here.",
        openFile('response'),
        { others: [handOut('request')] },
      )
    : guide(
        'exchange',
        'sign',
        'The signer has the word: review the request, then sign.',
        openFile('request'),
      );
}

function withProxy(input: GuideInput, proxy: ProxyView): Guide {
  const { step, open, ball } = proxy;
  if (step === 'repository')
    return guide(
      'set-up',
      'repository',
      'Say where the trust anchor publishes. It is written into everything that is ever issued.',
      {
        label: 'Choose the repository…',
        action: { kind: 'repository' },
      },
    );
  if (step === 'signer') return towardsSigner(input);
  if (step === 'child')
    return guide(
      'set-up',
      'child',
      'The trust anchor is published, and empty. The authority that works below it comes next.',
      {
        label: 'Add the first child…',
        action: { kind: 'child' },
      },
    );
  if (open !== null)
    return ball.who === 'proxy'
      ? guide(
          'exchange',
          'make',
          ball.text,
          { label: 'Sign the request anew…', action: { kind: 'refresh' } },
          {
            others: [openFile('response')],
          },
        )
      : towardsResponse(input, open);
  if (proxy.unpublished)
    return guide('exchange', 'publish', 'The newest objects are taken, and not published yet.', {
      label: 'Publish now',
      action: { kind: 'publish' },
    });
  const make: GuideNext = { label: 'Make the request…', action: { kind: 'make' } };
  return guide('exchange', 'make', ball.text, make, { idle: ball.who === 'nobody' && step === 'running' });
}

/** Only the signer is here, or only it may be: the proxy's steps happen on another machine. */
function signerAlone({ signer, handedOut }: GuideInput): Guide {
  if (signer === null)
    return guide(
      'set-up',
      'signer',
      "The proxy's machine has written proxy-id.json and proxy-repo.json. With them the signer is set up here.",
      null,
    );
  if (signer.number === '1' && !handedOut.has('signer-info'))
    return guide(
      'set-up',
      'info',
      'Carry signer-info.json to the proxy, ta.cer to every place the TAL names, ta.tal to relying parties.',
      handOut('signer-info'),
      {
        others: [openFile('request')],
      },
    );
  return guide(
    'exchange',
    'sign',
    'The next request.json comes from the proxy. You see what it asks before anything is signed.',
    openFile('request'),
    {
      idle: true,
    },
  );
}

export function guideOf(input: GuideInput): Guide {
  if (input.proxy !== null) return withProxy(input, input.proxy);
  if (input.offline || input.signer !== null) return signerAlone(input);
  return guide(
    'set-up',
    'proxy',
    'The proxy is the online half: children ask it, it publishes, and it has the signer sign by files. It gets an identity key of its own.',
    { label: 'Make the proxy', action: { kind: 'init' } },
  );
}
