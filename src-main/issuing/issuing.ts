/**
 * The only way to a signed certificate: prepare (lint, trial signature with a throw-away key, second reader) -> token -> issue -> check
 * again. The real key is reached through the token, once. It keeps nothing; storing is the caller's transaction.
 */
import type { Finding } from '#shared/contract/channel.ts';
import { AppError } from '../lib/app-error.ts';
import type { Random } from '../ports.ts';
import type { RoutedKey, SignerRouter } from '../signers/router.ts';
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import { lint } from '../x509/lint.ts';
import { otherReading } from '../x509/second-reader.ts';
import { verifySignature } from '../x509/verify-signature.ts';
import { X509Error } from '../x509/x509-error.ts';
import { type CertificateContent, certificateContent } from './certificate-content.ts';
import { certificateDer, toBeSigned } from './certificate-der.ts';
import { contentDifferences } from './content-check.ts';
import type { IssuerIdentity, Order } from './order.ts';
import { newSerial } from './serial.ts';
import { standInKey, trialKey } from './trial-key.ts';
import type { KeyAlgorithm } from '#shared/contract/keys.ts';

/** Stands for one prepared signature. Only `prepare` makes them and `issue` takes each one once. */
export interface SigningToken {
  readonly serial: string;
}

export interface IssueRequest {
  order: Order;
  issuer: IssuerIdentity | null;
  /** What will sign: the key, or the algorithm of one that is made later (then there is no token). */
  signedBy: RoutedKey | KeyAlgorithm;
  /** The subject's public key, or the algorithm of one that is made later (then there is no token). */
  subjectKey: Uint8Array | KeyAlgorithm;
}

export interface Prepared {
  findings: Finding[];
  trial: { ok: boolean; text: string };
  /** The trial certificate: everything as it will be, but for the signature. null: it cannot be made. */
  trialCertificate: Certificate | null;
  /** null while a key is missing or something is wrong. */
  token: SigningToken | null;
}

export interface Issuing {
  prepare(request: IssueRequest): Promise<Prepared>;
  /** Throws AppError NOT_ALLOWED_NOW for a token that was used, and what the signer throws. */
  issue(token: SigningToken): Promise<Certificate>;
}

/** Left to the caller to show, but never signed. */
function blocks(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'bad');
}

/** What was made, read back and judged: apart from what was ordered, by the lint, and by its signature. Reads it once for all. */
function readBack(
  der: Uint8Array,
  content: CertificateContent,
  signerSpkiDer: Uint8Array,
): { certificate: Certificate; differences: string[]; findings: Finding[] } {
  const certificate = parseCertificate(der);
  const signature = verifySignature(certificate, signerSpkiDer);
  return {
    certificate,
    differences: contentDifferences(certificate, content, signature),
    findings: lint(certificate, { signature }),
  };
}

/** What a reader that shares no code with ours sees otherwise: then a third program may as well, and nothing is signed. */
async function readOtherwise(certificate: Certificate): Promise<Finding[]> {
  const differing = await otherReading(certificate);
  if (differing.length === 0) return [];
  return [
    {
      code: 'READERS_DIFFER',
      severity: 'bad',
      text: `An independent reader sees something else in the trial certificate: ${differing.join(', ')}. Choose plainer names and values.`,
      where: 'certificate',
      clause: 'RFC 5280 4.1',
    },
  ];
}

export function createIssuing(deps: { random: Random; router: SignerRouter }): Issuing {
  const open = new WeakMap<
    SigningToken,
    { content: CertificateContent; key: RoutedKey; tbsDer: Uint8Array }
  >();

  return {
    async prepare({ order, issuer, signedBy, subjectKey }) {
      const algorithm = typeof signedBy === 'string' ? signedBy : signedBy.algorithm;
      const spkiDer = typeof subjectKey === 'string' ? await standInKey(subjectKey, deps.random) : subjectKey;
      const serial = newSerial(order.profile.serialBits, deps.random);
      try {
        const content = certificateContent({ order, spkiDer, issuer, serial });
        const trial = await trialKey(algorithm);
        const tbsDer = toBeSigned(content, algorithm);
        const der = certificateDer(tbsDer, algorithm, await trial.sign(tbsDer));
        const { certificate, differences, findings: own } = readBack(der, content, trial.spkiDer);
        const findings = [...(await readOtherwise(certificate)), ...own];
        if (differences.length > 0)
          return {
            findings,
            trial: { ok: false, text: `The trial certificate differs in: ${differences.join(', ')}.` },
            trialCertificate: null,
            token: null,
          };
        const ready = typeof signedBy !== 'string' && typeof subjectKey !== 'string' && !blocks(findings);
        const token: SigningToken | null = ready ? { serial: Buffer.from(serial).toString('hex') } : null;
        if (token !== null && typeof signedBy !== 'string')
          open.set(token, { content, key: signedBy, tbsDer });
        return {
          findings,
          trial: {
            ok: !blocks(findings),
            text: `Signed with a throw-away ${algorithm} key, read back and verified: ${der.length} bytes.`,
          },
          trialCertificate: certificate,
          token,
        };
      } catch (error) {
        if (!(error instanceof X509Error)) throw error;
        return {
          findings: [],
          trial: { ok: false, text: error.message },
          trialCertificate: null,
          token: null,
        };
      }
    },
    async issue(token) {
      const prepared = open.get(token);
      if (prepared === undefined)
        throw new AppError('NOT_ALLOWED_NOW', 'This signature was made already. Review it again.');
      open.delete(token);
      const { content, key, tbsDer } = prepared;
      // The very octets that were reviewed are signed; only the signature is another.
      const signature = await deps.router.sign(key, 'certificate', tbsDer);
      const der = certificateDer(tbsDer, key.algorithm, signature);
      const { certificate, differences, findings } = readBack(der, content, key.spkiDer);
      // SECURITY: what was reviewed is what leaves, or nothing does.
      if (differences.length > 0 || blocks(findings))
        throw new AppError(
          'INTERNAL',
          'The signed certificate is not what was reviewed; it was thrown away.',
          {
            library: differences.join(', '),
          },
        );
      return certificate;
    },
  };
}
