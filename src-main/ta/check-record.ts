/**
 * Exchanges out of a file judged again, years later perhaps, by the two identities alone (krill-ta.md 4.8, 5): no trust anchor
 * need be in the workspace. It reads what both halves export and changes nothing.
 */
import type { CheckedExchange, RecordCheck } from '#shared/contract/ta-record.ts';
import { AppError } from '../lib/app-error.ts';
import { sha256Hex } from '../lib/bytes.ts';
import { below, JsonError, type JsonValue, readJson, writeJson } from '../lib/json-reader.ts';
import { asArray, asBase64, asMap, asObject, asText, toJson } from '../lib/json-shape.ts';
import { fileWords, recogniseFile } from '../rpki/exchange-file.ts';
import { type Fault, Faults } from '../rpki/fault.ts';
import { judgeObject } from '../rpki/judge.ts';
import { type Message, openMessage } from '../rpki/message.ts';
import { resourceCertificate } from '../rpki/resource-certificate.ts';
import { keyId } from '../x509/public-key.ts';
import { readIdentity, readRequest, type Request } from './documents.ts';
import { judgeResponseContent } from './judge-response.ts';
import { readObjects, type TaObjects } from './objects.ts';
import { openDocument, readInto, signedContent } from './open-exchange.ts';
import { readSignerInfo } from './signer-info.ts';
import { identityFaults } from './signer/identity-check.ts';

export interface RecordFile {
  name: string;
  bytes: Uint8Array;
}

interface Identity {
  spkiDer: Uint8Array;
  certificateDer: Uint8Array;
}

interface Party extends Identity {
  /** From signer-info.json; null: only the identity is known. */
  anchor: { keyId: string; certificateDer: Uint8Array } | null;
}

/** One exchange of the file, as it stands there. */
interface Kept {
  at: Date;
  request: Uint8Array;
  response: Uint8Array;
}

/** The response says when it was signed; the time beside it may be some minutes off, not more. */
const OFF_MS = 5 * 60_000;

function refuse(file: RecordFile, wanted: string, why: string | null = null): never {
  const is = why === null ? fileWords(recogniseFile(file.bytes)) : `damaged, ${why}`;
  throw new AppError('INVALID_INPUT', `${file.name} is ${is}; wanted is ${wanted}.`, { subject: file.name });
}

/** What `read` makes of a file of that kind. Throws AppError INVALID_INPUT. */
function readFile<T>(file: RecordFile, wanted: string, read: (value: JsonValue) => T | null): T {
  try {
    return read(readJson(file.bytes)) ?? refuse(file, wanted);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return refuse(file, wanted, error.path === '' ? error.message : `at ${error.path}: ${error.message}`);
  }
}

function readParty(file: RecordFile, signer: boolean): Party {
  const wanted = signer
    ? "signer-info.json or the signer's identity"
    : 'the identity of the proxy (proxy-id.json)';
  return readFile(file, wanted, (value) => {
    switch (recogniseFile(file.bytes)) {
      case 'proxy-id':
        return { ...readIdentity(value, ''), anchor: null };
      case 'signer-info': {
        if (!signer) return null;
        const info = readSignerInfo(value);
        const identity = readIdentity(asObject(value, '', { required: ['id'], open: true }).get('id'), 'id');
        return { ...identity, anchor: { keyId: info.taKeyId, certificateDer: info.taCertificateDer } };
      }
      default:
        return null;
    }
  });
}

/** A list of exchanges or one of them, oldest first. */
function readExchanges(file: RecordFile): Kept[] {
  const wanted = 'exchanges.json, or one exchange of it';
  const all = readFile(file, wanted, (value) => {
    const members = { required: ['time', 'request', 'response'] };
    if (!Array.isArray(value) && !(value instanceof Map && value.has('time'))) return null;
    const list: [JsonValue, string][] = Array.isArray(value) ? asArray(value, '') : [[value, '']];
    return list.map(([item, path]) => {
      const exchange = asObject(item, path, members);
      const at = new Date(asText(exchange.get('time'), below(path, 'time')));
      if (Number.isNaN(at.getTime())) throw new JsonError('it is no instant', below(path, 'time'));
      const part = (name: string): Uint8Array => Buffer.from(writeJson(exchange.get(name) ?? null), 'utf8');
      return { at, request: part('request'), response: part('response') };
    });
  });
  if (all.length === 0) throw new AppError('INVALID_INPUT', `${file.name} holds no exchange.`);
  return all.toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

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
  { spkiDer, certificateDer }: Identity,
  at: Date,
): Opened {
  const faults = new Faults();
  const document = readInto(faults, `The ${kind}`, () => openDocument(bytes, kind));
  if (document === null) return { clear: null, message: null, faults: faults.found, same: null };
  for (const fault of identityFaults(certificateDer, at)) faults.check(false, fault, 'RFC 8183 4');
  const message = openMessage(document.message, spkiDer, at, faults);
  const same =
    message === null ? null : (signedContent(message, { clear: document.clear, kind }, faults)?.same ?? null);
  return { clear: document.clear, message, faults: faults.found, same };
}

