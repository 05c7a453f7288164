/**
 * What Krill's refusals mean and what to do next, as data by its labels (krill-ta.md 7.5). It sends nothing; Krill's own
 * words go along under the details.
 */
import { AppError } from '../../lib/app-error.ts';
import { type JsonObject, type JsonValue, readJson, JsonError } from '../../lib/json-reader.ts';
import { oneLine } from '../../lib/one-line.ts';

interface Meaning {
  /** A whole label, or the beginning of some when it ends in "-". */
  label: string;
  /** Of Krill's words; without it all of the label. */
  when?: RegExp;
  /** It is about what a response says, and not about the way to Krill or its state. */
  content?: true;
  /** `{msg}` stands for Krill's words, `{child}` and the like for its arguments. */
  text: string;
}

/** The first that fits. */
export const KRILL_MEANINGS: readonly Meaning[] = [
  {
    label: 'ta-has-signer-req',
    text: 'A request of this proxy is open already: show it, sign it and send its response before you make another.',
  },
  {
    label: 'ta-has-no-signer-req',
    text: 'No request of this proxy is open: make one first; a response is taken only once.',
  },
  {
    label: 'ta-proxy-response-nonce',
    content: true,
    text: 'The response answers another request than the open one: show the open request and sign that ({msg}).',
  },
  {
    label: 'ta-has-no-signer',
    text: 'This proxy has no signer yet: associate one with its signer-info first.',
  },
  {
    label: 'ta-has-signer',
    text: 'This proxy has a signer already: update it instead of associating another.',
  },
  {
    label: 'ta-has-different-signer',
    text: 'The signer of this proxy has another trust anchor key, or there is none yet: take the signer-info of that signer, or associate one first.',
  },
  {
    label: 'ta-has-repository',
    text: 'This proxy has its repository already and Krill never changes it: go on with the present one.',
  },
  {
    label: 'ta-has-no-repository',
    text: 'This proxy has no repository yet: give its publisher request to the publication server and configure the answer here.',
  },
  {
    label: 'ta-initialized',
    text: 'The proxy of this Krill is set up already: go on with its identity.',
  },
  {
    label: 'ta-not-initialized',
    text: 'The trust anchor of this Krill has no signer yet: associate one first.',
  },
  {
    label: 'ta-not-allowed',
    text: 'Krill does not do this with its trust anchor: do it with a CA below it.',
  },
  {
    label: 'ta-name-reserved',
    text: 'The name "ta" belongs to the trust anchor of Krill: choose another one for the CA.',
  },
  {
    label: 'ca-child-duplicate',
    text: 'There is a child named "{child}" already: choose another handle, or go on with that child.',
  },
  {
    label: 'ca-child-unknown',
    text: 'There is no child named "{child}": add it first, or mend the handle.',
  },
  {
    label: 'ca-child-',
    text: 'Krill does not take the child as it was given: mend it and try again ({msg}).',
  },
  {
    label: 'ca-repo-response-',
    text: 'This is no repository response that Krill takes: choose the XML file that the publication server answered with ({msg}).',
  },
  {
    label: 'ca-parent-response-',
    text: 'This is no parent response that Krill takes: choose the XML file that the parent answered with ({msg}).',
  },
  {
    label: 'general-error',
    when: /TA proxy not enabled|ta_support_enabled/i,
    text: 'The trust anchor support of this Krill is off: set ta_support_enabled = true in its krill.conf and start it again.',
  },
  {
    label: 'general-error',
    when: /clear text .*(?:does not|doesn't) match/i,
    content: true,
    text: 'The readable part of the file is not what was signed: it was edited, so have it made anew.',
  },
  {
    label: 'general-error',
    when: /invalid signed message.*not yet valid/i,
    text: 'By the clock of Krill this message is of the future: compare both clocks. If the one of this signer is ahead, set it, press “Go on from this clock…” on the trust anchor’s page, fetch the same request again and sign it once more ({msg}).',
  },
  {
    label: 'general-error',
    when: /invalid signed message/i,
    content: true,
    text: 'Krill does not take the signature: look whether it knows the present identity of this signer, whether both clocks are right, and whether the message is past its end ({msg}).',
  },
  {
    label: 'general-error',
    when: /remote RFC ?6492 to TA/i,
    text: 'Krill’s trust anchor takes children of its own server only: add the CA there, or use the proxy of Baleen.',
  },
  {
    label: 'api-json',
    content: true,
    text: 'Krill cannot read the file: look whether it is whole and fits the version of this Krill ({msg}).',
  },
  {
    label: 'api-post-body-exceeds-limit',
    text: 'The message is larger than this Krill takes: raise post_limit_api in its krill.conf, start it again, and set the same number here.',
  },
  {
    label: 'api-invalid-credentials',
    text: 'Krill does not know this token: take the admin_token of its krill.conf.',
  },
  {
    // What 0.16 answers to a token that it does not know.
    label: 'api-insufficient-rights',
    when: /User 'anonymous'/,
    text: 'Krill does not know who asks: take the admin_token of its krill.conf, or on its UNIX socket a user of its unix_users.',
  },
  { label: 'api-auth-', text: 'The login at Krill is over or was refused: get a new token ({msg}).' },
  {
    label: 'api-insufficient-rights',
    text: 'The token lacks the right "ca-admin": take one of the role admin.',
  },
  {
    label: 'api-',
    text: 'This Krill does not know the call: look whether its version is 0.15 or later ({msg}).',
  },
  {
    label: 'sys-not-implemented',
    text: 'Krill has not implemented this for its trust anchor: there is no way to do it there.',
  },
  {
    label: 'sys-store',
    when: /unknown entity: ta\b/i,
    text: 'The proxy of this Krill is not set up yet: initialise it first.',
  },
  {
    label: 'sys-signer',
    text: 'The key store or HSM of this Krill failed: look at its log and its signers, then try again ({msg}).',
  },
  { label: 'sys-', text: 'This Krill failed inside: look at its log and its disk, then try again ({msg}).' },
  {
    label: 'pub-',
    text: 'The publication server does not take it: mend what it names and try again ({msg}).',
  },
  {
    label: 'repo-not-set',
    text: 'The CA has no repository yet: configure its publication server first.',
  },
  { label: 'ca-', text: 'Krill does not do this with the CA: mend what it names and try again ({msg}).' },
  {
    label: 'key-',
    text: 'The keys of the CA are in another state: look at its key roll in Krill, then try again ({msg}).',
  },
  {
    label: 'rc-',
    text: 'The resources do not fit what the parent has: compare the resources of both, then ask again ({msg}).',
  },
  { label: 'rfc', text: 'Krill does not take the signed message: have it made anew ({msg}).' },
];

/** When nothing above fits. */
const DEFAULT = 'Krill refused it: look at its log for more ({msg}).';

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? oneLine(value) : '';
}

