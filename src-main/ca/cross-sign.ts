/**
 * The cross-certificate of a root that gets a new key: its name and new key signed by the old one, so that whoever knows the
 * old root alone follows to what the new one signs (RFC 4210 4.4 "new with old"). It decides nothing about the new root.
 */
import { stopped } from '../lib/sentence.ts';
import { AppError } from '../lib/app-error.ts';
import { sha256Hex } from '../lib/bytes.ts';
import { newId } from '../lib/ids.ts';
import type { Random } from '../ports.ts';
import type { Issuing } from '../issuing/issuing.ts';
import type { Order } from '../issuing/order.ts';
import { routedKey } from '../signers/stored-key.ts';
import { certificateColumns } from '../store/certificate-columns.ts';
import type { StoredCertificate, StoredKey } from '../store/columns.ts';
import type { CrossCertificate } from '../store/commands/certificates.ts';
import type { Session } from '../store/store-contract.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { identityOf } from './decide.ts';
import { profileOf } from './issue-preset.ts';

/** Signs for a new root, as it was ordered and with its key. */
export type CrossSign = (made: { order: Order; spkiDer: Uint8Array }) => Promise<CrossCertificate>;

/**
 * Who does not follow the cross-certificate of a root with this path length, as a sentence; "" when everybody does. It has the name
 * of its issuer, which RFC 5280 4.2.1.9 does not count; Go's verifier counts every authority.
 */
export function whoCounts(pathLength: number | null): string {
  if (pathLength === null) return '';
  const chains =
    pathLength === 0
      ? 'refuse such chains'
      : `refuse chains with ${pathLength === 1 ? 'one authority' : `${pathLength} authorities`} below the root`;
  return `Verifiers that count the cross-certificate against the path length (${pathLength}), as those of programs in Go do, ${chains}: they need the new root before anything is issued below it.`;
}

const later = (one: Date, other: Date): Date => (one > other ? one : other);
const earlier = (one: Date, other: Date): Date => (one < other ? one : other);

/** `old`: the root as it is, and its key. The answer's function throws what the signer throws. */
export function crossSigner(
  deps: { random: Random; session(): Session; issuing: Issuing },
  old: { row: StoredCertificate; key: StoredKey },
): CrossSign {
  return async ({ order, spkiDer }) => {
    const { row } = old;
    const certificate = parseCertificate(await deps.session().store.run('certificates.der', { id: row.id }));
    const { validity } = order;
    const { token, findings, trial } = await deps.issuing.prepare({
      order: {
        ...order,
        profile: profileOf('intermediate'),
        validity: {
          notBefore: later(validity.notBefore, certificate.notBefore),
          notAfter: earlier(validity.notAfter, certificate.notAfter),
        },
        // What the old root allows: RFC 5280 counts no certificate of its own name.
        pathLength: row.pathLength,
      },
      issuer: identityOf({ certificate }),
      signedBy: routedKey(old.key),
      subjectKey: spkiDer,
    });
    if (token === null)
      throw new AppError(
        'INVALID_INPUT',
        findings.find(({ severity }) => severity === 'bad')?.text ?? stopped(trial.text),
      );
    const cross = await deps.issuing.issue(token);
    return {
      certificate: certificateColumns(cross, { id: newId('crt', deps.random), purpose: '', authority: null }),
      issuerId: row.id,
      serialScope: sha256Hex(old.key.spkiDer),
    };
  };
}
