/** Makes a local child: its identity and its first key, stored at once. Parent and repository come later, by files. */
import { AppError } from '../../lib/app-error.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import { newId } from '../../lib/ids.ts';
import type { JobContext } from '../../lib/jobs.ts';
import { deviceIn, deviceText } from '../../rpki/plain-name.ts';
import type { RoutedKey } from '../../signers/router.ts';
import { AUTHORITY_USES, newKeyRow } from '../../signers/stored-key.ts';
import { keyId } from '../../x509/public-key.ts';
import { makeIdentityOf } from '../signer/make-trust-anchor.ts';
import { childText } from './child-json.ts';
import type { ChildDeps } from './held-child.ts';
import type { ChildKey } from './local-child.ts';

/** It becomes a folder and part of URIs; RFC 8183's slashes would be folders in folders. */
const HANDLE = /^[A-Za-z0-9][-_A-Za-z0-9]{0,63}$/;

/** Throws AppError INVALID_INPUT. */
export async function requireFreeHandle(deps: ChildDeps, handle: string): Promise<void> {
  const refuse = (message: string): AppError =>
    new AppError('INVALID_INPUT', message, { fields: [{ path: 'handle', message }] });
  if (!HANDLE.test(handle))
    throw refuse(
      'A handle has letters, digits, "-" and "_" only, 64 at most, and begins with a letter or digit.',
    );
  const device = deviceIn(handle);
  if (device !== null) throw refuse(deviceText(device));
  if (handle.toLowerCase() === 'ta')
    throw refuse('"ta" is the name of the trust anchor. Choose another one.');
  const known = await deps.session().store.run('ta.children', {});
  if (known.some((child) => child.handle.toLowerCase() === handle.toLowerCase()))
    throw refuse(`There is a local child called ${handle} already. Choose another handle.`);
}

/** `signer` null: the default one makes it. `signal` of the job that wants it. */
export function makeChildKey(
  { router, random }: ChildDeps,
  label: string,
  signer: string | null = null,
  signal?: AbortSignal,
): Promise<RoutedKey> {
  const request = { id: newId('key', random), algorithm: 'rsa-2048' as const, label, uses: AUTHORITY_USES };
  return router.create(signer ?? router.defaultSigner(), request, signal);
}

export const keyLabel = (handle: string): string => `Child ${handle}`.slice(0, 80);

export const pendingKey = (key: RoutedKey): ChildKey => ({
  keyId: keyId(key.spkiDer),
  spkiDer: key.spkiDer,
  state: 'pending',
  csrDer: null,
  certificate: null,
  objects: null,
  askedAt: null,
  word: null,
});

/** Answers its handle. */
export async function createChild(
  deps: ChildDeps,
  { handle, signer = null }: { handle: string; signer?: string | null },
  job: JobContext,
): Promise<string[]> {
  const made: RoutedKey[] = [];
  const make = async (label: string): Promise<RoutedKey> => {
    const key = await makeChildKey(deps, label, signer, job.signal);
    made.push(key);
    return key;
  };
  let stored = false;
  try {
    job.report(0.1, 'Making the identity key');
    const identityLabel = `${keyLabel(handle)} identity`;
    const identityKey = await make(identityLabel);
    job.report(0.5, 'Making its first key');
    const first = await make(keyLabel(handle));
    job.commit();
    const identity = await makeIdentityOf(identityKey.spkiDer, deps.now(), (data) =>
      deps.router.sign(identityKey, 'certificate', data),
    );
    const key = pendingKey(first);
    await deps.session().store.run('ta.childBegin', {
      handle,
      state: childText({
        handle,
        identity,
        parent: null,
        repository: null,
        entitled: null,
        contact: null,
        trouble: null,
        keys: [key],
      }),
      identityKey: newKeyRow(identityKey, identityLabel, 'generated'),
      keys: [newKeyRow(first, keyLabel(handle), 'generated')],
      audit: {
        action: 'ta.localCreate',
        outcome: 'done',
        summary: `Made the local child ${handle} with the key ${key.keyId}`,
        subjects: [
          { type: 'child-id', id: identity.keyId, sha256: sha256Hex(identity.certificateDer) },
          { type: 'child-key', id: key.keyId, sha256: sha256Hex(key.spkiDer) },
        ],
      },
    });
    stored = true;
    return [handle];
  } finally {
    if (!stored) for (const key of made) await deps.router.discard(key);
  }
}
