/** The test keys of an examination: made, used, verified, measured and destroyed again, also when it is cancelled. */
import { algorithmName, type KeyAlgorithm } from '#shared/contract/keys.ts';
import { type Device, DeviceError } from '../device.ts';
import { DOCTOR_LABEL } from '../lifecycle/unfinished-keys.ts';
import { signatureHolds } from '../signature-scheme.ts';
import type { DeviceStepsDeps } from './device-steps.ts';
import type { Seen, Step } from './steps.ts';

export const TRIED: readonly KeyAlgorithm[] = ['rsa-2048', 'p-256'];
const DATA = Buffer.from(DOCTOR_LABEL);
/** The speed is measured for so long, with so many signatures at once, and not with a device this slow. */
const MEASURED_MS = 1000;
const AT_ONCE = 8;
const SLOW_MS = 1500;
/** A cancelled examination waits so long for a key that is being made, and so long for the end of those that were made. */
const FINISH_MS = 2000;
const DESTROY_MS = 5000;

const BY_TOOL = 'Destroy them with the tool of the vendor.';

interface Made {
  algorithm: KeyAlgorithm;
  handle: Uint8Array;
  spkiDer: Uint8Array;
  signature: Uint8Array | null;
  /** Of its first signature. */
  tookMs: number;
}

/** A test key that may still lie on its device. */
export interface LeftKey {
  algorithm: KeyAlgorithm;
  handle: Uint8Array;
  /** null: it was being made, and nobody knows whether it came to be. */
  spkiDer: Uint8Array | null;
}

export const names = (algorithms: readonly KeyAlgorithm[]): string =>
  algorithms.map((one) => algorithmName(one)).join(' and ');
const ms = (time: number): string =>
  time < 1000 ? `${Math.round(time)} ms` : `${(time / 1000).toFixed(1)} s`;

/** Aborted some time after `signal`: what is nearly done is worth its end. */
function later(signal: AbortSignal, afterMs: number): AbortSignal {
  const end = new AbortController();
  const begin = (): void => void setTimeout(() => end.abort(), afterMs).unref();
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return end.signal;
}

