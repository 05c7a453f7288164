/**
 * One message of a child over HTTP (RFC 6492 2, 3): opened, its signer held against the enrolled child, answered by the
 * proxy, signed. It listens nowhere; who may call how often is decided by the listener before it.
 */
import { AppError } from '../../lib/app-error.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import type { NetCall, NetReply } from '../../ports.ts';
import { type Fault, Faults } from '../../rpki/fault.ts';
import { makeMessage } from '../../rpki/make-message.ts';
import { openMessage } from '../../rpki/message.ts';
import {
  NOT_PERFORMED,
  notPerformedWords,
  type Payload,
  ProvisioningError,
} from '../../rpki/provisioning-message.ts';
import { readProvisioningXml, writeProvisioningXml } from '../../rpki/provisioning-xml.ts';
import { RpkiError } from '../../rpki/rpki-error.ts';
import { derForm } from '../../rpki/streamed-object.ts';
import { X509Error } from '../../x509/x509-error.ts';
import { backdated } from '../signer/publish.ts';
import { TA_HANDLE } from './repository.ts';
import type { AnsweringProxy } from './running-proxy.ts';

const CONTENT_TYPE = 'application/rpki-updown';
const WINDOW_MS = 5 * 60_000;

const text = (status: number, said: string): NetReply => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: Buffer.from(`${said}\n`, 'utf8'),
});

async function signed(proxy: AnsweringProxy, child: string, payload: Payload, now: Date): Promise<NetReply> {
  const { signing } = await proxy.required();
  const content = writeProvisioningXml({ sender: TA_HANDLE, recipient: child, payload });
  const body = await signing.oneOff((key) =>
    makeMessage(content, signing.identity, key, {
      now,
      notBefore: backdated(now),
      notAfter: new Date(now.getTime() + WINDOW_MS),
      serial: signing.serial(),
    }),
  );
  return { status: 200, headers: { 'content-type': CONTENT_TYPE }, body };
}

/** What is wrong with a message that the child's own identity signed: a clock, most often. Nobody else is told. */
function notTaken(handle: string, faults: readonly Fault[], now: Date): NetReply {
  const why = faults.map(({ text: said, clause }) => `${said} (${clause})`).join('; ');
  return text(
    400,
    `A message of ${handle} is not taken: ${why}. It is ${now.toISOString()} here.`.slice(0, 1000),
  );
}

/** Answers `call`, whose path named `handle`. Never throws for what a stranger sends. */
export async function answerCall(
  proxy: AnsweringProxy,
  handle: string,
  call: NetCall,
  now: Date,
): Promise<NetReply> {
  if (call.method !== 'POST') return text(405, 'Send provisioning messages by POST.');
  if (call.headers['content-type'] !== CONTENT_TYPE)
    return text(415, `The content type of a provisioning message is ${CONTENT_TYPE}.`);
  const { state } = await proxy.required();
  let body: Uint8Array;
  try {
    body = derForm(call.body);
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    // Before anybody is looked for: it tells of no handle whether it is enrolled.
    return text(400, `The message cannot be read: ${error.message}. Send it in DER (RFC 6492 3.1.1).`);
  }
  const child = state.children.get(handle);
  // SECURITY: a stranger and a message that is not the child's get the same answer.
  const refused = text(403, 'This message is not from an enrolled child.');
  if (child === undefined) return refused;
  const faults = new Faults();
  const message = openMessage(body, child.identity.spkiDer, now, faults);
  if (message === null || !message.genuine) return refused;
  if (message.signingTime === null || faults.found.length > 0) return notTaken(handle, faults.found, now);
  let query: Payload;
  try {
    const read = readProvisioningXml(message.content);
    if (read.sender !== handle || read.recipient !== TA_HANDLE)
      return text(
        400,
        `The message is from ${read.sender} to ${read.recipient}; here ${handle} talks to ${TA_HANDLE}.`,
      );
    query = read.payload;
  } catch (error) {
    if (error instanceof ProvisioningError)
      return signed(
        proxy,
        handle,
        { type: 'error_response', status: error.status, description: notPerformedWords(error.status) },
        now,
      );
    if (error instanceof RpkiError) return text(400, error.message);
    throw error;
  }
  try {
    return await signed(
      proxy,
      handle,
      await proxy.ask(handle, query, {
        signedAt: message.signingTime,
        sha256: sha256Hex(call.body),
      }),
      now,
    );
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'CONFLICT') return text(400, error.message);
    if (error.code === 'NOT_ALLOWED_NOW') return text(503, error.message);
    return signed(
      proxy,
      handle,
      {
        type: 'error_response',
        status: NOT_PERFORMED.internalError,
        description: notPerformedWords(NOT_PERFORMED.internalError),
      },
      now,
    );
  }
}
