/**
 * Exchanges out of a file judged again, years later perhaps, by the two identities alone (krill-ta.md 4.8, 5): no trust anchor
 * need be in the workspace. It reads what both halves export and changes nothing.
 */
import type { CheckedExchange, RecordCheck } from '#shared/contract/ta-record.ts';
import { sha256Hex } from '../lib/bytes.ts';
import type { JsonValue } from '../lib/json-reader.ts';
import { type Fault, Faults } from '../rpki/fault.ts';
import { judgeObject } from '../rpki/judge.ts';
import { type Message, openMessage } from '../rpki/message.ts';
import { resourceCertificate } from '../rpki/resource-certificate.ts';
import { keyId } from '../x509/public-key.ts';
import { requestOf, type Request } from './documents.ts';
import { judgeResponseContent } from './judge-response.ts';
import type { TaObjects } from './objects.ts';
import { openDocument, readInto, signedContent } from './open-exchange.ts';
import {
  type KeptExchange,
  type Party,
  type PartyIdentity,
  readExchanges,
  readParty,
  type RecordFile,
} from './record-files.ts';
import { createGaps } from './record-gaps.ts';
import { readResponse, signingCertificate, unknownBefore } from './response.ts';
import { identityFaults } from './signer/identity-check.ts';

/** The response says when it was signed; the time beside it may be some minutes off, not more. */
const OFF_MS = 5 * 60_000;

interface Opened {
  clear: JsonValue;
  message: Message | null;
  /** Of the message itself. */
  faults: Fault[];
  /** The clear text is what was signed; null: it cannot be told. */
  same: boolean | null;
}

function openSigned(
  bytes: Uint8Array,
  kind: 'request' | 'response',
  { spkiDer, certificateDer }: PartyIdentity,
  at: Date,
): Opened {
  const faults = new Faults();
  const document = readInto(faults, `The ${kind}`, () => openDocument(bytes, kind));
  if (document === null) return { clear: null, message: null, faults: faults.found, same: null };
  for (const fault of identityFaults(certificateDer, at)) faults.check(false, fault, 'RFC 8183 4');
  const message = openMessage(document.message, spkiDer, at, faults);
  const same = message === null ? null : (signedContent(message, document, kind, faults)?.same ?? null);
  return { clear: document.clear, message, faults: faults.found, same };
}

interface Context {
  proxy: Party;
  signer: Party;
  /** The objects before it in the file. */
  previous: TaObjects | null;
  /** The TA certificate as far as the file or signer-info.json shows it. */
  certificateDer: Uint8Array | null;
  /** It was shown with this exchange or one before: it was the TA certificate at that time. */
  ofThatTime: boolean;
}

/** The certificate as a trust anchor, of the key that the response names. */
function judgeAnchor({ certificateDer, ofThatTime, signer }: Context, objects: TaObjects, at: Date): Fault[] {
  const faults = new Faults();
  if (signer.anchor !== null)
    faults.check(
      signer.anchor.keyId === objects.keyId,
      'the response is of another trust anchor key than signer-info.json',
      'RFC 8630 2.3',
    );
  if (certificateDer === null) return faults.found;
  const own = faults.read('RFC 6487', () => resourceCertificate(certificateDer, 'anchor', new Faults()));
  faults.check(
    own?.subjectKeyId === objects.keyId,
    'the TA certificate beside it is of another key',
    'RFC 6487 4.8.2',
  );
  // One that was not shown by then may have been made later: only its key and its form can be judged.
  const when = ofThatTime ? at : null;
  for (const { text, clause } of judgeObject(certificateDer, { issuerDer: null, anchor: true, at: when })
    .faults)
    faults.check(false, `The TA certificate: ${text}`, clause);
  return faults.found;
}

interface Content {
  request: Request | null;
  objects: TaObjects | null;
  faults: Fault[];
}

/** What both messages say, held against each other and before the validator. */
function judgeContents(request: Opened, response: Opened, context: Context, at: Date): Content {
  const faults = new Faults();
  const asked = readInto(faults, 'The request', () => requestOf(request.clear));
  const answered = readInto(faults, 'The response', () => readResponse(response.clear));
  if (asked === null || answered === null)
    return { request: asked, objects: answered?.objects ?? null, faults: faults.found };
  const { objects } = answered;
  const judged = judgeResponseContent(
    response.clear,
    {
      info: {
        taKeyId: objects.keyId,
        // One of another time is not the one that the children were told.
        taCertificateDer: signingCertificate(answered) ?? context.certificateDer,
        baseUri: objects.baseUri,
        talRsync: null,
      },
      previous: context.previous ?? unknownBefore(objects),
      request: asked,
    },
    at,
  );
  return {
    request: asked,
    objects,
    faults: [...faults.found, ...judgeAnchor(context, objects, at), ...judged.faults],
  };
}

