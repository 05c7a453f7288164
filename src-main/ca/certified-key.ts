/**
 * Which public keys are certified here, and which requests are believed. The Key step, the review and the signature ask
 * alike; what the certificate then says of the key is not decided here.
 */
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import { keyAlgorithmOf } from '../signers/stored-key.ts';
import { repeatedExtensions } from '../x509/extension-text.ts';
import { keyFindings } from '../x509/lint-algorithms.ts';
import { keyView } from '../x509/public-key.ts';
import type { CertificationRequest } from '../x509/request.ts';
import { longFormFindings } from '../x509/shortest-form.ts';
import { verifySignature } from '../x509/verify-signature.ts';

export interface Refusal {
  message: string;
  fix: string;
}

const USED = 'Use P-256, P-384, P-521, Ed25519 or RSA.';

/** Why this key gets no certificate; null when it may. */
export function whyNoKey(spkiDer: Uint8Array, allowed: readonly KeyAlgorithm[]): Refusal | null {
  const weak = keyFindings(spkiDer).find(({ severity }) => severity === 'bad');
  if (weak !== undefined) return { message: weak.text, fix: 'Make a new key.' };
  const algorithm = keyAlgorithmOf(spkiDer);
  if (algorithm === null || !allowed.includes(algorithm))
    return {
      message: `${keyView(spkiDer).text} keys are not certified here.`,
      fix: USED,
    };
  return null;
}

/** Why nothing is signed for this request, its key included; null when it may. */
export function whyNoRequest(
  request: CertificationRequest,
  allowed: readonly KeyAlgorithm[],
): Refusal | null {
  if (verifySignature(request, request.spkiDer) !== 'holds')
    return {
      message: 'The request is not signed by its own key: whoever made it need not hold that key.',
      fix: 'Ask for a new request.',
    };
  const [twice] = repeatedExtensions(request.extensions);
  if (twice !== undefined)
    return {
      message: `The request asks twice for ${twice}: nobody can say which one it means (RFC 5280 4.2).`,
      fix: 'Ask for a new request.',
    };
  const [long] = longFormFindings(request.der);
  if (long !== undefined) return { message: `The request: ${long.text}`, fix: 'Ask for a new request.' };
  const no = whyNoKey(request.spkiDer, allowed);
  // Whoever reads it did not make the key.
  return no === null ? null : { ...no, fix: `Ask for a request with another key. ${USED}` };
}
