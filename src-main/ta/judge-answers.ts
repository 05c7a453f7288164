/** The answers of a response held against the wishes of the request (RFC 6492 3.4.2, 3.5.2): none missing, none too many. */
import { equalBytes } from '../lib/bytes.ts';
import type { JsonObject, JsonValue } from '../lib/json-reader.ts';
import { asBase64, asMap, asObject, asText } from '../lib/json-shape.ts';
import { Faults } from '../rpki/fault.ts';
import { equalRanges } from '../rpki/ranges.ts';
import { resourceCertificate } from '../rpki/resource-certificate.ts';
import { type ResourceSet, sameResources } from '../rpki/resource-set.ts';
import { readChildCsr } from './child-csr.ts';
import {
  byKey,
  type Child,
  type ChildRequest,
  handle,
  keyIdentifier,
  type Request,
  resourceLimit,
  resourceSet,
} from './documents.ts';
import { holdsResources, publishesAt, second } from './inside.ts';
import { instantText } from './objects.ts';
import type { SignerInfo } from './signer-info.ts';

/** What a response is held against. */
export interface ResponseKnowledge {
  /** `taCertificateDer` null: it is not here, and objects are judged by themselves. */
  info: Pick<SignerInfo, 'taKeyId' | 'baseUri'> & { taCertificateDer: Uint8Array | null };
  /** The last response, or the objects of signer-info.json before the first. */
  previous: JsonValue;
  /** The request that it answers. */
  request: Request;
}

/** What the proxy knows. */
export interface ProxyKnowledge extends ResponseKnowledge {
  /** SubjectPublicKeyInfo of the associated signer. */
  signerSpki: Uint8Array;
}

/** A certificate as the response publishes it. */
export interface Issued {
  der: Uint8Array;
  uri: string;
}

const FAMILIES = ['asn', 'ipv4', 'ipv6'] as const;
const ISSUED = 'RFC 6492 3.4.2';

/** What the child has under the limit it asked for. */
function granted(child: Child, limit: Partial<ResourceSet>): ResourceSet {
  const { asn, ipv4, ipv6 } = child.resources;
  return { asn: limit.asn ?? asn, ipv4: limit.ipv4 ?? ipv4, ipv6: limit.ipv6 ?? ipv6 };
}

/** What was asked for, held against the certificate itself and against what is told of it. */
function judgeGrant(
  who: string,
  asked: { child: Child; wish: ChildRequest & { type: 'issuance' } },
  told: { der: Uint8Array; resources: ResourceSet; limit: Partial<ResourceSet>; notAfter: string },
  faults: Faults,
): void {
  const { child, wish } = asked;
  const right = granted(child, wish.limit);
  const read = resourceCertificate(told.der, 'authority', new Faults());
  faults.check(
    sameResources(told.resources, right) && holdsResources(read, right),
    `${who}: it gets not the resources it asked for`,
    ISSUED,
  );
  const csr = readChildCsr(wish.csrDer, new Faults());
  // A folder without its "/" gets it from the signer (krill-ta.md 6.5).
  const folder = csr === null || csr.caRepository.endsWith('/') ? '' : '/';
  faults.check(
    csr !== null && publishesAt(read, { ...csr, caRepository: `${csr.caRepository}${folder}` }),
    `${who}: its certificate publishes at another place than it asked for`,
    ISSUED,
  );
  faults.check(
    second(told.notAfter) === second(read.certificate.notAfter),
    `${who}: its certificate ends at another time than it is told`,
    ISSUED,
  );
  faults.check(
    FAMILIES.every((family) => {
      const [one, other] = [told.limit[family], wish.limit[family]];
      return one === undefined || other === undefined ? one === other : equalRanges(one, other);
    }),
    `${who}: it is told another limit than it asked for`,
    ISSUED,
  );
}

/** `known` itself where `der` says the same: what was read of it need not be read again. */
function sameOr(known: Uint8Array | null | undefined, der: Uint8Array): Uint8Array {
  return known !== null && known !== undefined && equalBytes(known, der) ? known : der;
}

