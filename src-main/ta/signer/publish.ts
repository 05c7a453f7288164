/**
 * Makes CRL and manifest of an authority, a trust anchor or a child of one, anew over what is issued (krill-ta.md 6.2 step 3,
 * 6.6, 6.7). Numbers and times are the caller's decision.
 */
import { type IssuerSign, makeObjectSigner } from '../../rpki/make-certificate.ts';
import { makeCrl } from '../../rpki/make-crl.ts';
import { makeManifestContent } from '../../rpki/make-manifest.ts';
import { makeSignedObject } from '../../rpki/make-signed-object.ts';
import { hasEnded } from '../inside.ts';
import type { CertInfo, Revocation, TaObjects } from '../objects.ts';
import type { Signing } from './signing.ts';

const MANIFEST = '1.2.840.113549.1.9.16.1.26';
/** Certificates, CRLs and manifests begin so much before they are made. */
export const BACKDATE_MS = 5 * 60_000;
const WEEK_MS = 7 * 86_400_000;

export function backdated(now: Date): Date {
  return new Date(now.getTime() - BACKDATE_MS);
}

/** When a certificate was made; it begins a little before. */
export const madeAt = ({ notBefore }: { notBefore: string }): Date =>
  new Date(Date.parse(notBefore) + BACKDATE_MS);

export function weeksLater(now: Date, weeks: number): Date {
  return new Date(now.getTime() + weeks * WEEK_MS);
}

/** The serial as big-endian octets. */
export function serialOctets(serial: bigint): Uint8Array {
  const hex = serial.toString(16);
  return Uint8Array.from(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex'));
}

export function serialOf(octets: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(octets).toString('hex')}`);
}

export interface PublishOrder {
  number: bigint;
  now: Date;
  nextUpdate: Date;
  keyId: string;
  baseUri: string;
  /** Where the certificate of that key is. */
  certificateUri: string;
  issued: Map<string, CertInfo>;
  revocations: readonly Revocation[];
}

/** Its objects after one more publication, signed by `issuer`; certificates that have ended are dropped, and revocations of such. */
export async function publish(
  order: PublishOrder,
  issuer: IssuerSign,
  signing: Pick<Signing, 'oneOff' | 'serial'>,
): Promise<TaObjects> {
  const { number, now, nextUpdate, keyId, baseUri } = order;
  const thisUpdate = backdated(now);
  const revocations = order.revocations.filter(({ expires }) => Date.parse(expires) > now.getTime());
  const issued = new Map([...order.issued].filter(([, info]) => !hasEnded(info, now)));
  const crlDer = await makeCrl(
    {
      issuerKeyId: keyId,
      thisUpdate,
      nextUpdate,
      number,
      revoked: revocations.map(({ serial, revokedAt }) => ({
        serial: serialOctets(serial),
        at: new Date(revokedAt),
      })),
    },
    issuer.crl,
  );
  const crlName = `${keyId}.crl`;
  const manifestName = `${keyId}.mft`;
  const content = makeManifestContent({
    number,
    thisUpdate,
    nextUpdate,
    files: [
      { name: crlName, der: crlDer },
      ...[...issued].map(([key, { der }]) => ({ name: `${key}.cer`, der })),
    ],
  });
  const serial = signing.serial();
  const manifestDer = await signing.oneOff(async (key) => {
    const certificateDer = await makeObjectSigner(
      {
        serial,
        issuerKeyId: keyId,
        keyId: key.keyId,
        spkiDer: key.spkiDer,
        validity: { notBefore: thisUpdate, notAfter: nextUpdate },
      },
      `${baseUri}${manifestName}`,
      // All of them, as Krill has it: rpki-client takes no manifest otherwise, and what the issuer lacks is inherited as nothing.
      { asn: 'inherit', ipv4: 'inherit', ipv6: 'inherit' },
      { crlUri: `${baseUri}${crlName}`, certificateUri: order.certificateUri },
      issuer.certificate,
    );
    return makeSignedObject(
      { contentType: MANIFEST, content, certificateDer, keyId: key.keyId, crlDer: null, signingTime: now },
      key.sign,
    );
  });
  const expires = nextUpdate.toISOString();
  return {
    number,
    thisUpdate: thisUpdate.toISOString(),
    nextUpdate: expires,
    keyId,
    baseUri,
    revocations,
    crl: { name: crlName, der: crlDer, serial: number, expires },
    manifest: { name: manifestName, der: manifestDer, serial: serialOf(serial), expires },
    issued,
  };
}
