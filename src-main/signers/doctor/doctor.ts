/** `signers.examine`, `signers.report`: the doctor looks at a signer as it is pending. Reports live until the lock. */
import { bareFingerprint } from '#shared/fingerprint-text.ts';
import { isDeepStrictEqual } from 'node:util';
import type { Topic } from '#shared/bridge.ts';
import type { DoctorReport } from '#shared/contract/signer-doctor.ts';
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import { signerSettings } from '#shared/contract/signer-settings.ts';
import { whyNotExamined } from '#shared/offline-hsm.ts';
import { AppError } from '../../lib/app-error.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import type { Domain } from '../../lib/domain.ts';
import type { JobContext } from '../../lib/jobs.ts';
import type { Log } from '../../lib/log.ts';
import type { HsmEndpoint } from '../../lib/net-gate.ts';
import type { Clock, Random } from '../../ports.ts';
import type { StoredSignerConfig } from '../../store/signer-columns.ts';
import type { Session } from '../../store/store-contract.ts';
import type { Configure } from '../config/configure.ts';
import { changedSigners, documentOf, type PendingSigner, secretStored } from '../config/document.ts';
import { signerToml } from '../config/toml-channels.ts';
import { boundSettings } from '../lifecycle/device-holder.ts';
import type { DeviceKinds, LiveSigners } from '../lifecycle/live-signers.ts';
import { doctorPerson } from './doctor-pins.ts';
import { examine } from './examine.ts';
import { createLeftKeys, type LeftKeys } from './left-keys.ts';
import { createPendingPins, type PendingPins } from './pending-pins.ts';
import type { Looks } from './pkcs11-looks.ts';
import { endpointOf, KIND, reportText, titleOf } from './report-text.ts';

/** What is looked at before a signer is opened as a device. */
export type MakeLooks = (settings: SignerSettings, about: { signal: AbortSignal; name: string }) => Looks;

export interface DoctorDeps {
  clock: Clock;
  random: Random;
  log: Log;
  kinds: DeviceKinds;
  looks: MakeLooks;
  session(): Session;
  live(): LiveSigners;
  configure: Configure;
  version: string;
  deviceJob(
    id: string,
    what: { action: string; title: string },
    work: (job: JobContext) => Promise<{ summary: string | null }>,
  ): { job: string };
  changed(topic: Topic, ids: string[]): void;
}

interface Book {
  reports: Map<string, Omit<DoctorReport, 'otherSettings'>>;
  /** The settings of each report. */
  examined: Map<string, SignerSettings>;
  /** Where the server of each report was reached. */
  reached: Map<string, HsmEndpoint | null>;
  /** With the address of each that is a KMIP server. */
  running: Map<string, HsmEndpoint | null>;
  pins: PendingPins;
  left: LeftKeys;
  /** Ends when nothing is being applied. */
  applying: Promise<void>;
}

interface Doctor {
  channels: Pick<Domain<'signers'>, 'examine' | 'pinServer' | 'report'>;
  /** Of the KMIP servers that are being examined. Throws AppError LOCKED. */
  endpoints(): HsmEndpoint[];
  /** Runs what applies the pending changes; no examination begins meanwhile. Throws AppError NOT_ALLOWED_NOW while one runs that it concerns. */
  applying<T>(apply: () => Promise<T>): Promise<T>;
  /** What a person typed for this signer as it is pending, to be held until the lock; null: nothing. */
  typed(signer: PendingSigner): Uint8Array | null;
  /** Forgets what was typed. */
  locking(): void;
}

