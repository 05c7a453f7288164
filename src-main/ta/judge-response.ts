/**
 * A response file judged before it is published (krill-ta.md 6.10, 16): the message, the clear text, every object by the
 * validator, the manifest against what is there, every answer against what was asked. It changes nothing.
 */
import { createHash } from 'node:crypto';
import { type JsonObject, type JsonValue } from '../lib/json-reader.ts';
import { asBase64, asObject, asText, asWhole } from '../lib/json-shape.ts';
import { type Fault, Faults } from '../rpki/fault.ts';
import { judgeObject } from '../rpki/judge.ts';
import { readManifest } from '../rpki/manifest.ts';
import { resourceCertificate } from '../rpki/resource-certificate.ts';
import { resourceCrl } from '../rpki/resource-crl.ts';
import { readSignedObject } from '../rpki/signed-object.ts';
import { sameResources } from '../rpki/resource-set.ts';
import { byKey, keyIdentifier, resourceSet } from './documents.ts';
import { type Issued, judgeAnswers, type ProxyKnowledge, type ResponseKnowledge } from './judge-answers.ts';
import { openExchange, readInto } from './open-exchange.ts';

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
const CERTIFICATE_MEMBERS = [
  ...['uri', 'name', 'resources', 'limit', 'subject', 'validity', 'serial', 'ca_repository', 'rpki_manifest'],
  ...['rpki_notify', 'key', 'base64', 'hash', 'marker'],
];

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

/** `revision` and the two that never change, of a response or of signer-info.json. */
function headOf(value: JsonValue | undefined, path: string) {
  const objects = asObject(value, path, {
    required: ['revision', 'key_identifier', 'base_uri', 'revocations', 'crl', 'manifest', 'issued'],
  });
  const revision = asObject(objects.get('revision'), `${path}.revision`, {
    required: ['number', 'this_update', 'next_update'],
  });
  return {
    objects,
    number: asWhole(revision.get('number'), `${path}.revision.number`),
    thisUpdate: asText(revision.get('this_update'), `${path}.revision.this_update`),
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

function judgeIssued(
  objects: JsonObject,
  state: ResponseKnowledge,
  at: Date,
  faults: Faults,
): Map<string, Issued> {
  return byKey(objects.get('issued'), 'response.objects.issued', (value, path) => {
    const object = asObject(value, path, { required: CERTIFICATE_MEMBERS });
    const der = hashed(object, path, faults);
    const uri = asText(object.get('uri'), `${path}.uri`);
    const key = keyIdentifier(path.slice(path.lastIndexOf('.') + 1).replaceAll('"', ''), path);
    const read = faults.read('RFC 6487', () => resourceCertificate(der, 'authority', new Faults()));
    faults.check(read?.subjectKeyId === key, `${key}: the certificate is for another key`, 'RFC 6487 4.8.2');
    faults.check(
      uri === `${state.info.baseUri}${key}.cer`,
      `${key}: it is published under another name`,
      'RFC 6481 2.2',
    );
    const said = resourceSet(object.get('resources'), `${path}.resources`);
    const own = read?.resources;
    const of = (family: 'asn' | 'ipv4' | 'ipv6') => {
      const resources = own?.[family] ?? [];
      return resources === 'inherit' ? [] : resources;
    };
    faults.check(
      sameResources(said, { asn: of('asn'), ipv4: of('ipv4'), ipv6: of('ipv6') }),
      `${key}: the resources beside the certificate are not those in it`,
      'RFC 6487 4.8.10',
    );
    judge(`The certificate ${key}`, der, state, at, faults);
    return { der, uri };
  });
}

function judgeManifest(
  manifest: Published,
  crl: Published,
  issued: Map<string, Issued>,
  number: bigint,
  faults: Faults,
): void {
  const content = faults.read('RFC 9286', () =>
    readManifest(readSignedObject(manifest.der, new Faults()).content, new Faults()),
  );
  if (content === null) return;
  faults.check(
    content.number === number,
    'the manifest has another number than the response says',
    'RFC 9286 4.2.1',
  );
  const wanted = new Map([
    [crl.name, sha256(crl.der)],
    ...[...issued].map(([key, { der }]): [string, string] => [`${key}.cer`, sha256(der)]),
  ]);
  const same =
    wanted.size === content.files.size &&
    [...wanted].every(([name, hash]) => content.files.get(name) === hash);
  faults.check(same, 'the manifest does not list exactly what is there', 'RFC 9286 4.2.1');
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
  const { objects, number, thisUpdate } = headOf(response.get('objects'), 'response.objects');
  const before = previousHead(state.previous);
  const { info } = state;
  faults.check(
    number > before.number,
    `the number ${number} is not above the last one, ${before.number}`,
    'RFC 9286 4.2.1',
  );
  faults.check(
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
  faults.check(
    crl.name === `${info.taKeyId}.crl` && manifest.name === `${info.taKeyId}.mft`,
    'CRL or manifest have another name',
    'RFC 6481 2.2',
  );
  judge('The CRL', crl.der, state, at, faults);
  judge('The manifest', manifest.der, state, at, faults);
  const list = faults.read('RFC 6487 5', () => resourceCrl(crl.der, new Faults()));
  faults.check(list?.number === number, 'the CRL has another number than the response says', 'RFC 9829 3');
  const issued = judgeIssued(objects, state, at, faults);
  const revoked = new Set(list?.crl.entries.map(({ serial }) => serial));
  for (const [key, { der }] of issued) {
    const read = faults.read('RFC 6487', () => resourceCertificate(der, 'authority', new Faults()));
    faults.check(
      read === null || !revoked.has(read.certificate.serial),
      `${key}: its certificate is revoked`,
      'RFC 6487 5',
    );
  }
  judgeManifest(manifest, crl, issued, number, faults);
  judgeAnswers(response, issued, state, faults, questions);
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
export function judgeResponse(bytes: Uint8Array, state: ProxyKnowledge, at: Date): ResponseJudgement {
  const faults = new Faults();
  const opened = openExchange(bytes, 'response', state.signerSpki, at, faults);
  if (opened === null) return { faults: faults.found, questions: [] };
  const content = judgeResponseContent(opened.clear, state, at);
  return { faults: [...faults.found, ...content.faults], questions: content.questions };
}