/** One answer to one wish of a child. */
function judgeAnswer(
  {
    who,
    child,
    key,
    answer,
    path,
  }: { who: string; child: Child; key: string; answer: JsonValue; path: string },
  issued: Map<string, Issued>,
  state: ResponseKnowledge,
  faults: Faults,
  questions: string[],
): void {
  const wish = child.requests.get(key);
  if (answer === 'Error') {
    questions.push(`${who}: the signer answered with an error.`);
    return;
  }
  const [[kind, inner, at] = ['', null, path]] = asMap(answer, path);
  if (kind === 'Revocation') {
    const object = asObject(inner, at, { required: ['class_name', 'key'] });
    faults.check(
      wish?.type === 'revocation' &&
        keyIdentifier(asText(object.get('key'), at), at) === key &&
        !issued.has(key),
      `${who}: a revocation was not asked, or its certificate is still there`,
      'RFC 6492 3.5.2',
    );
    return;
  }
  const object = asObject(inner, at, {
    required: ['class_name', 'resource_set', 'not_after', 'issued_cert', 'signing_cert'],
  });
  const cert = asObject(object.get('issued_cert'), `${at}.issued_cert`, {
    required: ['uri', 'req_limit', 'cert'],
  });
  const signing = asObject(object.get('signing_cert'), `${at}.signing_cert`, { required: ['url', 'cert'] });
  const there = issued.get(key);
  const der = sameOr(there?.der, asBase64(cert.get('cert'), `${at}.issued_cert.cert`));
  faults.check(
    wish?.type === 'issuance' &&
      there !== undefined &&
      there.der === der &&
      asText(cert.get('uri'), at) === there.uri,
    `${who}: the certificate it gets is not the one that is published`,
    ISSUED,
  );
  const ta = resourceCertificate(
    sameOr(state.info.taCertificateDer, asBase64(signing.get('cert'), `${at}.signing_cert.cert`)),
    'anchor',
    new Faults(),
  );
  faults.check(
    ta.subjectKeyId === state.info.taKeyId,
    `${who}: the signing certificate is of another key`,
    ISSUED,
  );
  if (wish?.type !== 'issuance') return;
  const told = {
    der,
    resources: resourceSet(object.get('resource_set'), `${at}.resource_set`),
    limit: resourceLimit(cert.get('req_limit'), `${at}.issued_cert.req_limit`),
    notAfter: instantText(object.get('not_after'), `${at}.not_after`),
  };
  judgeGrant(who, { child, wish }, told, faults);
}

/**
 * Every answer against every wish: none missing, none too many. Answers the keys whose wishes were fulfilled. Throws
 * JsonError and X509Error of the readers.
 */
export function judgeAnswers(
  response: JsonObject,
  issued: Map<string, Issued>,
  state: ResponseKnowledge,
  faults: Faults,
  questions: string[],
): Set<string> {
  const fulfilled = new Set<string>();
  const answered = new Map<string, Set<string>>();
  for (const [name, answers, path] of asMap(response.get('child_responses'), 'response.child_responses')) {
    const child = state.request.children.find((one) => one.handle === handle(name, path));
    const keys = new Set<string>();
    for (const [key, value] of byKey(answers, path, (item, at) => ({ item, at }))) {
      keys.add(key);
      const who = `${name}, key ${key.slice(-8)}`;
      if (child === undefined || !child.requests.has(key)) {
        faults.check(false, `${who}: an answer to nothing that was asked`, 'RFC 6492 3.4.2');
        continue;
      }
      judgeAnswer({ who, child, key, answer: value.item, path: value.at }, issued, state, faults, questions);
      if (value.item !== 'Error') fulfilled.add(key);
    }
    answered.set(name, keys);
  }
  for (const { handle: name, requests } of state.request.children)
    for (const key of requests.keys())
      faults.check(
        answered.get(name)?.has(key) === true,
        `${name}, key ${key.slice(-8)}: no answer`,
        'RFC 6492 3.4.2',
      );
  return fulfilled;
}
