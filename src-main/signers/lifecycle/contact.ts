/**
 * The contact with one device: when it is made, what state it leads to, and its end. One contact at a time, however many
 * wait for it; who must not be asked for a PIN (a probe in the background) asks nobody. Retries of a call are managed-signer.ts's.
 */
import { inFours } from '#shared/fingerprint-text.ts';
import type { SignerState } from '#shared/contract/signers.ts';
import { AppError } from '../../lib/app-error.ts';
import { type Device, DeviceError, type DeviceFacts } from '../device.ts';
import { checkBinding, type OwnedKey, proveOrBind, requireMet, requireOperations, until } from './binding.ts';
import type { ContactDeps, Status } from './contact-deps.ts';
import { contactPerson } from './contact-person.ts';
import { createDeviceHolder } from './device-holder.ts';
import { createKnownDevice, serialName } from './known-device.ts';
import { UNANSWERED } from './pins-contract.ts';
import { answered, asDeviceError, loggedOut, troubleOf } from './trouble.ts';
import { createWaits, join, type Shared } from './waiting.ts';

// H-022
const PROBE_EVERY_MS = 30_000;

export type Contact = ReturnType<typeof createContact>;

interface Ready {
  device: Device;
  facts: DeviceFacts;
}

type Flight = Shared<Ready> & { alone: boolean };

