/** The certificate request of a child (RFC 6487 6, as Krill makes it and rpki-rs reads it): what the signer may rely on, and what is wrong. */
import { checkCanonical } from '../rpki/canonical-der.ts';
import { checkKey, hex, isSha256WithRsa } from '../rpki/certificate-fields.ts';
import { checkPlaces, readUris, SIA } from '../rpki/certificate-pointers.ts';
import type { Faults } from '../rpki/fault.ts';
import type { Extension } from '../x509/extension-reader.ts';
import { EXTENSION } from '../x509/oids.ts';
import { keyId } from '../x509/public-key.ts';
import { parseRequest } from '../x509/request.ts';
import { readOnce } from '../rpki/read-once.ts';
import { verifySignature } from '../x509/verify-signature.ts';
import { X509Error } from '../x509/x509-error.ts';

export interface ChildCsr {
  /** Upper-case hex. */
  keyId: string;
  spkiDer: Uint8Array;
  caRepository: string;
  rpkiManifest: string;
  rpkiNotify: string | null;
}

const CLAUSE = 'RFC 6487 6';
/** What a request of a CA may ask for (RFC 6487 6.3, as rpki-rs reads it); one that says another thing is not understood. */
const MAY_ASK = new Map<string, string>([
  [EXTENSION.basicConstraints, 'basic constraints'],
  [EXTENSION.keyUsage, 'key usage'],
  [EXTENSION.subjectInfoAccess, 'subject information access'],
]);
const CA_TRUE = '30030101ff';
const CERTIFIES = '03020106';

/** The values of the extensions it asks for, each known and once. */
function askedFor(extensions: readonly Extension[], faults: Faults): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const { oid, valueDer } of extensions) {
    faults.check(MAY_ASK.has(oid), `it asks for the extension ${oid}, which a request may not`, CLAUSE);
    faults.check(!found.has(oid), `it asks twice for ${MAY_ASK.get(oid) ?? oid}`, 'RFC 5280 4.2');
    found.set(oid, valueDer);
  }
  return found;
}

/** Where it wants to publish: one rsync folder, one manifest, at most one notification. */
function placesIn(sia: Uint8Array | undefined, faults: Faults): Omit<ChildCsr, 'keyId' | 'spkiDer'> {
  const access = sia === undefined ? [] : readUris(sia);
  checkPlaces(faults, access);
  const of = (method: string, scheme: string): string[] =>
    access
      .filter((one) => one.method === method && one.location.toLowerCase().startsWith(scheme))
      .map(({ location }) => location);
  const [folder] = of(SIA.repository, 'rsync:');
  const [manifest] = of(SIA.manifest, 'rsync:');
  if (folder === undefined || manifest === undefined) throw new X509Error('it says not where to publish');
  return {
    caRepository: folder,
    rpkiManifest: manifest,
    rpkiNotify: of(SIA.notify, '')[0] ?? null,
  };
}

/** Reads and checks; null when it is no request at all. */
export const readChildCsr = readOnce(read);

function read(der: Uint8Array, faults: Faults): ChildCsr | null {
  return faults.read(CLAUSE, () => {
    const csr = parseRequest(der);
    // Krill writes out that an extension is not critical; its own signature is over that, and nothing else is tolerated.
    checkCanonical(faults, der, { falseWritten: true });
    faults.check(csr.version === 0n, 'its version is not 0', 'RFC 2986 4.1');
    faults.check(
      isSha256WithRsa(csr.signatureAlgorithm),
      'it is not signed by sha256WithRSAEncryption',
      'RFC 7935 2',
    );
    faults.check(verifySignature(csr, csr.spkiDer) === 'holds', 'it is not signed with its own key', CLAUSE);
    faults.read('RFC 7935 3', () => checkKey(faults, csr.spkiDer));
    // krillta reads no request with another attribute, or with none, and would refuse all that stands beside it.
    faults.check(
      csr.attributeCount > 0,
      'it has no attribute: the extensions that it asks for are missing',
      CLAUSE,
    );
    faults.check(
      csr.attributeCount <= 1 && csr.otherAttributes.length === 0,
      'it has another attribute than the extensions that it asks for',
      CLAUSE,
    );
    const asked = askedFor(csr.extensions, faults);
    const basic = asked.get(EXTENSION.basicConstraints);
    faults.check(
      basic !== undefined && hex(basic) === CA_TRUE,
      'it is not for an authority without a path length (basic constraints)',
      CLAUSE,
    );
    const usage = asked.get(EXTENSION.keyUsage);
    faults.check(
      usage !== undefined && hex(usage) === CERTIFIES,
      'it does not ask for the key usage of an authority',
      CLAUSE,
    );
    const places = placesIn(asked.get(EXTENSION.subjectInfoAccess), faults);
    return { keyId: keyId(csr.spkiDer), spkiDer: csr.spkiDer, ...places };
  });
}
