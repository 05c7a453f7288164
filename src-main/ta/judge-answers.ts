/** The answers of a response held against the wishes of the request (RFC 6492 3.4.2, 3.5.2): none missing, none too many. */
import { shortKey } from './short-key.ts';
import { equalBytes } from '../lib/bytes.ts';
import { Faults } from '../rpki/fault.ts';
import { judgeObject } from '../rpki/judge.ts';
import { type ResourceCertificate, resourceCertificate } from '../rpki/resource-certificate.ts';
import { type ResourceSet, sameResources } from '../rpki/resource-set.ts';
import { readAccess } from '../x509/extension-reader.ts';
import { EXTENSION } from '../x509/oids.ts';
import { readChildCsr } from './child-csr.ts';
import type { Child, ChildRequest, Request } from './documents.ts';
import { holdsResources, publishesAt, sameLimit, second } from './inside.ts';
import type { CertInfo, TaObjects } from './objects.ts';
import type { Answer, IssuanceAnswer, Response } from './response.ts';
import type { SignerInfo } from './signer-info.ts';

/** What a response is held against. */
export interface ResponseKnowledge {
  info: Pick<SignerInfo, 'taKeyId' | 'baseUri'> & {
    /** null: it is not here, and objects are judged by themselves. */
    taCertificateDer: Uint8Array | null;
    /** null: it is not known where the TA certificate is. */
    talRsync: string | null;
  };
  /** The objects of the last response, or of signer-info.json before the first. */
  previous: Pick<TaObjects, 'number' | 'thisUpdate' | 'issued' | 'revocations'>;
  /** The request that it answers; null: it is not here, and the answers are held against nothing. */
  request: Request | null;
}

/** What the proxy knows. */
export interface ProxyKnowledge extends ResponseKnowledge {
  /** SubjectPublicKeyInfo of the associated signer. */
  signerSpki: Uint8Array;
}

const ISSUED = 'RFC 6492 3.4.2';
const CA_ISSUERS = '1.3.6.1.5.5.7.48.2';

/** What the child has under the limit it asked for. */
function granted(child: Child, limit: Partial<ResourceSet>): ResourceSet {
  const { asn, ipv4, ipv6 } = child.resources;
  return { asn: limit.asn ?? asn, ipv4: limit.ipv4 ?? ipv4, ipv6: limit.ipv6 ?? ipv6 };
}

/** Where a certificate says that its issuer's is. */
function issuerUris({ certificate }: ResourceCertificate): string[] {
  const access = certificate.extensions.find(({ oid }) => oid === EXTENSION.authorityInfoAccess);
  return access === undefined
    ? []
    : readAccess(access.valueDer)
        .filter(({ method }) => method === CA_ISSUERS)
        .map(({ location }) => location);
}

interface Asked {
  who: string;
  child: Child;
  key: string;
  /** What is published for this key. */
  there: CertInfo | undefined;
}

/** What was asked for, held against the certificate itself and against what is told of it. */
function judgeGrant(
  { who, child, there }: Asked,
  wish: ChildRequest & { type: 'issuance' },
  told: IssuanceAnswer,
  faults: Faults,
): void {
  const right = granted(child, wish.limit);
  const read = resourceCertificate(told.certificateDer, 'authority', new Faults());
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
    sameLimit(told.limit, wish.limit) && (there === undefined || sameLimit(there.limit, wish.limit)),
    `${who}: it is told another limit than it asked for`,
    ISSUED,
  );
  faults.check(
    issuerUris(read).join('\n') === told.signing.url,
    `${who}: its certificate names another place of the TA certificate than it is told`,
    'RFC 6487 4.8.7',
  );
}

/** `known` itself where `der` says the same: what was read of it need not be read again. */
function sameOr(known: Uint8Array | null | undefined, der: Uint8Array): Uint8Array {
  return known !== null && known !== undefined && equalBytes(known, der) ? known : der;
}

