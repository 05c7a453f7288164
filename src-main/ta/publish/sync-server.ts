/**
 * Brings a publication server to exactly the wanted set (RFC 8181): what it has is listed, and the difference goes in one
 * message, all or nothing. Retrying is the caller's.
 */
import { AppError } from '../../lib/app-error.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import type { Net } from '../../ports.ts';
import { Faults } from '../../rpki/fault.ts';
import { makeMessage } from '../../rpki/make-message.ts';
import { openMessage } from '../../rpki/message.ts';
import {
  PUBLICATION_ERRORS,
  type PublicationElement,
  type PublicationQuery,
  type PublicationReply,
} from '../../rpki/publication-message.ts';
import { readPublicationReply, writePublicationQuery } from '../../rpki/publication-xml.ts';
import { RpkiError } from '../../rpki/rpki-error.ts';
import { derForm } from '../../rpki/streamed-object.ts';
import { postMessage } from '../net/message-client.ts';
import { backdated } from '../signer/publish.ts';
import type { PublishedFile } from './object-paths.ts';
import type { Publication } from './publication.ts';

/** Krill's own limit for replies is as large. */
const MOST_REPLY = 33_554_432;
const WINDOW_MS = 5 * 60_000;

async function ask(
  net: Net,
  { contact, target, signing }: Publication,
  query: PublicationQuery,
  now: Date,
): Promise<PublicationReply> {
  const message = await signing.oneOff((key) =>
    makeMessage(writePublicationQuery(query), signing.identity, key, {
      now,
      notBefore: backdated(now),
      notAfter: new Date(now.getTime() + WINDOW_MS),
      serial: signing.serial(),
    }),
  );
  const pin = target.kind === 'server' ? target.pin : null;
  const answer = await postMessage(net, {
    kind: 'publication',
    serviceUri: contact.serviceUri,
    message,
    trust: pin === null ? 'system' : { sha256: pin },
  });
  const faults = new Faults();
  // Servers answer in BER, too (krill-ta.md 5.4).
  const der = faults.read('RFC 8181 2.1', () => derForm(answer));
  const opened = der === null ? null : openMessage(der, contact.serverSpki, now, faults);
  const [fault] = faults.found;
  if (opened === null || fault !== undefined)
    throw new AppError(
      'UNREACHABLE',
      `The answer of ${contact.serviceUri} is not the publication server's: ${fault?.text ?? 'it cannot be read'} (${fault?.clause ?? 'RFC 8181 2.1'}).`,
    );
  try {
    return readPublicationReply(opened.content, { bytes: MOST_REPLY });
  } catch (error) {
    if (!(error instanceof RpkiError)) throw error;
    throw new AppError('UNREACHABLE', `The publication server's answer cannot be read: ${error.message}`);
  }
}

function requireSuccess(reply: PublicationReply, wanted: PublicationReply['type']): void {
  if (reply.type === wanted) return;
  const [first] = reply.type === 'error' ? reply.errors : [];
  const said = first?.text ?? null;
  throw new AppError(
    'NOT_ALLOWED_NOW',
    first === undefined
      ? 'The publication server answered something else than was asked.'
      : `The publication server refused: ${PUBLICATION_ERRORS[first.code]}${said === null ? '' : ` It says: ${said}`}`.slice(
          0,
          400,
        ),
  );
}

/** What has to be told to a server that has `there` (hash by URI) so that it has `files`. */
export function differenceOf(
  there: ReadonlyMap<string, string>,
  files: readonly PublishedFile[],
): PublicationElement[] {
  const wanted = new Set(files.map(({ uri }) => uri));
  return [
    ...files.flatMap(({ uri, der }): PublicationElement[] => {
      const hash = there.get(uri) ?? null;
      return hash === sha256Hex(der) ? [] : [{ type: 'publish', tag: '', uri, der, hash }];
    }),
    ...[...there].flatMap(([uri, hash]): PublicationElement[] =>
      wanted.has(uri) ? [] : [{ type: 'withdraw', tag: '', uri, hash }],
    ),
  ];
}

/** Answers how many objects were sent or withdrawn. Throws AppError with the server's refusal explained. */
export async function syncServer(net: Net, publication: Publication, now: Date): Promise<number> {
  const list = await ask(net, publication, { type: 'list' }, now);
  requireSuccess(list, 'list');
  const there = new Map(list.type === 'list' ? list.objects.map(({ uri, hash }) => [uri, hash]) : []);
  const elements = differenceOf(there, publication.files);
  if (elements.length === 0) return 0;
  requireSuccess(await ask(net, publication, { type: 'delta', elements }, now), 'success');
  return elements.length;
}
