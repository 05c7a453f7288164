/** Makes a signer as a job: keys, TA certificate, first CRL and manifest, all judged by the validator, then stored at once. */
import { AppError } from '../../lib/app-error.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import { newId } from '../../lib/ids.ts';
import type { JobContext } from '../../lib/jobs.ts';
import type { Random } from '../../ports.ts';
import { type Fault, Faults } from '../../rpki/fault.ts';
import { judgeObject } from '../../rpki/judge.ts';
import type { RoutedKey, SignerRouter } from '../../signers/router.ts';
import { newKeyRow, routedKey } from '../../signers/stored-key.ts';
import type { NewKey } from '../../store/columns.ts';
import type { Session } from '../../store/store-contract.ts';
import { whileTheyLast } from '../inside.ts';
import { judgePublished } from '../judge-published.ts';
import { contactSha256 } from '../repository-contact.ts';
import { makeTrustAnchor } from './make-trust-anchor.ts';
import type { SetupOrder } from './setup.ts';
import { createSigning } from './signing.ts';
import { type TrustAnchor, trustAnchorText } from './trust-anchor.ts';

export interface SetUpDeps {
  random: Random;
  router: SignerRouter;
  session(): Session;
  now(): Date;
}

const TA_USES = ['certificate', 'crl'] as const;

/** What is wrong with the TA certificate at one instant, and with CRL and manifest at another, before the validator. */
export function anchorFaults(
  { certificate, objects }: Pick<TrustAnchor, 'certificate' | 'objects'>,
  at: { certificate: Date; objects: Date },
): Fault[] {
  return [
    judgeObject(certificate.der, { issuerDer: null, anchor: true, at: at.certificate }),
    ...[objects.crl.der, objects.manifest.der].map((der) =>
      judgeObject(der, { issuerDer: certificate.der, anchor: false, at: at.objects }),
    ),
  ].flatMap(({ faults }) => faults);
}

function requireNone([first]: readonly Fault[]): void {
  if (first !== undefined)
    throw new AppError(
      'INTERNAL',
      `What was made does not hold before the validator (${first.text}, ${first.clause}); it was thrown away.`,
    );
}

/** Own objects under the same judgement as everybody's; CRL and manifest may have ended. Throws AppError INTERNAL. */
export function requireValid(anchor: TrustAnchor, at: Date): void {
  requireNone(anchorFaults(anchor, { certificate: at, objects: whileTheyLast(anchor.objects, at) }));
}

/** All of it that was made anew, with manifest against files and the certificates of children. Throws AppError INTERNAL. */
export function requireAllValid(anchor: TrustAnchor, now: Date): void {
  requireValid(anchor, now);
  const { objects, certificate } = anchor;
  const faults = new Faults();
  judgePublished({ ...objects, anchorDer: certificate.der }, faults);
  for (const { der, notAfter } of objects.issued.values()) {
    // One that has ended since is the children's matter.
    const at = new Date(Math.min(now.getTime(), Date.parse(notAfter) - 1000));
    faults.found.push(...judgeObject(der, { issuerDer: certificate.der, anchor: false, at }).faults);
  }
  requireNone(faults.found);
}

async function madeKey(
  { router, random }: SetUpDeps,
  signer: string | null,
  label: string,
  signal: AbortSignal,
): Promise<RoutedKey> {
  const request = { id: newId('key', random), algorithm: 'rsa-2048' as const, label, uses: TA_USES };
  return router.create(signer ?? router.defaultSigner(), request, signal);
}

/** Answers the id of what it made. */
export async function setUpSigner(
  deps: SetUpDeps,
  order: SetupOrder,
  draft: { id: string; revision: number },
  job: JobContext,
): Promise<string[]> {
  const { store } = deps.session();
  const made: RoutedKey[] = [];
  const make = async (label: string): Promise<RoutedKey> => {
    const key = await madeKey(deps, order.signer, label, job.signal);
    made.push(key);
    return key;
  };
  let stored = false;
  try {
    job.report(0.1, 'Making the identity key');
    const identity = await make('TA signer identity');
    job.report(0.4, 'Making the TA key');
    const chosen = order.key === null ? null : await store.run('keys.get', { id: order.key });
    const ta = chosen === null ? await make('Trust anchor') : routedKey(chosen);
    job.commit();
    job.report(0.7, 'Signing certificate, CRL and manifest');
    const now = deps.now();
    const anchor = await makeTrustAnchor(
      {
        now,
        spkiDer: ta.spkiDer,
        repository: order.repository,
        tal: order.tal,
        identitySpki: identity.spkiDer,
        proxy: order.proxy,
        timing: order.timing,
        number: order.number,
      },
      createSigning(deps, { ta, identity }),
    );
    job.report(0.9, 'Validating what was made');
    requireValid(anchor, now);
    const newKeys: NewKey[] = made.map((key) =>
      newKeyRow(key, key.id === identity.id ? 'TA signer identity' : 'Trust anchor', 'generated'),
    );
    const { keyId } = anchor.objects;
    await store.run('ta.begin', {
      half: 'signer',
      state: trustAnchorText(anchor),
      newKeys,
      identityKey: identity.id,
      anchorKey: ta.id,
      number: { keyId, number: order.number },
      exchanges: [],
      draft,
      audit: {
        action: 'ta.setUp',
        outcome: 'done',
        summary: `Set up the trust anchor signer ${keyId} for the proxy ${order.proxy.keyId}, publishing at ${order.repository.base}`,
        subjects: [
          { type: 'ta-certificate', id: keyId, sha256: sha256Hex(anchor.certificate.der) },
          { type: 'proxy-id', id: order.proxy.keyId, sha256: sha256Hex(order.proxy.certificateDer) },
          { type: 'proxy-repo', id: order.repository.base, sha256: contactSha256(order.repository) },
          { type: 'signer-id', id: anchor.identity.keyId, sha256: sha256Hex(anchor.identity.certificateDer) },
        ],
      },
    });
    stored = true;
    return ['signer'];
  } finally {
    if (!stored) for (const key of made) await deps.router.discard(key);
  }
}
