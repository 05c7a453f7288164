/**
 * A response file judged before it is published (krill-ta.md 6.10, 16): the message, the clear text, every object by the
 * validator, the manifest against what is there, every answer against what was asked. It changes nothing.
 */
import { createHash } from 'node:crypto';
import { type JsonObject, type JsonValue } from '../lib/json-reader.ts';
import { asBase64, asObject, asText, asWhole } from '../lib/json-shape.ts';
import { type Fault, Faults } from '../rpki/fault.ts';
import { judgeObject } from '../rpki/judge.ts';
import { resourceCertificate } from '../rpki/resource-certificate.ts';
import { keyId } from '../x509/public-key.ts';
import { byKey, keyIdentifier } from './documents.ts';
import { requireSaidInside } from './inside.ts';
import { type Issued, judgeAnswers, type ProxyKnowledge, type ResponseKnowledge } from './judge-answers.ts';
import { judgeChange } from './judge-change.ts';
import { judgePublished } from './judge-published.ts';
import { instantText, readCertInfo, readRevocations } from './objects.ts';
import { openExchange, type OpenedExchange, readInto } from './open-exchange.ts';

export interface ResponseJudgement {
  faults: Fault[];
  questions: string[];
}

interface Published {
  name: string;
  der: Uint8Array;
  serial: string;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
function hashed(object: JsonObject, path: string, faults: Faults): Uint8Array {
  const der = asBase64(object.get('base64'), `${path}.base64`);
  faults.check(
    asText(object.get('hash'), `${path}.hash`) === sha256(der),
    `${path}: the hash is not that of the object`,
    'RFC 9286 4.2.1',
  );
  return der;
}

function published(value: JsonValue | undefined, path: string, faults: Faults): Published {
  const object = asObject(value, path, {
    required: ['name', 'base64', 'hash', 'serial', 'expires', 'marker'],
  });
  return {
    name: asText(object.get('name'), `${path}.name`),
    der: hashed(object, path, faults),
    serial: asText(object.get('serial'), `${path}.serial`),
  };
}

interface Revision {
  number: bigint;
  thisUpdate: string;
  nextUpdate: string;
}

/** `revision` and the two that never change, of a response or of signer-info.json. */
function headOf(value: JsonValue | undefined, path: string): Revision & { objects: JsonObject } {
  const objects = asObject(value, path, {
    required: ['revision', 'key_identifier', 'base_uri', 'revocations', 'crl', 'manifest', 'issued'],
  });
  const revision = asObject(objects.get('revision'), `${path}.revision`, {
    required: ['number', 'this_update', 'next_update'],
  });
  return {
    objects,
    number: asWhole(revision.get('number'), `${path}.revision.number`),
    thisUpdate: instantText(revision.get('this_update'), `${path}.revision.this_update`),
    nextUpdate: instantText(revision.get('next_update'), `${path}.revision.next_update`),
  };
}

function previousHead(previous: JsonValue) {
  const isResponse = previous instanceof Map && previous.has('objects');
  return headOf(isResponse ? previous.get('objects') : previous, 'the last objects');
}

/** Judges one object by the validator, as published under the trust anchor. */
function judge(what: string, der: Uint8Array, state: ResponseKnowledge, at: Date, faults: Faults): void {
  const { faults: found } = judgeObject(der, { issuerDer: state.info.taCertificateDer, anchor: false, at });
  for (const { text, clause } of found) faults.check(false, `${what}: ${text}`, clause);
}

interface Certified extends Issued {
  serial: bigint;
}

/** Certificates that cannot be read are told as faults and left out. */
function judgeIssued(
  objects: JsonObject,
  state: ResponseKnowledge,
  at: Date,
  faults: Faults,
): Map<string, Certified> {
  const found = byKey(objects.get('issued'), 'response.objects.issued', (value, path) => {
    const info = readInto(faults, 'The response', () => readCertInfo(value, path));
    if (info === null) return null;
    const key = keyIdentifier(path.slice(path.lastIndexOf('.') + 1).replaceAll('"', ''), path);
    faults.check(keyId(info.spkiDer) === key, `${key}: the certificate is for another key`, 'RFC 6487 4.8.2');
    readInto(faults, 'The response', () => requireSaidInside(info, 'authority', path));
    faults.check(
      info.uri === `${state.info.baseUri}${key}.cer`,
      `${key}: it is published under another name`,
      'RFC 6481 2.2',
    );
    judge(`The certificate ${key}`, info.der, state, at, faults);
    const crl = `${state.info.baseUri}${state.info.taKeyId}.crl`;
    const own = faults.read('RFC 6487', () => resourceCertificate(info.der, 'authority', new Faults()));
    faults.check(
      own === null || own.crlUris.includes(crl),
      `${key}: its certificate names another CRL than ${crl}`,
      'RFC 6487 4.8.6',
    );
    return info;
  });
  const certified = new Map([...found].flatMap(([key, info]) => (info === null ? [] : [[key, info]])));
  faults.check(
    new Set([...certified.values()].map(({ serial }) => serial)).size === certified.size,
    'two certificates have one serial number: revoking one revokes both',
    'RFC 5280 4.1.2.2',
  );
  return certified;
}

function judgeContent(
  clear: JsonValue,
  state: ResponseKnowledge,
  at: Date,
  faults: Faults,
  questions: string[],
): void {
  const response = asObject(clear, 'response', { required: ['nonce', 'objects', 'child_responses'] });
  const nonce = asText(response.get('nonce'), 'response.nonce');
  faults.check(
    nonce === state.request.nonce,
    `it answers the request ${nonce}, and open is ${state.request.nonce}`,
    'krill-ta 5.6',
  );
  const head = headOf(response.get('objects'), 'response.objects');
  const { objects, number, thisUpdate } = head;
  const before = previousHead(state.previous);
  const { info } = state;
  faults.check(
    number > before.number,
    `the number ${number} is not above the last one, ${before.number}`,
    'RFC 9286 4.2.1',
  );
  faults.check(
    // Krill takes the next one within the same second; whoever publishes is told (review-response.ts).
    Date.parse(thisUpdate) > Date.parse(before.thisUpdate),
    'it is not later than the last response',
    'RFC 9286 4.2.1',
  );
  faults.check(
    asText(objects.get('key_identifier'), 'key_identifier') === info.taKeyId,
    'it is of another trust anchor key',
    'RFC 8630 2.3',
  );
  faults.check(
    asText(objects.get('base_uri'), 'base_uri') === info.baseUri,
    'it is published in another place',
    'RFC 6481 2.2',
  );
  const crl = published(objects.get('crl'), 'response.objects.crl', faults);
  const manifest = published(objects.get('manifest'), 'response.objects.manifest', faults);
  judge('The CRL', crl.der, state, at, faults);
  judge('The manifest', manifest.der, state, at, faults);
  const issued = judgeIssued(objects, state, at, faults);
  const revocations = readRevocations(objects.get('revocations'), 'response.objects.revocations');
  const revoked = judgePublished(
    { ...head, keyId: info.taKeyId, crl, manifest, issued, revocations },
    faults,
  );
  const fulfilled = judgeAnswers(response, issued, state, faults, questions);
  const next = number <= before.number + 1n;
  judgeChange({ before: before.objects, issued, revoked, fulfilled, next }, at, faults);
}

/** Judges what a response says, whoever signed it. Never throws for what it is given. */
export function judgeResponseContent(
  clear: JsonValue,
  state: ResponseKnowledge,
  at: Date,
): ResponseJudgement {
  const faults = new Faults();
  const questions: string[] = [];
  faults.read('RFC 6487', () =>
    readInto(faults, 'The response', () => judgeContent(clear, state, at, faults, questions)),
  );
  return { faults: faults.found, questions };
}

/** Judges the bytes of a response file at the instant `at`. Never throws for what it is given. */
export function judgeResponse(
  bytes: Uint8Array,
  state: ProxyKnowledge,
  at: Date,
): ResponseJudgement & { opened: OpenedExchange | null } {
  const faults = new Faults();
  const opened = openExchange(bytes, 'response', state.signerSpki, at, faults);
  if (opened === null) return { opened, faults: faults.found, questions: [] };
  const content = judgeResponseContent(opened.said, state, at);
  return { opened, faults: [...faults.found, ...content.faults], questions: content.questions };
}
