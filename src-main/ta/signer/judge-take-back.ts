/**
 * An own response that this signer no longer knows, because it was restored from before it: judged before it becomes the state again.
 * It was signed by this signer's identity, it is of this trust anchor, and all of it holds before the validator, at the time it was made.
 */
import { AppError } from '../../lib/app-error.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import { momentText } from '../../lib/moment-text.ts';
import { stopped } from '../../lib/sentence.ts';
import { type Fault, Faults } from '../../rpki/fault.ts';
import { requestOf, type Request } from '../documents.ts';
import { judgeResponse } from '../judge-response.ts';
import type { TaObjects } from '../objects.ts';
import { openExchange, readInto } from '../open-exchange.ts';
import { readResponse, type Response, signingCertificate, unknownBefore } from '../response.ts';
import { readSignerInfo } from '../signer-info.ts';
import type { HeldSigner } from './held-signer.ts';
import { signerInfoJson, type TrustAnchor } from './trust-anchor.ts';

export interface BackFile {
  name: string;
  bytes: Uint8Array;
  /** request.json that it answers; null: it is not here. */
  request: Uint8Array | null;
}

export interface TakeBack {
  response: Response;
  request: Request | null;
  /** When it was signed. */
  at: Date;
  /** When its request was signed; null: it is not known. */
  requestAt: Date | null;
  /** Something was made here since, without it: the objects are made anew above all of that. */
  above: boolean;
  /** Its TA certificate is another one than the signer has. */
  otherCertificate: boolean;
}

export type Known = Pick<HeldSigner, 'anchor' | 'past' | 'takenBack' | 'highest'>;

const refusal = (name: string, why: string, bytes: Uint8Array): AppError =>
  new AppError('INVALID_INPUT', `${name} is not taken back: ${stopped(why)} Nothing was changed.`, {
    file: { name, sha256: sha256Hex(bytes), kind: 'response' },
  });

/** What the message alone says against it; null: nothing, and it was signed at `at`. */
function openedOwn({ name, bytes }: BackFile, { identity }: TrustAnchor, now: Date): Date {
  const faults = new Faults();
  const opened = openExchange(bytes, 'response', identity.spkiDer, now, faults);
  const message = opened?.message ?? null;
  const at = message?.signingTime ?? null;
  if (opened === null || message === null)
    throw refusal(name, 'it is damaged; copy it again from where it was made', bytes);
  if (message.foreign) throw refusal(name, 'another signer made it; find out whose it is', bytes);
  if (opened.edited !== null) throw refusal(name, opened.edited.text, bytes);
  const untimely: readonly Fault[] = [...message.untimely.early, ...message.untimely.late];
  const wrong = faults.found.find((fault) => !untimely.includes(fault));
  if (wrong !== undefined) throw refusal(name, wrong.text, bytes);
  if (at === null) throw refusal(name, 'it does not say when it was signed', bytes);
  if (at.getTime() > now.getTime())
    throw refusal(
      name,
      `it was signed at ${momentText(at)}, and this machine says ${momentText(now)}; compare the clock with another one`,
      bytes,
    );
  return at;
}

/** The request beside it, signed by the proxy. Throws AppError INVALID_INPUT when it is another one. */
function requestBeside(
  { name, request: bytes }: BackFile,
  { proxy }: TrustAnchor,
  nonce: string,
  now: Date,
): { request: Request; at: Date | null } | null {
  if (bytes === null) return null;
  const faults = new Faults();
  const opened = openExchange(bytes, 'request', proxy.spkiDer, now, faults);
  const request = opened === null ? null : readInto(faults, 'The request', () => requestOf(opened.said));
  const message = opened?.message ?? null;
  const untimely: readonly Fault[] = [...(message?.untimely.early ?? []), ...(message?.untimely.late ?? [])];
  const fault = faults.found.find((one) => !untimely.includes(one));
  const why =
    fault?.text ??
    (request === null || request.nonce !== nonce ? `it is not request ${nonce}, which this answers` : null);
  if (request === null || why !== null)
    throw new AppError(
      'INVALID_INPUT',
      `The request beside ${name} cannot be used: ${stopped(why ?? 'it cannot be read')} Choose another file, or take the response back without it.`,
    );
  return { request, at: message?.signingTime ?? null };
}

/** Whether its number can be one that is missing here. Throws AppError. */
function requireMissing({ name, bytes }: BackFile, { nonce, objects }: Response, known: Known): void {
  const { anchor, past, takenBack, highest } = known;
  const { number } = objects;
  const here = [...past, ...takenBack].some((one) => one.nonce === nonce || one.number === String(number));
  if (here || number === anchor.objects.number)
    throw new AppError(
      'NOT_ALLOWED_NOW',
      `Response ${number} is in this workspace already: carry it to its proxy. Nothing was changed.`,
    );
  // Where the ledger knows more than the state, it knows the highest there is.
  if (highest > anchor.objects.number && number > highest)
    throw refusal(
      name,
      `its number ${number} is above ${highest}, the highest this signer used: another copy of this signer made it`,
      bytes,
    );
}

function previousOf(above: boolean, known: Known, objects: TaObjects): TaObjects {
  return above ? unknownBefore(objects) : known.anchor.objects;
}

/** Throws AppError INVALID_INPUT (with the file, for its record) or NOT_ALLOWED_NOW: one sentence why it is not taken back. */
export function judgeTakeBack(known: Known, file: BackFile, now: Date): TakeBack {
  const { anchor } = known;
  const { name, bytes } = file;
  const at = openedOwn(file, anchor, now);
  const info = readSignerInfo(signerInfoJson(anchor));
  const faults = new Faults();
  const opened = openExchange(bytes, 'response', anchor.identity.spkiDer, at, faults);
  const response = readInto(faults, 'The response', () => readResponse(opened?.said));
  if (response === null) throw refusal(name, faults.found[0]?.text ?? 'it cannot be read', bytes);
  const { objects, nonce } = response;
  if (objects.keyId !== info.taKeyId) throw refusal(name, 'it is of another trust anchor key', bytes);
  requireMissing(file, response, known);
  const beside = requestBeside(file, anchor, nonce, now);
  const above = objects.number < anchor.objects.number;
  const shown = signingCertificate(response);
  const otherCertificate = shown !== null && Buffer.compare(shown, info.taCertificateDer) !== 0;
  const judged = judgeResponse(
    bytes,
    {
      signerSpki: anchor.identity.spkiDer,
      // One that was made anew after the backup is the one it was signed with.
      info: {
        ...info,
        ...(otherCertificate && shown !== null ? { taCertificateDer: shown } : {}),
        talRsync: otherCertificate ? null : info.talRsync,
      },
      previous: previousOf(above, known, objects),
      request: beside?.request ?? null,
    },
    at,
  );
  const [fault] = judged.faults;
  if (fault !== undefined) throw refusal(name, `${fault.text} (${fault.clause})`, bytes);
  return {
    response,
    request: beside?.request ?? null,
    at,
    requestAt: beside?.at ?? null,
    above,
    otherCertificate,
  };
}