/** The TA certificate that a child is told is its issuer's. */
function judgeSigning(who: string, { url, der }: IssuanceAnswer['signing'], at: Date, faults: Faults) {
  return (info: ResponseKnowledge['info']): void => {
    // Every answer shows it: the same octets are read once.
    const ta = resourceCertificate(sameOr(info.taCertificateDer, der), 'anchor', new Faults());
    if (
      !faults.check(
        ta.subjectKeyId === info.taKeyId,
        `${who}: the signing certificate is of another key`,
        ISSUED,
      )
    )
      return;
    if (info.taCertificateDer !== null && !equalBytes(der, info.taCertificateDer)) {
      const { faults: own } = judgeObject(der, { issuerDer: null, anchor: true, at });
      faults.check(
        false,
        own.length > 0
          ? `${who}: the signing certificate does not hold (${own[0]?.text ?? ''})`
          : `${who}: the signing certificate is another than the TA certificate known here: take over the signer's new signer-info.json first`,
        ISSUED,
      );
    }
    faults.check(
      info.talRsync === null || url === info.talRsync,
      `${who}: the TA certificate is said to be at another place than the TAL says`,
      ISSUED,
    );
  };
}

/** One answer to one wish of a child. */
function judgeAnswer(
  asked: Asked & { wish: ChildRequest },
  answer: Exclude<Answer, { type: 'error' }>,
  info: ResponseKnowledge['info'],
  at: Date,
  faults: Faults,
): void {
  const { who, key, wish, there } = asked;
  faults.check(
    answer.className === wish.className,
    `${who}: it is answered for another resource class`,
    answer.type === 'issuance' ? ISSUED : 'RFC 6492 3.5.2',
  );
  if (answer.type === 'revocation') {
    faults.check(
      wish.type === 'revocation' && answer.key === key && there === undefined,
      `${who}: a revocation was not asked, or its certificate is still there`,
      'RFC 6492 3.5.2',
    );
    return;
  }
  faults.check(
    wish.type === 'issuance' &&
      there !== undefined &&
      equalBytes(there.der, answer.certificateDer) &&
      answer.uri === there.uri,
    `${who}: the certificate it gets is not the one that is published`,
    ISSUED,
  );
  judgeSigning(who, answer.signing, at, faults)(info);
  if (wish.type !== 'issuance') return;
  judgeGrant(asked, wish, { ...answer, certificateDer: sameOr(there?.der, answer.certificateDer) }, faults);
}

/**
 * Every answer against every wish: none missing, none too many. Answers the keys whose wishes were fulfilled; `failures`
 * gets those that were answered with an error. Throws
 * X509Error of the readers.
 */
export function judgeAnswers(
  { objects, answers }: Response,
  { info, request }: { info: ResponseKnowledge['info']; request: Request },
  at: Date,
  faults: Faults,
  failures: string[],
): Set<string> {
  const fulfilled = new Set<string>();
  for (const [name, own] of answers) {
    const child = request.children.find((one) => one.handle === name);
    faults.check(child !== undefined, `${name}: an answer to a child that asked nothing`, ISSUED);
    for (const [key, answer] of own) {
      const who = `${name}, key ${shortKey(key)}`;
      const wish = child?.requests.get(key);
      if (child === undefined || wish === undefined) {
        faults.check(false, `${who}: an answer to nothing that was asked`, ISSUED);
        continue;
      }
      if (answer.type === 'error') {
        failures.push(`${who}: the signer answered with an error.`);
        continue;
      }
      judgeAnswer({ who, child, key, wish, there: objects.issued.get(key) }, answer, info, at, faults);
      fulfilled.add(key);
    }
  }
  for (const { handle: name, requests } of request.children)
    for (const key of requests.keys())
      faults.check(answers.get(name)?.has(key) === true, `${name}, key ${shortKey(key)}: no answer`, ISSUED);
  return fulfilled;
}
