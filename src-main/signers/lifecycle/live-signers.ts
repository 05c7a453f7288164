/**
 * The signers of one unlocked workspace, from the unlock to the lock: made from what is in force, started and stopped as the
 * configuration is applied. It changes no configuration.
 */
import type { Topic } from '#shared/bridge.ts';
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import { signerSettings } from '#shared/contract/signer-settings.ts';
import { AppError } from '../../lib/app-error.ts';
import { wipe } from '../../lib/bytes.ts';
import type { Log } from '../../lib/log.ts';
import type { Clock, Random } from '../../ports.ts';
import type { RefusedPin, StoredSigner, StoredSignerConfig } from '../../store/signer-columns.ts';
import type { Session } from '../../store/store-contract.ts';
import { effectiveRoles, SOFTWARE } from '../config/document.ts';
import { accountOf } from '../config/same-device.ts';
import { samePlace } from '../config/same-place.ts';
import type { Device, DeviceError, Person } from '../device.ts';
import type { SignerTable } from '../router.ts';
import type { Signer } from '../signer.ts';
import { createContact } from './contact.ts';
import { holdsKey } from './device-keys.ts';
import { createManagedSigner, type ManagedSigner } from './managed-signer.ts';
import { createPinShelf, type PinBook } from './pin-book.ts';
import { createPins } from './pins.ts';
import { createPrompts, type Prompts } from './prompts.ts';
import type { Advice } from './trouble.ts';
import { createUnfinishedKeys, type UnfinishedKeys } from './unfinished-keys.ts';

/** The kinds of devices, as the application was built with them. */
export interface DeviceKinds {
  /** A device that was not contacted yet. It asks `person` for its PIN or password. */
  deviceFor(settings: SignerSettings, person: Person): Device;
  /** Cause, check and fix of a code; null: no table knows it. */
  explain(kind: SignerSettings['kind'], error: DeviceError): Advice | null;
}

export interface LiveDeps {
  clock: Clock;
  random: Random;
  log: Log;
  software: Signer;
  kinds: DeviceKinds;
  changed(topic: Topic, ids: string[]): void;
}

export interface LiveSigners {
  table: SignerTable;
  prompts: Prompts;
  unfinished: UnfinishedKeys;
  /** Throws AppError NOT_FOUND, POLICY_REFUSED for software. */
  find(id: string): ManagedSigner;
  /** What is known of the PINs of the device behind a signer since the unlock, and was before: `refused` is what is stored. */
  book(id: string, refused: readonly RefusedPin[], settings: SignerSettings): PinBook;
  all(): ReadonlyMap<string, ManagedSigner>;
  name(id: string): string;
  /**
   * Starts what is new, stops what is gone or has other settings; a new name alone stops nothing. `typed`: PINs to hold until the
   * lock, by the id of the signer; they belong to it.
   */
  apply(stored: StoredSignerConfig, typed: ReadonlyMap<string, Uint8Array | null>): Promise<void>;
  stop(): Promise<void>;
}

interface Entry {
  managed: ManagedSigner;
  book: PinBook;
  /** The settings it was started with, JSON; others make another one. */
  from: string;
}