export function createContact(deps: ContactDeps) {
  const { clock, pins, prompts, signer } = deps;
  let status: Status = { state: 'announced', text: announced(), trouble: null, retryAt: null };
  let last: DeviceError | null = null;
  const memory = createKnownDevice({ ...deps, stored: deps.stored.device });
  let { binding } = deps.stored;
  let flight: Flight | null = null;
  let over: Error | null = null;
  let triedAt = Number.NEGATIVE_INFINITY;
  /** Calls that try again by themselves: no probe in the background meanwhile. */
  let calls = 0;
  let logouts = 0;
  let cancelProbe = (): void => undefined;

  function announced(): string {
    return deps.stored.device === null
      ? 'It is contacted when it is used first.'
      : 'It was not contacted since the workspace was unlocked.';
  }

  function set(state: SignerState, text: string, trouble: DeviceError | null): void {
    last = trouble;
    const advice = trouble === null ? null : troubleOf(trouble, deps.explain(trouble));
    status = { state, text, trouble: advice, retryAt: null };
    deps.changed();
  }

  const person = contactPerson({ pins, prompts, signer, flight: () => flight });
  const cancelled = (): DeviceError =>
    new DeviceError('cancelled', 'CANCELLED', `The contact with ${signer().name} was cancelled.`);
  const waits = createWaits(clock, cancelled);
  const holder = createDeviceHolder({
    make: deps.make,
    person,
    settings: () => signer().settings,
    serial: () => binding?.serial ?? null,
    async proof(device, facts) {
      if (binding === null) return requireMet(holder.opened()?.facts, facts, signer());
      await checkBinding(device, facts, signer().name, binding);
      if (memory.known()?.facts.serial !== facts.serial) await memory.learn(facts, null);
    },
    log: deps.log,
  });

  /** Throws what it was stopped with. */
  function requireOpen(): void {
    if (over !== null) throw over;
  }

  async function make(signal: AbortSignal, owned: readonly OwnedKey[] | null): Promise<Ready> {
    const before = status.state;
    set('probing', `${signer().name} is being contacted.`, null);
    try {
      const { value, handed: login } = await pins.attempt(() => holder.open(signal));
      const { device, facts } = value;
      requireOpen();
      requireOperations(facts, signer());
      const known = { ...signer(), clock, binding, owned, store: deps.bound };
      binding = (await pins.attempt(() => proveOrBind(until(device, signal), facts, known))).value;
      await memory.learn(facts, device);
      const what = `${facts.manufacturer} ${facts.model}`.trim() || 'The device';
      await deps.record({
        action: 'signers.contact',
        outcome: 'done',
        summary: `${signer().name} was contacted${login ? ' and took the PIN' : ''}: ${what}, ${serialName(signer().settings)} ${facts.serial}`,
      });
      requireOpen();
      set('ready', `${what} with ${serialName(signer().settings)} ${inFours(facts.serial)} is ready.`, null);
      return { device, facts };
    } catch (error) {
      if (over !== null) {
        pins.forget();
        await holder.drop();
        throw over;
      }
      if (error instanceof AppError) {
        // Ours, not the device's: a disk that is full.
        set('announced', error.message, null);
        await holder.drop();
        throw error;
      }
      throw await failed(error, { contact: true, before });
    } finally {
      triedAt = clock.now().getTime();
    }
  }

  /** What a failure leads to. Answers it as it counts. */
  async function failed(error: unknown, at: { contact: boolean; before: SignerState }): Promise<DeviceError> {
    const { name, settings } = signer();
    const trouble = asDeviceError(error, name);
    if (trouble.code === 'INTERNAL') deps.log('a device', error);
    const wantsLogin = settings.kind === 'pkcs11' && settings.login;
    const contact = { action: 'signers.contact', outcome: 'refused' as const };
    switch (trouble.trouble) {
      case 'unreachable':
        set('retrying', trouble.message, trouble);
        deps.troubled?.();
        if (at.before !== 'retrying')
          await deps.record({ ...contact, summary: `${name} cannot be reached: ${trouble.message}` });
        return trouble;
      case 'pin-needed':
        set('login-needed', trouble.message, trouble);
        if (trouble.code === UNANSWERED) await deps.record({ ...contact, summary: trouble.message });
        return trouble;
      case 'cancelled':
        if (at.contact) set(wantsLogin ? 'login-needed' : 'announced', trouble.message, null);
        return trouble;
      case 'key-gone':
      case 'refused':
        // The device works; at the contact itself it is its identity key that is meant.
        if (!at.contact) return trouble;
        break;
      default:
    }
    if (trouble.trouble === 'unsupported') await memory.lacks(holder.opened());
    // A person types another one: with nothing but the PIN in the way, it is a login that it waits for.
    set(trouble.trouble === 'pin-refused' ? 'login-needed' : 'unusable', trouble.message, trouble);
    await deps.record({ ...contact, summary: `${name} cannot be used: ${trouble.message}` });
    if (trouble.trouble !== 'pin-refused') deps.troubled?.();
    // Nothing stays logged in that is not to be used.
    await holder.drop();
    return trouble;
  }

  function begin(alone: boolean, owned: readonly OwnedKey[] | null = null): Flight {
    cancelProbe();
    const abort = new AbortController();
    const made: Flight = { alone, abort, joined: 0, promise: make(abort.signal, owned) };
    flight = made;
    const ended = (): void => {
      if (flight === made) flight = null;
      schedule();
    };
    made.promise.then(ended, ended);
    return made;
  }

  /** In the background while nobody else tries (H-022). */
  function schedule(): void {
    cancelProbe();
    if (over !== null || status.state !== 'retrying' || calls > 0 || flight !== null) return;
    const waitMs = Math.max(0, triedAt + PROBE_EVERY_MS - clock.now().getTime());
    status = { ...status, retryAt: new Date(clock.now().getTime() + waitMs).toISOString() };
    deps.changed();
    cancelProbe = clock.after(waitMs, () => {
      if (over === null && flight === null && status.state === 'retrying')
        begin(true).promise.catch((error: unknown) => deps.log('a probe of a signer', error));
    });
  }

  return {
    status: () => status,
    known: memory.known,
    learn: memory.learn,
    capabilities: memory.capabilities,
    serial: () => holder.device()?.serial?.() ?? memory.known()?.facts.serial,
    binding: () => binding,
    /** Nobody but the background tries to reach it. */
    resting: () => status.state === 'retrying' && calls === 0,
    /**
     * The open device, contacted when it has to be. `force`: a person wants it tried whatever was found before.
     * Throws DeviceError; AppError once it is stopped.
     */
    async ready(options: {
      force?: boolean;
      quietMs?: number;
      signal?: AbortSignal | undefined;
    }): Promise<Ready> {
      const { force = false, quietMs = 0, signal } = options;
      const before = logouts;
      for (;;) {
        requireOpen();
        if (flight !== null) {
          const joined = flight;
          const { aborted } = joined.abort.signal;
          try {
            return await join(joined, signal, cancelled);
          } catch (error) {
            // It may only have lacked a person, or others had cancelled it before.
            const lacked = status.state === 'login-needed' && last?.trouble !== 'pin-refused';
            const again = aborted || (joined.alone && lacked);
            if (!again || signal?.aborted === true || over !== null || logouts !== before) throw error;
            continue;
          }
        }
        const device = holder.device();
        const known = memory.known();
        if (!force && status.state === 'ready' && device !== null && known !== null)
          return { device, facts: known.facts };
        if (!force && last !== null) {
          const justTried = status.state === 'retrying' && clock.now().getTime() - triedAt < quietMs;
          if (status.state === 'unusable' || justTried) throw last;
        }
        return join(begin(false), signal, cancelled);
      }
    },
    /** A contact for a person who knows the device by the keys that its signer owns. Throws as `ready` does. */
    async bindAgain(owned: readonly OwnedKey[], signal: AbortSignal): Promise<DeviceFacts> {
      // What is under way knows the device by its identity key alone; whoever waited with us may have begun the next.
      for (;;) {
        requireOpen();
        if (flight === null) break;
        await flight.promise.catch(() => undefined);
      }
      return (await join(begin(false, owned), signal, cancelled)).facts;
    },
    /** An operation failed on a device that was ready. */
    failed: (error: unknown) => failed(answered(error), { contact: false, before: status.state }),
    enter(): void {
      calls += 1;
      cancelProbe();
    },
    leave(): void {
      calls -= 1;
      if (calls === 0 && flight === null) pins.abandon();
      schedule();
    },
    /** Waits before the next try of a call. */
    pause(ms: number, signal?: AbortSignal): Promise<void> {
      if (over !== null) return Promise.reject(over);
      status = { ...status, retryAt: new Date(clock.now().getTime() + ms).toISOString() };
      deps.changed();
      return waits.pause(ms, signal);
    },
    /** Those who began before the last one must not go on by logging in again. */
    logouts: () => logouts,
    async logout(): Promise<void> {
      logouts += 1;
      flight?.abort.abort();
      cancelProbe();
      prompts.clear(signer().id);
      waits.end(loggedOut(signer().name));
      await flight?.promise.catch(() => undefined);
      pins.forget();
      set('announced', 'It is logged out, and is contacted when it is used next.', null);
      await holder.drop();
    },
    /** What was learned at the last contact may hold no more: the next use looks again. */
    doubt(text: string): void {
      if (status.state === 'ready') set('announced', text, null);
    },
    /** What holds the device lets it go; nothing that is kept is forgotten. */
    release(): Promise<void> {
      if (status.state === 'ready') set('announced', announced(), null);
      return holder.drop();
    },
    /** What a refusal said counts no more. */
    reset(): void {
      if (['unusable', 'login-needed'].includes(status.state)) set('announced', announced(), null);
    },
    /** For ever; whoever waits gets `why`. */
    async stop(why: Error): Promise<void> {
      over = why;
      pins.end(why);
      cancelProbe();
      flight?.abort.abort();
      waits.end(why);
      prompts.clear(signer().id);
      await holder.drop();
    },
  };
}