export function createDoctor(deps: DoctorDeps): Doctor {
  const { clock, random, session, live, changed } = deps;
  // A new workspace begins before the one that is open ends, so each session has its own.
  const books = new WeakMap<Session, Book>();

  function book(): Book {
    const now = session();
    const known = books.get(now) ?? {
      ...{
        reports: new Map(),
        examined: new Map(),
        reached: new Map(),
        running: new Map(),
        applying: Promise.resolve(),
      },
      left: createLeftKeys({ unfinished: live().unfinished, inForce: (id) => live().all().has(id) }),
      pins: createPendingPins({ clock, random, session: now, live: live(), configure: deps.configure }),
    };
    books.set(now, known);
    return known;
  }

  function found(stored: StoredSignerConfig, id: string): PendingSigner & { settings: SignerSettings } {
    const signer = documentOf(stored).signers.find((one) => one.id === id);
    if (signer === undefined)
      throw new AppError('NOT_FOUND', 'This signer is no longer there. Look at the list again.', {
        ids: [id],
      });
    if (signer.settings === null)
      throw new AppError('POLICY_REFUSED', 'The software signer has no device: it is always ready.', {
        ids: [id],
      });
    return { ...signer, settings: signerSettings.parse(signer.settings) };
  }

  /** SECURITY: an offline station reaches one address: that in force, or with none in force the one that is pending. */
  function requireOneEndpoint(stored: StoredSignerConfig, { settings }: ReturnType<typeof found>): void {
    const place = endpointOf(settings);
    if (place === null || session().workspace.kind !== 'offline') return;
    const why = whyNotExamined(settings, {
      inForce: [...live().all().values()].map((one) => one.settings()),
      pending: documentOf(stored).signers.map((one) => one.settings),
    });
    if (why !== null) throw new AppError('NOT_ALLOWED_NOW', why);
    const others = [...book().running.values()].filter((one) => one !== null);
    if (others.every((one) => one.address === place.address && one.port === place.port)) return;
    throw new AppError(
      'NOT_ALLOWED_NOW',
      'An offline station examines one server at a time. Wait for the end of the other examination.',
    );
  }

  async function requireNoneChanged(): Promise<void> {
    const { running } = book();
    if (session().workspace.kind === 'offline' && [...running.values()].some((place) => place !== null))
      throw new AppError(
        'NOT_ALLOWED_NOW',
        'A server is being examined. Wait for the end of the examination or cancel it, then apply.',
      );
    const stored = await session().store.run('signers.config', {});
    const examined = changedSigners(stored).find(({ id }) => running.has(id));
    if (examined === undefined) return;
    throw new AppError(
      'NOT_ALLOWED_NOW',
      `${examined.name} is being examined, and it is among what is pending. Wait for the end of the examination or cancel it, then apply.`,
      { ids: [examined.id] },
    );
  }

  async function work(signer: ReturnType<typeof found>, job: JobContext): Promise<{ summary: string }> {
    const { reports, examined, reached } = book();
    const { id, name, kind, settings } = signer;
    const stored = await session().store.run('signers.config', {});
    const keys = await session().store.run('signers.keys', {});
    const identities = await session().store.run('signers.identities', {});
    const pins = await book().pins.of(signer);
    const person = doctorPerson({
      ...{ signer: { id, name, kind }, pins, prompts: live().prompts, signal: job.signal },
    });
    const binding = stored.signers.find((one) => one.id === id)?.binding ?? null;
    // SECURITY: by the serial that is bound: no PIN goes to a stranger of the same label.
    const bound = boundSettings(settings, binding?.serial ?? null);
    const at = clock.now().toISOString();
    const base = { signer: id, at, toml: signerToml(signer, secretStored(stored, signer)) };
    const ours = new Map(keys.map((key) => [key.spkiSha256, { label: key.label, here: key.signer === id }]));
    const { left } = book();
    const encoding = kind === 'kmip' ? 'utf8' : 'hex';
    const earlier = await left.earlier({ id, bound: binding !== null, encoding }, ours);
    const lines: DoctorReport['lines'] = [];
    const looks = deps.looks(bound, { signal: job.signal, name });
    reached.set(id, endpointOf(settings));
    examined.set(id, settings);
    const update = (done: boolean): void => {
      const certificate = looks.certificate?.() ?? null;
      const report = { ...base, done, lines: structuredClone(lines), certificate };
      const text = reportText(report, { name, kind: KIND[kind], version: deps.version });
      reports.set(id, { ...report, text });
      changed('signers', [id]);
    };
    update(false);
    try {
      const stopped = await examine(
        {
          ...{ name, settings, person },
          signal: job.signal,
          binding,
          identities: new Map(
            identities
              .filter((one) => one.signer !== id)
              .map(({ spkiDer, name: other }) => [sha256Hex(spkiDer), other]),
          ),
          ...{ ours, earlier, looks },
          leave: (key, serial) => left.leave(id, { ...key, serial }),
          device: live().unfinished.watched(id, deps.kinds.deviceFor(bound, person)),
          explain: (error) => deps.kinds.explain(settings.kind, error),
          log: (error) => void deps.log.failure(`examining a signer (${id})`, error),
          changed(line) {
            if (line.state === 'running') job.report(null, line.title);
            update(false);
          },
        },
        lines,
      );
      job.signal.throwIfAborted();
      return {
        summary:
          stopped === null
            ? `The doctor examined ${titleOf(signer)}: a key was made, used and destroyed on it`
            : `The doctor examined ${titleOf(signer)}: it stops at "${stopped.title}"`,
      };
    } finally {
      person.end();
      update(true);
    }
  }

  return {
    channels: {
      async examine({ id }) {
        const mine = book();
        for (let seen: Promise<void> | null = null; seen !== mine.applying;) {
          seen = mine.applying;
          await seen;
        }
        const { running } = mine;
        const twice = running.has(id);
        if (!twice) running.set(id, null);
        let signer: ReturnType<typeof found>;
        try {
          const stored = await session().store.run('signers.config', {});
          signer = found(stored, id);
          if (twice)
            throw new AppError('NOT_ALLOWED_NOW', `${signer.name} is being examined. Wait for its end.`);
          requireOneEndpoint(stored, signer);
        } catch (error) {
          if (!twice) running.delete(id);
          throw error;
        }
        const title = `Examination of ${titleOf(signer)}`;
        running.set(id, endpointOf(signer.settings));
        return deps.deviceJob(id, { action: 'signers.examine', title }, (job) =>
          work(signer, job).finally(() => {
            running.delete(id);
            changed('signers', [id]);
          }),
        );
      },
      async pinServer({ revision, id, sha256 }) {
        const { reports, reached } = book();
        const shown = reports.get(id)?.certificate ?? null;
        const place = reached.get(id) ?? null;
        const typed = bareFingerprint(sha256).replaceAll(/[\s:]/g, '').toUpperCase();
        if (shown !== null && typed !== shown.sha256) {
          const message = 'This is not the fingerprint of the certificate that the server showed.';
          throw new AppError('INVALID_INPUT', message, { fields: [{ path: 'sha256', message }] });
        }
        const summary = `The certificate with SHA-256 ${typed} is to be the only one of its server; it is pending`;
        await deps.configure.hold(
          revision,
          { action: 'signers.pinServer', id, summary },
          (document, stored) => {
            const { name, settings } = found(stored, id);
            const seen = shown !== null && isDeepStrictEqual(place, endpointOf(settings));
            if (settings.kind !== 'kmip' || !seen)
              throw new AppError('NOT_ALLOWED_NOW', `Let the doctor examine ${name} first.`, { ids: [id] });
            const pinned = { ...settings, serverSha256: typed, serverCertPath: null, insecure: false };
            return {
              ...document,
              signers: document.signers.map((one) => (one.id === id ? { ...one, settings: pinned } : one)),
            };
          },
        );
        return {};
      },
      async report({ id }) {
        const { signers } = documentOf(await session().store.run('signers.config', {}));
        const { reports, examined } = book();
        const report = reports.get(id);
        const settings = signers.find((one) => one.id === id)?.settings ?? null;
        if (report === undefined) return null;
        const same = settings === null || isDeepStrictEqual(signerSettings.parse(settings), examined.get(id));
        return { ...structuredClone(report), otherSettings: !same };
      },
    },
    endpoints: () => [...book().running.values()].filter((place) => place !== null),
    async applying(apply) {
      const mine = book();
      const { promise, resolve } = Promise.withResolvers<void>();
      const before = mine.applying;
      mine.applying = before.then(() => promise);
      try {
        await before;
        await requireNoneChanged();
        return await apply();
      } finally {
        resolve();
      }
    },
    typed: (signer) => book().pins.typed(signer),
    locking() {
      books.get(session())?.pins.locking();
    },
  };
}