export function createLiveSigners(deps: LiveDeps, session: Session, stored: StoredSignerConfig): LiveSigners {
  const { clock, random, software, changed } = deps;
  const prompts = createPrompts({ clock, random, changed: () => changed('signers', []) });
  let signers = new Map<string, Entry>();
  /** As the router has them. */
  let routed: ReadonlyMap<string, Signer> = new Map();
  let names = new Map<string, string>();
  let roles = effectiveRoles(stored);

  const name = (id: string): string => names.get(id) ?? (id === SOFTWARE ? 'Software' : id);
  const subjectsOf = (id: string, serial: string | undefined) => [
    { type: 'signer', id, sha256: null },
    ...(serial === undefined ? [] : [{ type: 'device', id: serial, sha256: null }]),
  ];
  // One for all, however often a signer is started anew: a key that is on its way belongs to its job.
  const unfinished = createUnfinishedKeys({
    ...{ clock, random, session, log: deps.log },
    about(id) {
      const serial = signers.get(id)?.managed.contact.serial();
      return {
        name: serial === undefined ? name(id) : `${name(id)} (serial ${serial})`,
        subjects: subjectsOf(id, serial),
      };
    },
    changed: (id) => changed('signers', [id]),
  });
  // SECURITY: whatever is applied meanwhile, a PIN that is on its way stays so, and a refused one refused.
  const shelf = createPinShelf();
  const bookOf: LiveSigners['book'] = (id, refused, settings) =>
    shelf.book(id, refused, (met) => accountOf(settings, met ?? serialOf(id)));
  const serialOf = (id: string): string | null => {
    const contact = signers.get(id)?.managed.contact;
    return contact?.known()?.facts.serial ?? contact?.binding()?.serial ?? null;
  };
  /** The others by whom the same device is used. */
  function twinsOf(book: PinBook, id: string): ManagedSigner[] {
    const here = new Set(book.device());
    return [...signers].flatMap(([other, { managed, book: its }]) =>
      other !== id && here.has(its) ? [managed] : [],
    );
  }
  const unchanged = (
    { managed, from }: Entry,
    settings: SignerSettings,
    sealed: Uint8Array | null,
  ): boolean => from === JSON.stringify(settings) && managed.pins.holds(sealed);

  /** What is held until the lock, for a signer that is started anew at the same place with the same secret. */
  function heldBy(
    entry: Entry | undefined,
    signer: StoredSigner,
    settings: SignerSettings,
  ): Uint8Array | null {
    if (entry === undefined || !entry.managed.pins.holds(signer.sealed)) return null;
    return samePlace(entry.managed.settings(), settings) ? entry.managed.pins.takeHeld() : null;
  }

  function start(
    signer: StoredSigner,
    settings: SignerSettings,
    held: Uint8Array | null,
  ): Omit<Entry, 'from'> {
    const { id } = signer;
    const book = bookOf(id, signer.refused, settings);
    if (book.signed.length === 0) book.signed = signer.signed ?? [];
    const facts = () => ({ id, name: name(id), kind: settings.kind, settings });
    const subjects = (serial: string | undefined) => subjectsOf(id, serial);
    const pins = createPins({
      clock,
      random,
      session,
      prompts,
      signer: facts,
      sealed: signer.sealed,
      book,
      held,
      subjects: () => subjects(contact.known()?.facts.serial ?? contact.binding()?.serial),
      kept: () => changed('signers', [id]),
      renewed() {
        if (contact.status().state === 'login-needed') contact.reset();
      },
      outdated: () =>
        contact.doubt(
          'Its PIN is another since it was contacted, as another signer on the same device found out. It is contacted when it is used next.',
        ),
    });
    const contact = createContact({
      clock,
      signer: facts,
      stored: signer,
      pins,
      prompts,
      make: (as, person) => unfinished.watched(id, deps.kinds.deviceFor(as, person)),
      changed: () => changed('signers', [id]),
      troubled() {
        for (const twin of twinsOf(book, id))
          twin.contact.doubt(
            `It was not looked at since ${name(id)}, which uses the same device, found it not there or not to be used. It is contacted when it is used next.`,
          );
      },
      explain: (error) => deps.kinds.explain(settings.kind, error),
      bound: (binding, again) =>
        session.store.run('signers.bind', {
          id,
          binding,
          audit: {
            action: again ? 'signers.bindAgain' : 'signers.bind',
            outcome: 'done',
            summary: again
              ? `${name(id)} was bound again to the device with serial ${binding.serial} by a new identity key on it: the old one is gone, the keys that it owns are there`
              : `${name(id)} is bound to the device with serial ${binding.serial} by an identity key on it`,
            subjects: subjects(binding.serial),
          },
        }),
      async learned(known, device) {
        await session.store.run('signers.learn', { id, device: JSON.stringify(known) });
        if (device !== null) await unfinished.sweep(id, device, known.facts.serial);
        else changed('signers', [id]);
      },
      async record({ serial = contact.serial(), ...entry }) {
        await session.store.run('audit.add', { audit: { ...entry, subjects: subjects(serial) } });
      },
      log: (what, error) => void deps.log.failure(`${what} (${id})`, error),
    });
    return { managed: createManagedSigner({ clock, contact, pins, signer: facts }), book };
  }

  const built: Signer = {
    create: software.create,
    publicKey: software.publicKey,
    sign: software.sign,
    destroy: software.destroy,
    describe: async () => ({ ...(await software.describe()), name: name(SOFTWARE) }),
  };

  function take(config: StoredSignerConfig, typed: ReadonlyMap<string, Uint8Array | null>): Entry[] {
    const next = new Map<string, Entry>();
    names = new Map(config.signers.map((signer) => [signer.id, signer.name]));
    roles = effectiveRoles(config);
    for (const signer of config.signers) {
      if (signer.settings === null) continue;
      // Fields that a later version added get their defaults.
      const settings = signerSettings.parse(signer.settings);
      const running = signers.get(signer.id);
      const given = typed.get(signer.id) ?? null;
      if (running !== undefined && unchanged(running, settings, signer.sealed)) {
        wipe(given);
        next.set(signer.id, running);
        continue;
      }
      const held = given ?? heldBy(running, signer, settings);
      next.set(signer.id, { ...start(signer, settings, held), from: JSON.stringify(settings) });
    }
    const ending = [...signers].filter(([id, { managed }]) => next.get(id)?.managed !== managed);
    signers = next;
    routed = new Map<string, Signer>([
      [SOFTWARE, built],
      ...[...next].map(([id, { managed }]) => [id, managed] as const),
    ]);
    return ending.map(([, entry]) => entry);
  }

  take(stored, new Map());

  return {
    prompts,
    unfinished,
    book: bookOf,
    name,
    table: {
      get signers() {
        return routed;
      },
      get defaultSigner() {
        return roles.defaultSigner;
      },
      get oneOffSigner() {
        return roles.oneOffSigner;
      },
      async holds(id, key, signal) {
        const found = signers.get(id);
        return found !== undefined && holdsKey(found.managed, name(id), key, signal);
      },
      device(id) {
        const serial = signers.get(id)?.managed.contact.serial();
        return serial === undefined ? null : { name: name(id), serial };
      },
    },
    find(id) {
      const found = signers.get(id);
      if (found !== undefined) return found.managed;
      if (id === SOFTWARE)
        throw new AppError('POLICY_REFUSED', 'The software signer has no device: it is always ready.', {
          ids: [id],
        });
      throw new AppError('NOT_FOUND', 'This signer is not in force. Apply the configuration first.', {
        ids: [id],
      });
    },
    all: () => new Map([...signers].map(([id, { managed }]) => [id, managed])),
    async apply(config, typed) {
      const ending = take(config, typed);
      const why = new AppError(
        'CANCELLED',
        'The signer was changed meanwhile. Do it again with the new settings.',
      );
      await Promise.all(ending.map(({ managed }) => managed.contact.stop(why)));
      changed('signers', []);
    },
    async stop() {
      const why = new AppError('LOCKED', 'The workspace was locked. Unlock it and try again.');
      const ending = [...signers.values()];
      prompts.end(why);
      await Promise.all(ending.map(({ managed }) => managed.contact.stop(why)));
    },
  };
}