async function measure(device: Device, { algorithm, handle }: Made, signal: AbortSignal): Promise<number> {
  const began = performance.now();
  let count = 0;
  const one = async (): Promise<void> => {
    while (!signal.aborted && performance.now() - began < MEASURED_MS) {
      await device.sign(handle, algorithm, DATA);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return count / ((performance.now() - began) / 1000);
}

async function seeSpeed(device: Device, made: readonly Made[], signal: AbortSignal): Promise<Seen> {
  const slow = made.find(({ tookMs }) => tookMs > SLOW_MS);
  if (slow !== undefined)
    return {
      text: `One ${algorithmName(slow.algorithm)} signature took ${ms(slow.tookMs)}, so no more were made.`,
      careful: {
        cause: 'The device is slow, waits for a touch, or is far away.',
        check: 'Sign with the tool of the vendor and compare the time.',
        fix: 'Keep keys that sign often elsewhere, for example one-off keys in software.',
      },
    };
  const rows: string[] = [];
  for (const key of made) {
    const rate = await measure(device, key, signal);
    const said = rate < 10 ? rate.toFixed(1) : Math.round(rate);
    rows.push(`${said} ${algorithmName(key.algorithm)} signatures a second`);
  }
  return { text: `${rows.join(', ')}, ${AT_ONCE} at a time.` };
}

/** From making them to destroying them; `opened` is asked when each runs. */
export function testKeySteps(deps: DeviceStepsDeps): Step[] {
  const { name, signal, opened } = deps;
  const made: Made[] = [];
  /** What is being made. */
  let making: LeftKey | null = null;
  let generating: Promise<unknown> = Promise.resolve();

  const nameOf = ({
    algorithm,
    handle,
    spkiDer,
  }: Pick<LeftKey, 'algorithm' | 'handle' | 'spkiDer'>): string => {
    const at = Buffer.from(handle);
    const id = deps.settings.kind === 'pkcs11' ? `with CKA_ID ${at.toString('hex')}` : at.toString('utf8');
    return `${names([algorithm])} ${id.replace(/^::/, '')}${spkiDer === null ? ' (it was being made)' : ''}`;
  };
  const still = (keys: readonly Pick<LeftKey, 'algorithm' | 'handle' | 'spkiDer'>[]): string =>
    `The test keys are still on it: ${keys.map(nameOf).join(', ')}.`;
  const remains = (left: readonly LeftKey[]): string =>
    `${still(left)} ${deps.leave === undefined ? BY_TOOL : 'The next examination destroys them.'}`;

  async function destroyAll(device: Device, destroyed: Set<Made>): Promise<void> {
    await generating.catch(() => undefined);
    // It may have crashed with its child; what was made is taken away all the same. SECURITY: after a cancel nobody logs in again.
    if (!signal.aborted) await device.open(AbortSignal.timeout(60_000));
    for (const key of made) {
      await device.destroy(key.handle, key.spkiDer);
      destroyed.add(key);
    }
    if (making !== null)
      throw new DeviceError('cancelled', 'CANCELLED', 'It was cancelled while a key was made.');
    await deps.used?.();
  }

  /** A cancelled examination does not wait for ever. */
  async function atMost(work: Promise<void>): Promise<void> {
    if (!signal.aborted) return work;
    const late = Promise.withResolvers<never>();
    const text = 'The device did not answer in time.';
    const timer = setTimeout(
      () => late.reject(new DeviceError('unreachable', 'READ_TIMEOUT', text)),
      DESTROY_MS,
    );
    try {
      await Promise.race([work, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  async function make(): Promise<Seen> {
    const { device, facts } = opened();
    const rows: string[] = [];
    for (const algorithm of TRIED.filter((one) => facts.algorithms.includes(one))) {
      signal.throwIfAborted();
      const began = performance.now();
      const begun = async (handle: Uint8Array): Promise<void> => {
        making = { algorithm, handle, spkiDer: null };
      };
      try {
        const key = await device.create({ algorithm, label: DOCTOR_LABEL, begun }, later(signal, FINISH_MS));
        made.push({ ...key, algorithm, signature: null, tookMs: 0 });
        making = null;
      } catch (error) {
        // What the device refused to make is taken care of where it is refused.
        if (!signal.aborted) making = null;
        throw error;
      }
      rows.push(`${names([algorithm])}: ${ms(performance.now() - began)}`);
    }
    return {
      text: `${names(made.map((one) => one.algorithm))} ${made.length === 1 ? 'was' : 'were'} made for this test.`,
      details: rows,
    };
  }

  return [
    {
      code: 'generate',
      title: 'Keys are made on it',
      look() {
        const work = make();
        generating = work;
        return work;
      },
    },
    {
      code: 'sign',
      title: 'They sign',
      async look() {
        for (const key of made) {
          signal.throwIfAborted();
          const began = performance.now();
          key.signature = await opened().device.sign(key.handle, key.algorithm, DATA);
          key.tookMs = performance.now() - began;
        }
        await deps.used?.();
        return { text: `${made.map((key) => `${names([key.algorithm])}: ${ms(key.tookMs)}`).join(', ')}.` };
      },
    },
    {
      code: 'verify',
      title: 'The signatures are right',
      async look() {
        const wrong = made.find(
          (key) => key.signature === null || !signatureHolds(key.algorithm, key.spkiDer, DATA, key.signature),
        );
        if (wrong !== undefined)
          throw new DeviceError(
            'misconfigured',
            'WRONG_SIGNATURE',
            `${name} made a ${names([wrong.algorithm])} signature that its public key does not confirm. Do not use it before the device was checked.`,
          );
        return { text: 'Each was verified here with the public key of the device.' };
      },
    },
    { code: 'speed', title: 'Speed', look: () => seeSpeed(opened().device, made, signal) },
    {
      code: 'destroy',
      title: 'The test keys are destroyed again',
      owed: () => made.length > 0 || (signal.aborted && making !== null),
      async look() {
        const { device, facts } = opened();
        const destroyed = new Set<Made>();
        try {
          await atMost(destroyAll(device, destroyed));
        } catch (error) {
          if (!(error instanceof DeviceError)) throw error;
          const left: LeftKey[] = [
            ...made.filter((key) => !destroyed.has(key)),
            ...(making === null ? [] : [making]),
          ];
          for (const key of left) deps.leave?.(key, facts.serial);
          const { trouble, code, message, library } = error;
          if (signal.aborted)
            throw new DeviceError(
              ...(['refused', 'TEST_KEYS_LEFT', `Cancelled by you. ${remains(left)}`] as const),
              [code, message, library].filter(Boolean).join('\n'),
            );
          throw new DeviceError(trouble, code, `${message} ${remains(left)}`, library);
        }
        const looking = signal.aborted ? AbortSignal.timeout(DESTROY_MS) : signal;
        for (const { spkiDer } of made)
          if ((await device.find(spkiDer, looking)) !== null)
            throw new DeviceError('refused', 'NOT_DESTROYED', `${still(made)} ${BY_TOOL}`);
        return { text: 'Nothing of this test is left on it.' };
      },
    },
  ];
}
