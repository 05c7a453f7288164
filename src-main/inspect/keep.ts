/** Inspected objects on their way into the workspace: each certificate with its issuer, found by signature, not by name. */
import { sha256Hex } from '../lib/bytes.ts';
import { newId } from '../lib/ids.ts';
import type { Random } from '../ports.ts';
import { certificateColumns } from '../store/certificate-columns.ts';
import type { NewObject } from '../store/columns.ts';
import type { ImportedCertificate } from '../store/commands/objects.ts';
import type { Store } from '../store/store-contract.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { crlView } from '../x509/crl.ts';
import { shortName } from '../x509/distinguished-name.ts';
import { requestView } from '../x509/request.ts';
import { verifySignature } from '../x509/verify-signature.ts';
import type { Item } from './items.ts';

type Kept = NonNullable<Item['keep']>;

interface Candidate {
  id: string;
  der: Uint8Array;
}

function signedBy(der: Uint8Array, issuerDer: Uint8Array): boolean {
  const [child, issuer] = [parseCertificate(der), parseCertificate(issuerDer)];
  return (
    Buffer.compare(child.issuer.raw, issuer.subject.raw) === 0 &&
    verifySignature(child, issuer.spkiDer) === 'holds'
  );
}

/** Issuers before what they signed, so that each finds its issuer stored. Cross-signed circles keep their order. */
function issuersFirst(certificates: readonly Candidate[]): Candidate[] {
  const rest = [...certificates];
  const ordered: Candidate[] = [];
  while (rest.length > 0) {
    const at = rest.findIndex((one) => !rest.some((other) => other !== one && signedBy(one.der, other.der)));
    ordered.push(...rest.splice(Math.max(0, at), 1));
  }
  return ordered;
}

async function placed(
  store: Store,
  own: Candidate,
  before: readonly Candidate[],
): Promise<ImportedCertificate> {
  const certificate = certificateColumns(parseCertificate(own.der), {
    id: own.id,
    purpose: '',
    authority: null,
  });
  const here = await store.run('certificates.issuers', { subjectNameSha256: certificate.issuerNameSha256 });
  const issuer = certificate.selfSigned
    ? own
    : [...here, ...before].find(({ der }) => signedBy(own.der, der));
  const orphans = certificate.isCa
    ? await store.run('objects.orphans', { issuerNameSha256: certificate.subjectNameSha256 })
    : [];
  return {
    certificate,
    issuerId: issuer?.id ?? null,
    signed: orphans.filter(({ der }) => signedBy(der, own.der)).map(({ id }) => id),
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
  facts: { random: Random; now: Date; from: string },
): Promise<{ added: string[]; alreadyThere: string[] }> {
  const { random, now } = facts;
  const certificates: ImportedCertificate[] = [];
  const before: Candidate[] = [];
  const own = objects
    .filter(({ kind }) => kind === 'certificate')
    .map(({ der }) => ({ id: newId('crt', random), der }));
  for (const candidate of issuersFirst(own)) {
    certificates.push(await placed(store, candidate, before));
    before.push(candidate);
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
