/** CRL, manifest and certificates of a trust anchor held against each other: one number, one time, nothing missing, nothing more. */
import { sha256Hex } from '../lib/bytes.ts';
import { Faults } from '../rpki/fault.ts';
import { readManifest } from '../rpki/manifest.ts';
import { resourceCrl } from '../rpki/resource-crl.ts';
import { readSignedObject } from '../rpki/signed-object.ts';
import { second } from './inside.ts';
import type { PublishedObject, Revocation, TaObjects } from './objects.ts';

/** Certificates by key identifier. */
type Certified = ReadonlyMap<string, { der: Uint8Array; serial: bigint }>;

export interface Together extends Pick<TaObjects, 'number' | 'thisUpdate' | 'nextUpdate' | 'keyId'> {
  crl: Pick<PublishedObject, 'name' | 'der'>;
  manifest: Pick<PublishedObject, 'name' | 'der'>;
  issued: Certified;
  revocations: readonly Pick<Revocation, 'serial'>[];
}

function judgeManifest(objects: Together, faults: Faults): void {
  const { manifest, crl, issued } = objects;
  const content = faults.read('RFC 9286', () =>
    readManifest(readSignedObject(manifest.der, new Faults()).content, new Faults()),
  );
  if (content === null) return;
  faults.check(
    content.number === objects.number,
    'the manifest has another number than stands beside it',
    'RFC 9286 4.2.1',
  );
  faults.check(
    second(content.thisUpdate) === second(objects.thisUpdate) &&
      second(content.nextUpdate) === second(objects.nextUpdate),
    'the manifest is of another time than stands beside it',
    'RFC 9286 4.2.1',
  );
  const hash = (der: Uint8Array): string => sha256Hex(der).toLowerCase();
  const wanted = new Map([
    [crl.name, hash(crl.der)],
    ...[...issued].map(([key, { der }]): [string, string] => [`${key}.cer`, hash(der)]),
  ]);
  const same =
    wanted.size === content.files.size &&
    [...wanted].every(([name, value]) => content.files.get(name) === value);
  faults.check(same, 'the manifest does not list exactly what is there', 'RFC 9286 4.2.1');
}

/** Answers the serial numbers on the CRL. */
export function judgePublished(objects: Together, faults: Faults): Set<bigint> {
  const { crl, manifest, keyId, issued } = objects;
  faults.check(
    crl.name === `${keyId}.crl` && manifest.name === `${keyId}.mft`,
    'CRL or manifest have another name',
    'RFC 6481 2.2',
  );
  const list = faults.read('RFC 6487 5', () => resourceCrl(crl.der, new Faults()));
  faults.check(
    list?.number === objects.number,
    'the CRL has another number than stands beside it',
    'RFC 9829 3',
  );
  const revoked = new Set(list?.crl.entries.map(({ serial }) => BigInt(`0x${serial}`)));
  const said = new Set(objects.revocations.map(({ serial }) => serial));
  faults.check(
    list === null || (revoked.size === said.size && [...revoked].every((serial) => said.has(serial))),
    'the CRL is another list than the revocations beside it',
    'RFC 6487 5',
  );
  for (const [key, { serial }] of issued)
    faults.check(!revoked.has(serial), `${key}: its certificate is revoked`, 'RFC 6487 5');
  judgeManifest(objects, faults);
  return revoked;
}
