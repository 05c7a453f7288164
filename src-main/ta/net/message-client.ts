/**
 * Carries one signed message of RFC 8181 or RFC 6492 to a service URI and its answer back. What is in them is opened by
 * others, and so is the decision to try again.
 */
import { AppError } from '../../lib/app-error.ts';
import { oneLine } from '../../lib/one-line.ts';
import type { Net, Trust } from '../../ports.ts';
import { krillWords } from './krill-errors.ts';

export type MessageKind = 'publication' | 'provisioning';

/** RFC 8181 2, RFC 6492 3. */
const MEDIA_TYPE: Record<MessageKind, string> = {
  publication: 'application/rpki-publication',
  provisioning: 'application/rpki-updown',
};

/** Krill's limits for what it takes (post_limit_rfc8181, post_limit_rfc6492), in octets. */
const MOST_SENT: Record<MessageKind, number> = { publication: 32 * 1_048_576, provisioning: 1_048_576 };
const MOST_RECEIVED = 32 * 1_048_576;
const TIMEOUT_MS = 60_000;

export interface MessageOrder {
  kind: MessageKind;
  /** As the RFC 8183 document of the other side names it; https, or http on this machine. */
  serviceUri: string;
  /** The signed message, DER. */
  message: Uint8Array;
  trust: Trust;
  /** The other side's document names an http URI of another machine, and the operator agreed: the message is signed. */
  allowPlainHttp?: boolean;
  /** The other side's own limit, when it is known. */
  mostBytes?: number;
  signal?: AbortSignal;
}

/** What to do about a status, when the server says nothing of use itself. */
const STATUS: Readonly<Record<number, string>> = {
  400: 'does not take the message as it is: look whether we are enrolled there with our present identity, and both clocks are right',
  401: 'wants a login that its protocol does not have: look whether the service URI is right',
  403: 'refuses us: have its operator look whether we are enrolled there',
  404: 'does not know the service URI: have its operator send a new document, or mend the handle in it',
  405: 'takes no messages at this URI: look whether the service URI is right',
  408: 'waited too long for the message: try again',
  413: 'takes no message of this size: have its operator raise the limit, or send less at once',
  415: 'does not take this kind of message: look whether the service URI is that of the right service',
  429: 'was asked too often: wait some minutes',
  500: 'failed inside: have its operator look at its log, then try again',
  501: 'does not do this: have its operator look at its version',
  502: 'cannot reach its own service: have its operator start it, then try again',
  503: 'is not ready, perhaps locked: try again later',
  504: 'cannot reach its own service in time: try again later',
};

function statusSentence(host: string, status: number): string {
  if (status >= 300 && status < 400)
    return `${host} sends us elsewhere (HTTP ${status}), which is not followed: have its operator send the document with the right service URI.`;
  return `${host} ${STATUS[status] ?? 'does not take the message: have its operator look at its log'} (HTTP ${status}).`;
}

/** For the details. */
const saidIn = (body: Uint8Array): string => oneLine(Buffer.from(body.subarray(0, 1000)).toString('utf8'));

/**
 * Posts the message; answers the bytes of the signed answer. Throws AppError PEER_REFUSED (subject: the HTTP status),
 * TOO_LARGE, or those of the Net port.
 */
export async function postMessage(net: Net, order: MessageOrder): Promise<Uint8Array> {
  const { kind, serviceUri, message, trust, allowPlainHttp, signal } = order;
  const most = order.mostBytes ?? MOST_SENT[kind];
  if (message.length > most)
    throw new AppError(
      'TOO_LARGE',
      `The message has ${message.length} octets and the other side takes ${most}: send less at once, or have its limit raised.`,
    );
  const type = MEDIA_TYPE[kind];
  const { status, body } = await net.request({
    method: 'POST',
    url: serviceUri,
    headers: { 'content-type': type, accept: type },
    body: message,
    trust,
    timeoutMs: TIMEOUT_MS,
    maxBytes: MOST_RECEIVED,
    ...(allowPlainHttp === undefined ? {} : { allowPlainHttp }),
    ...(signal === undefined ? {} : { signal }),
  });
  const host = new URL(serviceUri).host;
  const words = status === 200 ? null : krillWords(body);
  if (status !== 200)
    throw new AppError(
      'PEER_REFUSED',
      `${statusSentence(host, status)}${words === null ? '' : ` It says: ${words}`}`,
      {
        subject: String(status),
        library: saidIn(body),
      },
    );
  // Servers differ in the media type of an answer; a signed message is a SEQUENCE whatever it is called.
  if (body[0] !== 0x30)
    throw new AppError(
      'PEER_REFUSED',
      `${host} answers with something else than a signed message: look whether the service URI is right.`,
      { subject: String(status), library: saidIn(body) },
    );
  return body;
}
