/**
 * A device as a signer: contacted at its first use, tried again as configured, its failures in the words of the application.
 * It decides nothing about what is signed; the router above it checks each signature.
 */
import { algorithmName } from '#shared/contract/keys.ts';
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import { AppError } from '../../lib/app-error.ts';
import type { Clock } from '../../ports.ts';
import { type Device, DeviceError, type DeviceFacts } from '../device.ts';
import type { Signer } from '../signer.ts';
import { requireUse } from '../signature-scheme.ts';
import { keyLabel } from './binding.ts';
import type { Contact } from './contact.ts';
import type { ContactDeps } from './contact-deps.ts';
import { type Pins, UNANSWERED } from './pins-contract.ts';
import { secretMark } from './secret-mark.ts';
import { asAppError, loggedOut } from './trouble.ts';

/** Whatever is configured: a device that is gone is not asked in a circle. */
const LEAST_WAIT_MS = 100;

export interface ManagedSigner extends Signer {
  contact: Contact;
  pins: Pins;
  settings(): SignerSettings;
  /**
   * Runs `use` on the open device. `repeat`: it may be run again after the device was out of reach. `force`: a person wants
   * the device tried now, once. Throws AppError as the signer port says, CANCELLED.
   */
  withDevice<T>(
    how: { key?: string; repeat?: boolean; force?: boolean; signal?: AbortSignal | undefined },
    use: (device: Device, facts: DeviceFacts) => Promise<T>,
  ): Promise<T>;
}

export function createManagedSigner(deps: {
  clock: Clock;
  contact: Contact;
  pins: Pins;
  signer: ContactDeps['signer'];
}): ManagedSigner {
  const { clock, contact, pins, signer } = deps;

  const withDevice: ManagedSigner['withDevice'] = async (how, use) => {
    const { retrySeconds, backoffMultiplier, maxRetrySeconds } = signer().settings;
    const { key = null, repeat = false, force = false, signal } = how;
    // While only the background tries, a call asks once and does not wait.
    const patient = !force && !contact.resting();
    const until = clock.now().getTime() + maxRetrySeconds * 1000;
    let waitMs = Math.max(retrySeconds * 1000, LEAST_WAIT_MS);
    const logouts = contact.logouts();

    async function once(first: boolean): Promise<{ value: Awaited<ReturnType<typeof use>> } | DeviceError> {
      let opened = false;
      try {
        const { device, facts } = await contact.ready({
          force: force && first,
          quietMs: patient ? 0 : retrySeconds * 1000,
          signal,
        });
        opened = true;
        // A PIN that is given for this one signature is settled with it.
        const { value } = await pins.attempt(() => use(device, facts));
        return { value };
      } catch (error) {
        if (error instanceof AppError) throw error;
        if (contact.logouts() !== logouts) return loggedOut(signer().name);
        if (opened) {
          const trouble = await contact.failed(error);
          if (repeat || trouble.trouble !== 'unreachable') return trouble;
          throw asAppError(trouble, signer(), key);
        }
        if (error instanceof DeviceError) return error;
        throw error;
      }
    }

    let relogin = repeat;
    contact.enter();
    try {
      for (let first = true; ; first = false) {
        const tried = await once(first);
        if (!(tried instanceof DeviceError)) return tried.value;
        if (tried.trouble === 'pin-needed' && tried.code !== UNANSWERED && relogin) {
          // Somebody logged out behind our back: once more, with whoever knows the PIN.
          relogin = false;
          continue;
        }
        const again = patient && tried.trouble === 'unreachable' && clock.now().getTime() + waitMs <= until;
        if (!again) throw asAppError(tried, signer(), key);
        await contact.pause(waitMs, signal).catch((error: unknown) => {
          throw error instanceof DeviceError ? asAppError(error, signer(), key) : error;
        });
        waitMs *= backoffMultiplier;
      }
    } finally {
      contact.leave();
    }
  };

  return {
    contact,
    pins,
    settings: () => signer().settings,
    withDevice,
    describe() {
      const { id, name, settings } = signer();
      const { state, text } = contact.status();
      const algorithms = contact.known()?.facts.algorithms ?? [];
      const mark = secretMark({ contact, pins });
      return Promise.resolve({ id, name, kind: settings.kind, state, text, algorithms, secretMark: mark });
    },
    create({ id, algorithm, uses }, signal) {
      // What failed half-way may have left a key on the device: nobody makes a second one by himself.
      return withDevice({ signal }, async (device, facts) => {
        const { name, settings } = signer();
        if (!facts.algorithms.includes(algorithm))
          throw new AppError(
            'POLICY_REFUSED',
            `${name} makes no ${algorithmName(algorithm)} keys. Choose one of ${facts.algorithms.map(algorithmName).join(', ')}, or another signer.`,
            { ids: [signer().id] },
          );
        const made = await device.create({ algorithm, label: keyLabel(settings) }, signal);
        return { id, algorithm, uses, ...made };
      });
    },
    publicKey: (key) => withDevice({ key: key.id, repeat: true }, (device) => device.publicKey(key.handle)),
    async sign(key, use, data) {
      requireUse(key, use);
      return withDevice({ key: key.id, repeat: true }, (device) =>
        device.sign(key.handle, key.algorithm, data),
      );
    },
    destroy: (key) =>
      withDevice({ key: key.id, repeat: true }, (device) => device.destroy(key.handle, key.spkiDer)),
  };
}
