/**
 * CRL, manifest and certificates of a trust anchor held against each other and against what stands beside them: one number,
 * one time, nothing missing, nothing more.
 */
import { sha256Hex } from '../lib/bytes.ts';
import { Faults } from '../rpki/fault.ts';
import { readManifest } from '../rpki/manifest.ts';
import { resourceCrl } from '../rpki/resource-crl.ts';
import { readSignedObject } from '../rpki/signed-object.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { second } from './inside.ts';
import type { TaObjects } from './objects.ts';

export interface Together extends Omit<TaObjects, 'baseUri'> {
  /** null: it is not here. */
  anchorDer: Uint8Array | null;
}

const MANIFEST = 'RFC 9286 4.2.1';

/** Answers the serial number of the certificate inside the manifest; null when it cannot be read. */
function judgeManifest(objects: Together, faults: Faults): bigint | null {
  const { manifest, crl, issued } = objects;
  const read = faults.read('RFC 9286', () => {
    const { content, certificateDer } = readSignedObject(manifest.der, new Faults());
    return { content: readManifest(content, new Faults()), certificate: parseCertificate(certificateDer) };
  });
  if (read === null) return null;
  const { content, certificate } = read;
  faults.check(
    content.number === objects.number,
    'the manifest has another number than stands beside it',
    MANIFEST,
  );
  faults.check(
    second(content.thisUpdate) === second(objects.thisUpdate) &&
      second(content.nextUpdate) === second(objects.nextUpdate) &&
      second(content.nextUpdate) === second(manifest.expires),
    'the manifest is of another time than stands beside it',
    MANIFEST,
  );
  faults.check(
    certificate.serialNumber === manifest.serial,
    'the certificate in the manifest has another serial number than stands beside it',
    'RFC 6487 4.2',
  );
  const hash = (der: Uint8Array): string => sha256Hex(der).toLowerCase();
  const wanted = new Map([
    [crl.name, hash(crl.der)],
    ...[...issued].map(([key, { der }]): [string, string] => [`${key}.cer`, hash(der)]),
  ]);
  const same =
    wanted.size === content.files.size &&
    [...wanted].every(([name, value]) => content.files.get(name) === value);
  faults.check(same, 'the manifest does not list exactly what is there', MANIFEST);
  return certificate.serialNumber;
}

/** Answers the serial numbers on the CRL. */
function judgeList(objects: Together, faults: Faults): Set<bigint> {
  const { crl } = objects;
  const list = faults.read('RFC 6487 5', () => resourceCrl(crl.der, new Faults()));
  if (list === null) return new Set();
  faults.check(
    list.number === objects.number && crl.serial === objects.number,
    'the CRL has another number than stands beside it',
    'RFC 9829 3',
  );
  const { thisUpdate, nextUpdate } = list.crl;
  faults.check(
    second(thisUpdate) === second(objects.thisUpdate) &&
      nextUpdate !== null &&
      second(nextUpdate) === second(objects.nextUpdate) &&
      second(nextUpdate) === second(crl.expires),
    'the CRL is of another time than stands beside it',
    'RFC 6487 5',
  );
  const onList = new Map(list.crl.entries.map(({ serial, revokedAt }) => [BigInt(`0x${serial}`), revokedAt]));
  const said = new Map(objects.revocations.map(({ serial, revokedAt }) => [serial, revokedAt]));
  faults.check(
    said.size === objects.revocations.length && list.crl.entries.length === onList.size,
    'a revocation stands twice',
    'RFC 6487 5',
  );
  faults.check(
    onList.size === said.size &&
      [...onList].every(([serial, at]) => {
        const beside = said.get(serial);
        return beside !== undefined && second(beside) === second(at);
      }),
    'the CRL is another list than the revocations beside it',
    'RFC 6487 5',
  );
  return new Set(onList.keys());
}

/** Answers the serial numbers on the CRL. */
export function judgePublished(objects: Together, faults: Faults): Set<bigint> {
  const { crl, manifest, keyId, issued, anchorDer } = objects;
  faults.check(
    crl.name === `${keyId}.crl` && manifest.name === `${keyId}.mft`,
    'CRL or manifest have another name',
    'RFC 6481 2.2',
  );
  const revoked = judgeList(objects, faults);
  const manifestSerial = judgeManifest(objects, faults);
  const anchor = anchorDer === null ? null : faults.read('RFC 6487', () => parseCertificate(anchorDer));
  const serials = new Set<bigint>();
  if (manifestSerial !== null) {
    faults.check(!revoked.has(manifestSerial), 'the certificate in the manifest is revoked', 'RFC 9286 6.2');
    serials.add(manifestSerial);
  }
  if (anchor !== null) serials.add(anchor.serialNumber);
  for (const [key, { serial }] of issued) {
    faults.check(!revoked.has(serial), `${key}: its certificate is revoked`, 'RFC 6487 5');
    faults.check(
      !serials.has(serial),
      `${key}: its certificate has the serial number of another one`,
      'RFC 6487 4.2',
    );
    serials.add(serial);
  }
  return revoked;
}