const said = (name: string, faults: readonly Fault[]): Fault[] =>
  faults.map(({ text, clause }) => ({ text: `${name}: ${text}`, clause }));

function judgeTime({ message }: Opened, at: Date): Fault[] {
  const signed = message?.signingTime ?? null;
  if (signed === null || Math.abs(signed.getTime() - at.getTime()) <= OFF_MS) return [];
  return [
    {
      text: `the time beside it is ${at.toISOString()}, and the response was signed at ${signed.toISOString()}`,
      clause: 'Krill’s exchange format',
    },
  ];
}

function checkOne(
  { at, request, response }: KeptExchange,
  context: Context,
): Omit<CheckedExchange, 'gaps'> & Pick<Content, 'request' | 'objects'> {
  const [asked, answered] = [
    openSigned(request, 'request', context.proxy, at),
    openSigned(response, 'response', context.signer, at),
  ];
  const content = judgeContents(asked, answered, context, at);
  const time = judgeTime(answered, at);
  const nonce = content.request?.nonce ?? '';
  const answer = answered.clear instanceof Map ? answered.clear.get('nonce') : null;
  const objectsHold = content.objects !== null && content.faults.length === 0;
  const faults = [
    ...said('The request', asked.faults),
    ...said('The response', answered.faults),
    ...content.faults,
    ...time,
  ];
  const holds = faults.length === 0;
  return {
    at: at.toISOString(),
    number: content.objects === null ? '' : String(content.objects.number),
    nonce,
    children: content.request?.children.map(({ handle }) => handle) ?? [],
    holds,
    checks: [
      { ok: asked.message !== null && asked.faults.length === 0, text: 'the proxy signed the request' },
      {
        ok: answered.message !== null && answered.faults.length === 0,
        text: 'the signer signed the response',
      },
      {
        ok: asked.same === null || answered.same === null ? null : asked.same && answered.same,
        text: 'what is readable is what was signed',
      },
      { ok: nonce !== '' && answer === nonce, text: 'the response answers this request' },
      context.certificateDer === null
        ? {
            ok: objectsHold ? null : false,
            text: 'no TA certificate is here: the signatures of its objects were not checked',
          }
        : {
            ok: objectsHold,
            text: context.ofThatTime
              ? 'certificates, CRL and manifest hold under the TA certificate'
              : 'certificates, CRL and manifest hold under the key of the TA certificate; the file shows none of that time',
          },
      { ok: time.length === 0, text: 'its time is that of the signature' },
    ],
    faults,
    request: content.request,
    objects: content.objects,
  };
}

const compared = ({ spkiDer, certificateDer }: PartyIdentity): RecordCheck['proxy'] => ({
  keyId: keyId(spkiDer),
  sha256: sha256Hex(certificateDer),
});

/** Throws AppError INVALID_INPUT when a file is another one; what is wrong with an exchange is in the answer. */
export function checkRecord(files: {
  exchanges: RecordFile;
  proxy: RecordFile;
  signer: RecordFile;
}): RecordCheck {
  const proxy = readParty(files.proxy, false);
  const signer = readParty(files.signer, true);
  const kept = readExchanges(files.exchanges);
  const shown = kept.map(({ response }) => {
    const read = readInto(new Faults(), '', () => readResponse(openDocument(response, 'response').clear));
    return read === null ? null : signingCertificate(read);
  });
  const exchanges: CheckedExchange[] = [];
  const gaps = createGaps();
  let previous: TaObjects | null = null;
  for (const [index, one] of kept.entries()) {
    // Its own or the newest before it; else the signer's, or any of the file: the key is the same for ever.
    const then = shown.slice(0, index + 1).findLast((der) => der !== null) ?? null;
    const certificateDer = then ?? signer.anchor?.certificateDer ?? shown.find((der) => der !== null) ?? null;
    const { request, objects, ...checked } = checkOne(one, {
      proxy,
      signer,
      previous,
      certificateDer,
      ofThatTime: then !== null,
    });
    const missing = gaps.next(request === null || objects === null ? null : { request, objects });
    // One alone was written out as one.
    exchanges.push({ ...checked, gaps: kept.length > 1 ? missing : [] });
    previous = objects ?? previous;
  }
  return { proxy: compared(proxy), signer: compared(signer), exchanges };
}
