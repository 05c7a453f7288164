/** What lies on a device: tried with a key of its own, listed beside the keys of the workspace, taken in. Each is asked by a person. */
import { shownText } from '#shared/hidden-characters.ts';
import type { Answer } from '#shared/contract/index.ts';
import { algorithmName, type KeyAlgorithm } from '#shared/contract/keys.ts';
import type { deviceKeyRow } from '#shared/contract/signer-device-keys.ts';
import type * as z from 'zod';
import { AppError } from '../../lib/app-error.ts';
import { equalBytes, sha256Hex } from '../../lib/bytes.ts';
import type { JobContext } from '../../lib/jobs.ts';
import type { Session } from '../../store/store-contract.ts';
import { keyView } from '../../x509/public-key.ts';
import { type DeviceKey, DeviceError, staysInside } from '../device.ts';
import type { KeyReference } from '../signer.ts';
import { ALL_USES, keyAlgorithmOf, newKeyRow } from '../stored-key.ts';
import { proveKey } from './binding.ts';
import type { ManagedSigner } from './managed-signer.ts';
import { asAppError } from './trouble.ts';
import { type BegunKey, DOCTOR_LABEL } from './unfinished-keys.ts';

type KeyRow = z.infer<typeof deviceKeyRow>;

/** The kinds of which one key each is made, used and destroyed (H-020). */
const TRIED: readonly KeyAlgorithm[] = ['rsa-2048', 'p-256'];

/** Contacts it, makes, uses, verifies and destroys a key. Answers what it did, a sentence. Throws AppError. */
export function probe(managed: ManagedSigner, name: string, job: JobContext): Promise<string> {
  job.report(0.1, 'Contacting it');
  return managed.withDevice({ force: true, signal: job.signal }, async (device, facts) => {
    const kinds = TRIED.filter((algorithm) => facts.algorithms.includes(algorithm));
    if (kinds.length === 0)
      throw new DeviceError(
        'unsupported',
        'NO_KEY_TYPE',
        `${name} makes neither RSA 2048 nor P-256 keys, so nothing can be made with it.`,
      );
    for (const [at, algorithm] of kinds.entries()) {
      job.signal.throwIfAborted();
      const progress = (step: number): number => 0.2 + (0.8 * (at + step)) / kinds.length;
      job.report(progress(0), `Making a ${algorithm} key`);
      const key = await device.create({ algorithm, label: 'Baleen probe' }, job.signal);
      try {
        job.report(progress(0.5), 'Signing and verifying');
        await proveKey(device, name, key);
      } finally {
        job.report(progress(0.8), 'Destroying it again');
        await device.destroy(key.handle, key.spkiDer);
      }
    }
    await managed.contact.learn(facts, device);
    return `${name} (serial ${facts.serial}) made, used and destroyed a key of ${kinds.map(algorithmName).join(' and ')}`;
  });
}

/**
 * Whether the device holds this key: asked once, and proven by a signature. Throws AppError as `withDevice` does, POLICY_REFUSED when
 * another key signs under its name.
 */
export function holdsKey(
  managed: ManagedSigner,
  name: string,
  key: KeyReference,
  signal: AbortSignal,
): Promise<boolean> {
  return managed.withDevice({ key: key.id, force: true, signal }, async (device) => {
    try {
      if (!equalBytes(await device.publicKey(key.handle), key.spkiDer)) return false;
      await proveKey(device, name, key);
      return true;
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      if (error.trouble === 'key-gone') return false;
      if (error.code === 'WRONG_SIGNATURE') throw new AppError('POLICY_REFUSED', error.message);
      throw error;
    }
  });
}

/**
 * Binds a signer again whose device lost its identity key; the keys that the signer owns prove it. On record by the binding.
 * Throws AppError as `withDevice` does.
 */
export async function bindAgain(
  managed: ManagedSigner,
  session: Session,
  signer: { id: string; name: string },
  job: JobContext,
): Promise<void> {
  job.report(null, 'Looking for its keys');
  const owned = await session.store.run('signers.owned', { id: signer.id });
  managed.contact.enter();
  try {
    await managed.contact.bindAgain(owned, job.signal);
  } catch (error) {
    throw error instanceof DeviceError ? asAppError(error, signer, null) : error;
  } finally {
    managed.contact.leave();
  }
}

/** Whose identity key each public key is: of the signer `id`, of another one, or of one that was removed. By SHA-256. */
async function identities(
  session: Session,
  id: string,
): Promise<Map<string, NonNullable<KeyRow['identity']>>> {
  const rows = await session.store.run('signers.identities', {});
  return new Map(
    rows.map(({ spkiDer, signer, name, present }) => [
      sha256Hex(spkiDer),
      { of: signer === id ? 'this' : present ? 'other' : 'removed', name },
    ]),
  );
}

/** Which keys of the device are being made here, or are to be destroyed. */
interface Begun {
  among(list: () => Promise<readonly DeviceKey[]>): Promise<Map<DeviceKey, BegunKey>>;
}

