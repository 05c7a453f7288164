/**
 * Which certificate of a bag was signed by which, and what is wrong with each link. Not path validation: no policies,
 * no name constraints, no revocation; it orders what is there and explains it.
 */
import type { Finding } from '#shared/contract/channel.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { decoded, instantText, isSelfIssued } from './certificate-view.ts';
import { nameView, shortName } from './distinguished-name.ts';
import {
  readAuthorityKeyId,
  readBasicConstraints,
  readKeyUsage,
  readSubjectKeyId,
} from './extension-reader.ts';
import { type IssuerIndex, issuerIndex } from './issuer-index.ts';
import { EXTENSION } from './oids.ts';
import { verifySignature } from './verify-signature.ts';

export interface Link {
  der: Uint8Array;
  name: string;
  state: Finding['severity'];
  text: string;
}

/** Where a chain ends. A name that is signed by another key of the same name is a link like any other (RFC 5280 6.1). */
function isTop(certificate: Certificate): boolean {
  const { extensions } = certificate;
  const signer = decoded(extensions, EXTENSION.authorityKeyIdentifier, readAuthorityKeyId, null);
  const own = decoded(extensions, EXTENSION.subjectKeyIdentifier, readSubjectKeyId, null);
  return isSelfIssued(certificate) && (signer === null || own === null || signer === own);
}

/** The issuer of `child`; the one that is still valid longest when several fit. */
function issuerOf(child: Certificate, index: IssuerIndex): Certificate | undefined {
  return [...index.issuersOf(child)].toSorted((a, b) => b.notAfter.getTime() - a.notAfter.getTime())[0];
}

function judge(
  certificate: Certificate,
  below: number,
  isFirst: boolean,
  now: Date,
): { state: Finding['severity']; text: string } {
  const bad = (text: string) => ({ state: 'bad' as const, text });
  if (certificate.notAfter.getTime() < now.getTime())
    return bad(`expired on ${instantText(certificate.notAfter)}`);
  if (certificate.notBefore.getTime() > now.getTime())
    return bad(`not valid before ${instantText(certificate.notBefore)}`);
  if (!isFirst) {
    const constraints = decoded(certificate.extensions, EXTENSION.basicConstraints, readBasicConstraints, {
      isCa: false,
      pathLength: null,
    });
    if (!constraints.isCa) return bad('issuer is not a CA');
    if (constraints.pathLength !== null && below > constraints.pathLength)
      return bad('path length constraint exceeded');
    const usages = decoded(certificate.extensions, EXTENSION.keyUsage, readKeyUsage, null);
    if (usages !== null && !usages.includes('keyCertSign')) return bad('its key may not sign certificates');
  }
  return { state: 'good', text: `until ${instantText(certificate.notAfter).slice(0, 10)}` };
}

/** The chain above `leafDer` out of `bagDer`, root first. It stops where no issuer is known and says so. */
export function linkChain(leafDer: Uint8Array, bagDer: readonly Uint8Array[], now: Date): Link[] {
  const index = issuerIndex(bagDer.map(parseCertificate));
  const chain: Certificate[] = [parseCertificate(leafDer)];
  for (let last = chain[0]; last !== undefined && !isTop(last) && chain.length < 16; last = chain.at(-1)) {
    const issuer = issuerOf(last, index);
    if (issuer === undefined || chain.includes(issuer)) break;
    chain.push(issuer);
  }
  const links = chain.map((certificate, at): Link => {
    // Path length counts the intermediates below that are not self-issued (RFC 5280 4.2.1.9).
    const below = chain.slice(1, at).filter((other) => !isSelfIssued(other)).length;
    return {
      der: certificate.der,
      name: shortName(nameView(certificate.subject)),
      ...judge(certificate, below, at === 0, now),
    };
  });
  const top = chain.at(-1);
  const last = links.at(-1);
  if (top !== undefined && last !== undefined && last.state === 'good') {
    if (!isTop(top))
      Object.assign(last, {
        state: 'careful',
        text: `its issuer "${shortName(nameView(top.issuer))}" is not here: an intermediate or the root is missing`,
      });
    else if (verifySignature(top, top.spkiDer) === 'broken')
      Object.assign(last, { state: 'bad', text: 'the signature does not verify' });
  }
  return links.toReversed();
}

const MOST_IN_ORDER = 100;

/** The longest chain that the first certificate stands in, leaf first; `ancestors` fill its gaps. */
function lineOf(bag: readonly Certificate[], ancestors: readonly Certificate[]): Certificate[] {
  const [first] = bag;
  if (first === undefined) return [];
  const index = issuerIndex([...bag, ...ancestors]);
  const issuers = new Map<Certificate, Certificate | undefined>();
  const upwards = (from: Certificate): Certificate[] => {
    const line: Certificate[] = [];
    for (
      let at: Certificate | undefined = from;
      at !== undefined && !line.includes(at);
      at = issuers.get(at)
    ) {
      line.push(at);
      if (!issuers.has(at)) issuers.set(at, isTop(at) ? undefined : issuerOf(at, index));
    }
    return line;
  };
  return bag
    .map(upwards)
    .filter((line) => line.some(({ der }) => Buffer.compare(der, first.der) === 0))
    .reduce((longest, line) => (line.length > longest.length ? line : longest), [first]);
}

/**
 * Findings about a file of several certificates: order, a root that servers should not send, strangers. `ancestorDers`: known
 * issuers that are not in the file.
 */
export function bundleFindings(
  dersInOrder: readonly Uint8Array[],
  ancestorDers: readonly Uint8Array[] = [],
): Finding[] {
  // More than that is a collection, which no server sends: it has no order.
  if (dersInOrder.length < 2 || dersInOrder.length > MOST_IN_ORDER) return [];
  const bag = dersInOrder.map(parseCertificate);
  const index = issuerIndex(bag);
  const first = bag[0];
  const found: Finding[] = [];
  const add = (code: string, text: string): void =>
    void found.push({ code, severity: 'note', text, where: 'file', clause: 'RFC 8446 4.4.2' });
  const line = lineOf(bag, ancestorDers.map(parseCertificate));
  const belongs = ({ der }: Certificate): boolean => line.some((one) => Buffer.compare(one.der, der) === 0);
  const own = bag.filter(belongs);
  const inOrder = own.slice(0, -1).every((certificate, at) => {
    const next = own[at + 1];
    return next !== undefined && !issuerIndex([next]).issuersOf(certificate).next().done;
  });
  if (!inOrder && own.some((certificate) => !index.issuersOf(certificate).next().done))
    add('BUNDLE_ORDER', 'The certificates are not in order: leaf first, then each issuer.');
  if (first !== undefined && !isTop(first) && own.some(isTop))
    add('BUNDLE_ROOT', 'The root is in the file; a server should not send it.');
  // Roots beside each other are a collection: there is no chain that one could be missing in.
  const strangers =
    line.length === 1 && first !== undefined && isTop(first) ? [] : bag.filter((one) => !belongs(one));
  const [stranger] = strangers;
  if (stranger !== undefined)
    add(
      'BUNDLE_STRANGER',
      strangers.length === 1
        ? `"${shortName(nameView(stranger.subject))}" in the file does not belong to the chain of the first certificate; a server should not send it.`
        : `${strangers.length} certificates in the file do not belong to the chain of the first one; a server should not send them.`,
    );
  return found;
}
