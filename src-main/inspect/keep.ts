/** Inspected objects on their way into the workspace: each certificate with its issuer, found by signature, not by name. */
import { sha256Hex } from '../lib/bytes.ts';
import { newId } from '../lib/ids.ts';
import type { LongCall } from '../lib/long-call.ts';
import type { Random } from '../ports.ts';
import { certificateColumns } from '../store/certificate-columns.ts';
import type { NewCertificate, NewObject } from '../store/columns.ts';
import type { ImportedCertificate } from '../store/commands/objects.ts';
import type { Store } from '../store/store-contract.ts';
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import { crlView } from '../x509/crl.ts';
import { shortName } from '../x509/distinguished-name.ts';
import { issuerIndex } from '../x509/issuer-index.ts';
import { requestView } from '../x509/request.ts';
import type { Item } from './items.ts';

type Kept = NonNullable<Item['keep']>;

interface Candidate {
  id: string;
  certificate: Certificate;
  columns: NewCertificate;
  /** By itself or by others of the file. */
  issuer: Candidate | undefined;
}

function signedBy(child: Certificate, issuerDer: Uint8Array): boolean {
  return !issuerIndex([parseCertificate(issuerDer)])
    .issuersOf(child)
    .next().done;
}

/** The certificates of the file with the issuer each has in it. Throws AppError CANCELLED. */
async function related(ders: readonly Uint8Array[], random: Random, call: LongCall): Promise<Candidate[]> {
  const own: Candidate[] = [];
  for (const [at, der] of ders.entries()) {
    await call.turn((at / ders.length) * 0.3, `Reading ${at + 1} of ${ders.length}`);
    const certificate = parseCertificate(der);
    const id = newId('crt', random);
    const columns = certificateColumns(certificate, { id, purpose: '', authority: null });
    own.push({ id, certificate, columns, issuer: undefined });
  }
  const byCertificate = new Map(own.map((one) => [one.certificate, one]));
  const index = issuerIndex(own.map(({ certificate }) => certificate));
  for (const [at, one] of own.entries()) {
    await call.turn(0.3 + (at / own.length) * 0.4, `Looking for the issuer of ${at + 1} of ${own.length}`);
    const { certificate } = one;
    if (one.columns.selfSigned) one.issuer = one;
    else
      for (const issuer of index.issuersOf(certificate)) {
        one.issuer = byCertificate.get(issuer);
        break;
      }
  }
  return own;
}

/** Issuers before what they signed, so that each finds its issuer stored. Cross-signed circles are cut somewhere. */
function issuersFirst(certificates: readonly Candidate[]): Candidate[] {
  const ordered = new Set<Candidate>();
  for (const one of certificates) {
    const line: Candidate[] = [];
    for (
      let next: Candidate | undefined = one;
      next !== undefined && !ordered.has(next) && !line.includes(next);
      next = next.issuer
    )
      line.push(next);
    for (const above of line.toReversed()) ordered.add(above);
  }
  return [...ordered];
}

/** `before`: those of the file that are stored when it is. */
async function placed(
  store: Store,
  own: Candidate,
  before: ReadonlySet<Candidate>,
): Promise<ImportedCertificate> {
  const { columns: certificate } = own;
  const here = certificate.selfSigned
    ? []
    : await store.run('certificates.issuers', { subjectNameSha256: certificate.issuerNameSha256 });
  const inFile =
    own.issuer === own || (own.issuer !== undefined && before.has(own.issuer)) ? own.issuer : undefined;
  const issuer = here.find(({ der }) => signedBy(own.certificate, der)) ?? inFile;
  const orphans = certificate.isCa
    ? await store.run('objects.orphans', { issuerNameSha256: certificate.subjectNameSha256 })
    : [];
  const index = issuerIndex([own.certificate]);
  return {
    certificate,
    issuerId: issuer?.id ?? null,
    signed: orphans
      .filter(({ der }) => !index.issuersOf(parseCertificate(der)).next().done)
      .map(({ id }) => id),
  };
}

function objectOf({ kind, der }: Kept, id: string, now: Date): NewObject {
  if (kind === 'request') {
    const view = requestView(der);
    return {
      id,
      der,
      sha256: sha256Hex(der),
      name: shortName(view.subject) || (view.names[0]?.value ?? 'request'),
      facts: { key: view.key.text, proofOfPossession: Number(view.proofOfPossession) },
    };
  }
  const view = crlView(der, { now });
  return {
    id,
    der,
    sha256: sha256Hex(der),
    name: shortName(view.issuer) || 'CRL',
    facts: {
      thisUpdate: view.thisUpdate,
      nextUpdate: view.nextUpdate,
      number: view.number,
      entries: view.entryCount,
    },
  };
}

/** Keeps the objects in one transaction; what is there already is named and left as it is. */
export async function keepObjects(
  store: Store,
  objects: readonly Kept[],
  facts: { random: Random; now: Date; from: string; call: LongCall },
): Promise<{ added: string[]; alreadyThere: string[] }> {
  const { random, now, call } = facts;
  const ders = objects.filter(({ kind }) => kind === 'certificate').map(({ der }) => der);
  const ordered = issuersFirst(await related(ders, random, call));
  const certificates: ImportedCertificate[] = [];
  const before = new Set<Candidate>();
  for (const [at, candidate] of ordered.entries()) {
    await call.turn(0.7 + (at / ordered.length) * 0.3, `Placing ${at + 1} of ${ordered.length}`);
    certificates.push(await placed(store, candidate, before));
    before.add(candidate);
  }
  const others = (kind: 'request' | 'crl'): NewObject[] =>
    objects
      .filter((object) => object.kind === kind)
      .map((object) => objectOf(object, newId(kind === 'request' ? 'csr' : 'crl', random), now));
  const [requests, crls] = [others('request'), others('crl')];
  const names = [
    ...certificates.map(({ certificate }) => certificate.name),
    ...requests.map(({ name }) => name),
    ...crls.map(({ name }) => name),
  ];
  return store.run('objects.keep', {
    certificates,
    requests,
    crls,
    audit: {
      action: 'inspect.keep',
      outcome: 'done',
      summary: `Kept from ${facts.from}: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`,
      subjects: [
        ...certificates.map(({ certificate }) => ({
          type: 'certificate',
          id: certificate.id,
          sha256: certificate.sha256,
        })),
        ...[...requests, ...crls].map(({ id, sha256 }) => ({ type: 'object', id, sha256 })),
      ].slice(0, 100),
    },
  });
}
