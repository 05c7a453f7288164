/**
 * What relying parties find behind the URIs of a TAL (RFC 8630), beside what should be there: a certificate of a trust
 * anchor, of the TAL's key, the present one, in its time. It mends nothing.
 */
import { momentText } from '../../lib/moment-text.ts';
import { equalBytes } from '../../lib/bytes.ts';
import { judgeObject } from '../../rpki/judge.ts';
import type { Tal } from '../../rpki/tal.ts';
import { type Certificate, parseCertificate } from '../../x509/certificate.ts';
import { X509Error } from '../../x509/x509-error.ts';
import { fetchPublic, type Finding, isFinding, type PublicFiles } from './public-file.ts';

/** A trust anchor's certificate has some 1,300 octets. */
const MOST_BYTES = 65_536;
/** A certificate that ends within this is told of. */
const SOON_MS = 90 * 86_400_000;

export interface TalCheck {
  tal: Tal;
  /** The present certificate as we know it; null: not here. */
  certificateDer: Uint8Array | null;
  at: Date;
}

function read(der: Uint8Array): Certificate | null {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (error instanceof X509Error) return null;
    throw error;
  }
}

function dates({ notBefore, notAfter }: Certificate, at: Date): { ok: boolean; text: string } {
  if (at.getTime() < notBefore.getTime())
    return { ok: false, text: `It is valid from ${momentText(notBefore)} only: look at the clocks.` };
  if (at.getTime() > notAfter.getTime())
    return {
      ok: false,
      text: `It ended on ${momentText(notAfter)}: have the signer reissue it and put the new one there.`,
    };
  if (notAfter.getTime() - at.getTime() < SOON_MS)
    return { ok: false, text: `It ends soon, on ${momentText(notAfter)}: have the signer reissue it.` };
  return { ok: true, text: `It is valid until ${momentText(notAfter)}.` };
}

/** Compares what lay behind `uri`; nothing is fetched here. */
export function judgeServed(uri: string, der: Uint8Array, { tal, certificateDer, at }: TalCheck): Finding[] {
  const certificate = read(der);
  if (certificate === null) {
    const isPem = Buffer.from(der.subarray(0, 64)).includes('-----BEGIN');
    const text = isPem
      ? 'It is PEM, and relying parties read DER only: put ta.cer there as it was exported.'
      : 'It is no certificate: put ta.cer there as it was exported.';
    return [{ uri, ok: false, text }];
  }
  // Dates have a finding of their own.
  const { faults } = judgeObject(der, { issuerDer: null, anchor: true, at: null });
  const sameKey = equalBytes(certificate.spkiDer, tal.spkiDer);
  const findings = [
    {
      ok: faults.length === 0,
      text:
        faults.length === 0
          ? 'It is the certificate of a trust anchor.'
          : `It is no proper certificate of a trust anchor: ${faults.map(({ text, clause }) => `${text} (${clause})`).join('; ')}.`,
    },
    {
      ok: sameKey,
      text: sameKey
        ? 'Its key is that of the TAL.'
        : 'Its key is not that of the TAL, so relying parties refuse it: put the certificate of this trust anchor there, or give out its own TAL.',
    },
    asPresent(der, certificateDer),
    dates(certificate, at),
  ];
  return findings.map((finding) => ({ uri, ...finding }));
}

function asPresent(der: Uint8Array, present: Uint8Array | null): Omit<Finding, 'uri'> {
  if (present === null) return { ok: null, text: 'Not compared: the present certificate is not known here.' };
  return equalBytes(der, present)
    ? { ok: true, text: 'It is the present certificate, octet by octet.' }
    : { ok: false, text: 'It is not the present certificate: put the present ta.cer there.' };
}

/** Fetches every https URI of the TAL, in its order. Throws AppError when our side may not ask (offline, locked, cancelled). */
export async function checkTal(files: PublicFiles, check: TalCheck): Promise<Finding[]> {
  const each = check.tal.uris.map(async (uri): Promise<Finding[]> => {
    if (!/^https:/i.test(uri))
      return [
        {
          uri,
          ok: null,
          text: 'Not checked: rsync. Baleen fetches by https only; try it with a relying party.',
        },
      ];
    const found = await fetchPublic(files, uri, MOST_BYTES);
    return isFinding(found) ? [found] : judgeServed(uri, found, check);
  });
  return (await Promise.all(each)).flat();
}