/** Throws AppError as `withDevice` does, CANCELLED. */
export async function listDeviceKeys(
  managed: ManagedSigner,
  session: Session,
  signer: string,
  unfinished: Begun,
  at: Date,
  { signal, report }: Pick<JobContext, 'signal' | 'report'>,
): Promise<NonNullable<Answer<'signers.deviceKeysFound'>>> {
  report(null, 'Asking it for its keys');
  const looked = (done: number, of: number): void => report(done / of, `Key ${done} of ${of}`);
  // First: a key that is kept meanwhile is among ours then.
  const onDevice = await unfinished.among(() =>
    managed.withDevice({ force: false, signal }, (device) => device.list(signal, looked)),
  );
  const [{ rows }, known] = await Promise.all([ours(session), identities(session, signer)]);
  return {
    at: at.toISOString(),
    keys: [...onDevice].map(([key, begun]): KeyRow => {
      const { spkiDer } = key;
      const view = spkiDer === null ? null : keyView(spkiDer);
      const spkiSha256 = spkiDer === null ? null : sha256Hex(spkiDer);
      const own = spkiSha256 === null ? undefined : rows.get(spkiSha256);
      const identity = spkiSha256 === null ? null : (known.get(spkiSha256) ?? null);
      return {
        identifier: key.identifier,
        label: shownText(key.label),
        type: view?.text ?? '',
        keyIdentifier: view?.keyId ?? null,
        spkiSha256,
        uses: key.uses,
        sensitive: key.sensitive,
        neverExtractable: key.neverExtractable,
        key: own === undefined ? null : { id: own.id, label: own.label },
        identity,
        // Label and record: it is surely one of the doctor.
        begun: begun === 'left' && key.label === DOCTOR_LABEL ? 'examination' : begun,
        adoptable:
          own === undefined &&
          identity === null &&
          begun === null &&
          spkiDer !== null &&
          keyAlgorithmOf(spkiDer) !== null,
      };
    }),
  };
}

async function ours(session: Session): Promise<{ rows: Map<string, { id: string; label: string }> }> {
  const keys = await session.store.run('signers.keys', {});
  return { rows: new Map(keys.map((key) => [key.spkiSha256, key])) };
}

/** Takes a key that others made into the workspace. Answers its id. Throws AppError NOT_FOUND, CONFLICT, POLICY_REFUSED. */
export async function adoptKey(
  managed: ManagedSigner,
  session: Session,
  unfinished: Begun,
  wanted: { id: string; signer: string; name: string; spkiSha256: string; label: string },
  job: JobContext,
): Promise<string> {
  const { id, signer, name, label } = wanted;
  const refused = (text: string): AppError => new AppError('POLICY_REFUSED', text, { ids: [signer] });
  job.report(null, 'Looking for the key');
  const found = await managed.withDevice({ signal: job.signal }, async (device) => {
    const key = (await device.list(job.signal)).find(
      ({ spkiDer }) => spkiDer !== null && sha256Hex(spkiDer) === wanted.spkiSha256.toUpperCase(),
    );
    const spkiDer = key?.spkiDer ?? null;
    if (key === undefined || spkiDer === null)
      throw new AppError('NOT_FOUND', `There is no such key on ${name}. List its keys again.`);
    const identity = (await identities(session, signer)).get(sha256Hex(spkiDer));
    if (identity !== undefined)
      throw refused(
        identity.of === 'removed'
          ? `This is the key by which ${identity.name} was known again until it was removed. Choose another.`
          : `This is the key by which ${identity.name} is known again. Choose another.`,
      );
    // SECURITY: its job, or the next contact, would destroy a key of the workspace.
    if ((await unfinished.among(() => Promise.resolve([key]))).get(key) !== null)
      throw refused(
        'This key is being made here, or is on the list of those that are to be destroyed. Wait, or forget it there first.',
      );
    const algorithm = keyAlgorithmOf(spkiDer);
    if (algorithm === null) throw refused('Keys of this type are not used here. Choose another.');
    // Two objects under one public key are refused here, and a key that signs for another one below.
    const handle = (await device.find(spkiDer, job.signal)) ?? key.handle;
    job.report(null, 'Signing and verifying');
    try {
      await proveKey(device, name, { handle, spkiDer });
    } catch (error) {
      // The key is to blame, not the device.
      if (error instanceof DeviceError && error.code === 'WRONG_SIGNATURE') throw refused(error.message);
      throw error;
    }
    return { algorithm, spkiDer, handle, mayLeave: !staysInside(key) };
  });
  job.commit();
  const row = newKeyRow({ ...found, id, uses: ALL_USES, signer }, label, 'imported');
  await session.store.run('keys.add', {
    key: row,
    audit: {
      action: 'signers.adopt',
      outcome: 'done',
      summary: `The key "${label}" on ${name} (serial ${managed.contact.known()?.facts.serial ?? 'unknown'}) was taken into the workspace`,
      subjects: [
        { type: 'key', id, sha256: row.spkiSha256 },
        { type: 'signer', id: signer, sha256: null },
      ],
    },
  });
  return id;
}
