/** Makes a proxy as a job: its identity key and certificate, stored at once (`krillta proxy init`). */
import { AppError } from '../../lib/app-error.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import { newId } from '../../lib/ids.ts';
import type { JobContext } from '../../lib/jobs.ts';
import { newKeyRow } from '../../signers/stored-key.ts';
import { makeIdentityOf } from '../signer/make-trust-anchor.ts';
import type { SetUpDeps } from '../signer/set-up.ts';
import { createMessageSigning } from '../signer/signing.ts';
import { freshProxy } from './proxy-state.ts';
import { proxyText } from './proxy-text.ts';

const LABEL = 'TA proxy identity';

/** Throws AppError NOT_ALLOWED_NOW in an offline station, CONFLICT when there is a proxy. */
export async function requireNoProxy({ session }: Pick<SetUpDeps, 'session'>): Promise<void> {
  const { workspace, store } = session();
  if (workspace.kind === 'offline')
    throw new AppError(
      'NOT_ALLOWED_NOW',
      'An offline station holds the signer. The proxy belongs on a machine with a network: make an online workspace there.',
    );
  if ((await store.run('ta.version', { half: 'proxy' })) !== null)
    throw new AppError('CONFLICT', 'The trust anchor proxy was already initialised in this workspace.');
}

/** `signer` null: the default one makes the identity key. Answers the id of what it made. */
export async function initProxy(
  deps: SetUpDeps,
  { signer }: { signer: string | null },
  job: JobContext,
): Promise<string[]> {
  const { store } = deps.session();
  job.report(0.2, 'Making the identity key');
  const key = await deps.router.create(
    signer ?? deps.router.defaultSigner(),
    { id: newId('key', deps.random), algorithm: 'rsa-2048', label: LABEL, uses: ['certificate', 'crl'] },
    job.signal,
  );
  let stored = false;
  try {
    job.commit();
    const signing = createMessageSigning(deps, key);
    const identity = await makeIdentityOf(key.spkiDer, deps.now(), signing.identity.certificate);
    await store.run('ta.begin', {
      half: 'proxy',
      state: proxyText(freshProxy(identity)),
      newKeys: [newKeyRow(key, LABEL, 'generated')],
      identityKey: key.id,
      anchorKey: null,
      number: null,
      exchanges: [],
      draft: null,
      audit: {
        action: 'ta.proxyInit',
        outcome: 'done',
        summary: `Made the trust anchor proxy ${identity.keyId}`,
        subjects: [{ type: 'proxy-id', id: identity.keyId, sha256: sha256Hex(identity.certificateDer) }],
      },
    });
    stored = true;
    return ['proxy'];
  } finally {
    if (!stored) await deps.router.discard(key);
  }
}