const meaningOf = (label: string, msg: string): Meaning | undefined =>
  KRILL_MEANINGS.find(
    (meaning) =>
      (meaning.label === label || (/(?:-|^rfc)$/.test(meaning.label) && label.startsWith(meaning.label))) &&
      (meaning.when === undefined || meaning.when.test(msg)),
  );

/** Krill read the response and does not take what it says; everything else failed on its way or is Krill's state. */
export const isContentRefusal = ({ code, details }: AppError): boolean =>
  code === 'PEER_REFUSED' && meaningOf(details?.subject ?? '', details?.library ?? '')?.content === true;

/** The sentence for a label, Krill's words and its arguments. */
export function krillSentence(label: string, msg: string, args: JsonObject = new Map()): string {
  const template = meaningOf(label, msg)?.text ?? DEFAULT;
  return template.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
    name === 'msg' ? oneLine(msg).replace(/[ .]+$/, '') : textOf(args.get(name)),
  );
}

function errorBody(body: Uint8Array): { label: string; msg: string; args: JsonObject } | null {
  try {
    const value = readJson(body);
    if (!(value instanceof Map) || typeof value.get('label') !== 'string') return null;
    const args = value.get('args');
    return {
      label: textOf(value.get('label')),
      msg: textOf(value.get('msg')),
      args: args instanceof Map ? args : new Map(),
    };
  } catch (error) {
    if (error instanceof JsonError) return null;
    throw error;
  }
}

/** Krill's own words in a refusing answer; null when it is not one of Krill's. */
export const krillWords = (body: Uint8Array): string | null => errorBody(body)?.msg ?? null;

/** A refusing answer of Krill as AppError PEER_REFUSED; `subject` is its label. */
export function krillRefusal({ status, body }: { status: number; body: Uint8Array }): AppError {
  const error = errorBody(body);
  if (error !== null) {
    const { label, msg, args } = error;
    return new AppError('PEER_REFUSED', krillSentence(label, msg, args), { subject: label, library: msg });
  }
  const label = status === 401 ? 'api-invalid-credentials' : status === 403 ? 'api-insufficient-rights' : '';
  const sentence =
    label === ''
      ? `The server answered with HTTP status ${status} and not in the manner of Krill: look whether address and version are right.`
      : krillSentence(label, '');
  return new AppError('PEER_REFUSED', sentence, { subject: label, library: `HTTP status ${status}` });
}
