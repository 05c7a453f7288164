/** What a guide is: the steps of the set-up and of one exchange, and the next step as a button. No decisions. */
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
  | { kind: 'init' | 'publish' | 'go-on' | 'reissue' }
  | { kind: 'repository' | 'signer' | 'network' | 'put-out' }
  | { kind: 'child' | 'make' | 'refresh' | 'withdraw' }
  | { kind: 'hand-out'; what: Extract<ProxyExport, 'proxy-id' | 'proxy-repo' | 'request'> | 'signer-info' }
  | { kind: 'hand-out-response'; exchange: string }
  | { kind: 'local-child'; handle: string }
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
  /** There was no exchange yet. */
  first: boolean;
}

export interface GuideInput {
  proxy: ProxyView | null;
  signer: SignerView | null;
  /** The signer's exchange that answered the open request; null: none in this workspace. */
  answered: Pick<ExchangeRow, 'id' | 'number'> | null;
  /** The last response that was signed here, and is still the newest; null: there is none. */
  made: Pick<ExchangeRow, 'id' | 'number'> | null;
  /** The signer answered some request, here or before its state came here. */
  exchanged: boolean;
  /** A running Krill is connected: files go over the network instead of a stick. */
  krill: boolean;
  /** The signer made something after its last exchange: a TA certificate, or objects. */
  reissued: boolean;
  /** Files that were written already: "proxy-id", "request 3F2A…". */
  handedOut: ReadonlySet<string>;
  /** An offline station never holds a proxy. */
  offline: boolean;
  /** The signer is meant to be in this workspace as well: its set-up was begun here, or nothing here is in earnest. */
  signerHere: boolean;
}

type Step = readonly [id: string, title: string, where: Where];

const SET_UP: readonly Step[] = [
  ['proxy', 'Make the proxy', 'proxy'],
  ['repository', 'Choose its repository', 'proxy'],
  ['carry', 'Carry proxy-id.json and proxy-repo.json', 'courier'],
  ['signer', 'Set up the signer', 'signer'],
  ['info', 'Carry signer-info.json back', 'courier'],
  ['associate', 'Associate the signer', 'proxy'],
  ['put-out', 'Put out ta.cer and the TAL', 'proxy'],
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
/** The steps of a set-up that is behind; `putOut`: nothing of it was left out. */
export const setUpBehind = (putOut: boolean): GuideStep[] =>
  stepsAs(SET_UP, 'done').map((step) =>
    step.id === 'put-out' && !putOut ? { ...step, state: 'later' } : step,
  );
export const EXCHANGE_STEPS = stepsAs(EXCHANGE, 'later');

export function guideAt(
  phase: Guide['phase'],
  at: string,
  says: string,
  next: GuideNext | null,
  more: {
    others?: GuideNext[];
    idle?: boolean;
    /** Whether a step of another machine is done is not known here. */
    elsewhere?: boolean;
    /** The set-up was done before; these steps of it are to be done anew. */
    again?: readonly string[];
    first?: boolean;
    /** What the present step is called this time. */
    title?: string;
  } = {},
): Guide {
  const steps = phase === 'set-up' ? SET_UP : EXCHANGE;
  const here = steps.findIndex(([id]) => id === at);
  return {
    phase,
    steps: steps.map(([id, title, where], index) => ({
      id,
      title: index === here ? (more.title ?? title) : title,
      where,
      state:
        index === here
          ? 'here'
          : more.again !== undefined
            ? more.again.includes(id)
              ? 'later'
              : 'done'
            : index < here && more.elsewhere !== true
              ? 'done'
              : 'later',
    })),
    says,
    next,
    others: more.others ?? [],
    idle: more.idle ?? false,
    first: more.first ?? false,
  };
}

/** As main writes an instant into a sentence; it is shown in local time. */
export const minuteOf = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} Z`;

export const handOut = (what: Extract<GuideAction, { kind: 'hand-out' }>['what']): GuideNext => ({
  label: `Hand out ${what}.json…`,
  action: { kind: 'hand-out', what },
});
export const handOutResponse = (exchange: string): GuideNext => ({
  label: 'Hand out response.json…',
  action: { kind: 'hand-out-response', exchange },
});
export const openFile = (what: Extract<GuideAction, { kind: 'open' }>['what']): GuideNext => ({
  label: `Open ${what}.json…`,
  action: { kind: 'open', what },
});

/** Who has to do the present step of an exchange; null: it is none of an exchange. */
export const holderOf = ({ phase, steps }: Guide): Where | null =>
  phase === 'set-up' ? null : (steps.find(({ state }) => state === 'here')?.where ?? null);