/** The TA certificate that stands beside the certificates a response issues; null when it issues none. */
function signingCertificate(response: JsonValue): Uint8Array | null {
  try {
    const clear = asObject(response, 'response', { required: ['child_responses'], open: true });
    for (const [, answers, path] of asMap(clear.get('child_responses'), 'child_responses'))
      for (const [, answer] of asMap(answers, path)) {
        const [issued] = answer instanceof Map ? [...answer.values()] : [];
        const signing = issued instanceof Map ? issued.get('signing_cert') : undefined;
        if (signing instanceof Map) return asBase64(signing.get('cert'), path);
      }
    return null;
  } catch (error) {
    // Its own judgement names what is wrong with it.
    if (error instanceof JsonError) return null;
    throw error;
  }
}

interface Context {
  proxy: Party;
  signer: Party;
  /** The response before it in the file. */
  previous: JsonValue | null;
  /** The TA certificate as far as the file or signer-info.json shows it. */
  certificateDer: Uint8Array | null;
}

/** The objects before the first exchange of a file are not in it: none, one number lower, long ago. */
const before = (objects: TaObjects): JsonValue =>
  toJson({
    revision: {
      number: objects.number - 1n,
      this_update: '1970-01-01T00:00:00Z',
      next_update: '1970-01-01T00:00:00Z',
    },
    key_identifier: objects.keyId,
    base_uri: objects.baseUri,
    revocations: [],
    crl: null,
    manifest: null,
    issued: {},
  });

/** The certificate as a trust anchor, of the key that the response names. */
function judgeAnchor({ certificateDer, signer }: Context, objects: TaObjects, at: Date): Fault[] {
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
  for (const { text, clause } of judgeObject(certificateDer, { issuerDer: null, anchor: true, at }).faults)
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
  const asked = readInto(faults, 'The request', () => readRequest(request.clear, 'request'));
  const objects = readInto(faults, 'The response', () =>
    readObjects(
      asObject(response.clear, 'response', { required: ['objects'], open: true }).get('objects'),
      'response.objects',
    ),
  );
  if (asked === null || objects === null) return { request: asked, objects, faults: faults.found };
  const judged = judgeResponseContent(
    response.clear,
    {
      info: {
        taKeyId: objects.keyId,
        taCertificateDer: context.certificateDer,
        baseUri: objects.baseUri,
      },
      previous: context.previous ?? before(objects),
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
      clause: 'krill-ta 4.8',
    },
  ];
}

function checkOne(
  { at, request, response }: Kept,
  context: Context,
): CheckedExchange & { response: JsonValue } {
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
        : { ok: objectsHold, text: 'certificates, CRL and manifest hold under the TA certificate' },
      { ok: time.length === 0, text: 'its time is that of the signature' },
    ],
    faults,
    response: answered.clear,
  };
}

const compared = ({ spkiDer, certificateDer }: Identity): RecordCheck['proxy'] => ({
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
    const clear = readInto(new Faults(), '', () => openDocument(response, 'response').clear);
    return clear === null ? null : signingCertificate(clear);
  });
  const exchanges: CheckedExchange[] = [];
  let previous: JsonValue | null = null;
  for (const [index, one] of kept.entries()) {
    // Its own; else the newest before it, the signer's, and any of the file: the key is the same for ever.
    const certificateDer =
      shown.slice(0, index + 1).findLast((der) => der !== null) ??
      signer.anchor?.certificateDer ??
      shown.find((der) => der !== null) ??
      null;
    const { response, ...checked } = checkOne(one, { proxy, signer, previous, certificateDer });
    exchanges.push(checked);
    previous = response instanceof Map && response.has('objects') ? response : previous;
  }
  return { proxy: compared(proxy), signer: compared(signer), exchanges };
}
