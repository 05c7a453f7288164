/** What a signed object carries, held against its own profile and against the resources of its certificate. */
import { checkCanonical } from './canonical-der.ts';
import { ASPA_OID, readAspa } from './aspa.ts';
import type { Faults } from './fault.ts';
import { GHOSTBUSTERS_OID, readGhostbusters } from './ghostbusters.ts';
import { inTime } from './in-time.ts';
import { MANIFEST_OID, readManifest } from './manifest.ts';
import { contains, equalRanges, rangesOf } from './ranges.ts';
import type { ResourceCertificate } from './resource-certificate.ts';
import type { Resources } from './resource-der.ts';
import { readRoa, ROA_OID } from './roa.ts';
import type { SignedObject } from './signed-object.ts';

/** The last element of a URI. */
const fileOf = (uri: string): string => uri.slice(uri.lastIndexOf('/') + 1);

const inheritsAll = ({ resources }: ResourceCertificate): boolean =>
  Object.values(resources).every((one) => one === null || one === 'inherit');

function judgeManifest(
  object: SignedObject,
  own: ResourceCertificate,
  at: Date | null,
  faults: Faults,
): void {
  const manifest = readManifest(object.content, faults);
  inTime(faults, at, manifest.thisUpdate, manifest.nextUpdate, 'RFC 9286 6.3');
  faults.check(
    object.signingTime === null || object.signingTime.getTime() <= manifest.nextUpdate.getTime(),
    'it was signed after its own end',
    'RFC 9589 4',
  );
  faults.check(
    inheritsAll(own),
    'the certificate of a manifest does not inherit its resources',
    'RFC 9286 5.1',
  );
  const crls = own.crlUris.map(fileOf);
  faults.check(
    [...manifest.files.keys()].some((name) => crls.includes(name)),
    'it does not list the CRL its own certificate names',
    'RFC 9286 6.3',
  );
  faults.check(
    !own.sia.some(({ location }) => manifest.files.has(fileOf(location))),
    'it lists itself',
    'RFC 9286 4.2.1',
  );
}

function judgeRoa(
  { content }: SignedObject,
  own: ResourceCertificate,
  _at: Date | null,
  faults: Faults,
): void {
  const { prefixes } = readRoa(content, faults);
  const { asn, ipv4, ipv6 } = own.resources;
  faults.check(asn === null, 'the certificate of a ROA has AS numbers', 'RFC 9582 5');
  for (const [family, resources] of [
    ['ipv4', ipv4],
    ['ipv6', ipv6],
  ] as const) {
    faults.check(resources !== 'inherit', 'the certificate of a ROA inherits resources', 'RFC 9582 5');
    const listed: Exclude<Resources, 'inherit'> =
      resources === 'inherit' || resources === null ? [] : resources;
    const wanted = rangesOf(prefixes.filter((one) => one.family === family).map(({ range }) => range));
    if (resources !== 'inherit')
      faults.check(
        contains(listed, wanted),
        `a prefix is not in the ${family} resources of its certificate`,
        'RFC 9582 5',
      );
  }
}

function judgeAspa(
  { content }: SignedObject,
  own: ResourceCertificate,
  _at: Date | null,
  faults: Faults,
): void {
  const { customer } = readAspa(content, faults);
  const { asn, ipv4, ipv6 } = own.resources;
  const clause = 'sidrops-aspa-profile 4';
  faults.check(ipv4 === null && ipv6 === null, 'the certificate of an ASPA has addresses', clause);
  faults.check(
    asn !== null && asn !== 'inherit' && equalRanges(asn, [{ min: customer, max: customer }]),
    'the AS numbers of its certificate are not the customer alone',
    clause,
  );
}

function judgeGhostbusters(
  { content }: SignedObject,
  own: ResourceCertificate,
  _at: Date | null,
  faults: Faults,
): void {
  readGhostbusters(content, faults);
  faults.check(
    inheritsAll(own),
    'the certificate of a Ghostbusters record does not inherit its resources',
    'RFC 6493 4',
  );
}

type Judge = (object: SignedObject, own: ResourceCertificate, at: Date | null, faults: Faults) => void;

/** The types that are judged here, where their structure is said, and whether they are DER. */
const TYPES: Record<string, { judge: Judge; clause: string; isDer: boolean }> = {
  [MANIFEST_OID]: { judge: judgeManifest, clause: 'RFC 9286 4.2', isDer: true },
  [ROA_OID]: { judge: judgeRoa, clause: 'RFC 9582 4', isDer: true },
  [ASPA_OID]: { judge: judgeAspa, clause: 'sidrops-aspa-profile 3', isDer: true },
  [GHOSTBUSTERS_OID]: { judge: judgeGhostbusters, clause: 'RFC 6493 5', isDer: false },
};

/** Judges the content of `object` with its certificate `own`; a type that nobody judges here is a fault. */
export function judgeContent(
  object: SignedObject,
  own: ResourceCertificate,
  at: Date | null,
  faults: Faults,
): void {
  const type = TYPES[object.contentType];
  faults.check(
    type !== undefined,
    `the content type ${object.contentType} is none that is judged here: manifest, ROA, ASPA, Ghostbusters record`,
    'RFC 6488 2.1.3.1',
  );
  if (type === undefined) return;
  if (type.isDer) faults.read('X.690 10', () => checkCanonical(faults, object.content));
  faults.read(type.clause, () => type.judge(object, own, at, faults));
}
