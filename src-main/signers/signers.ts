/**
 * The `signers.*` channels, and the signers of the unlocked workspace for the router. What a device does is in lifecycle/, what
 * is configured in config/.
 */
import type { Topic } from '#shared/bridge.ts';
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import type { DeviceTable } from '#shared/contract/signer-doctor.ts';
import { jobRefusal } from '../audit/job-refusal.ts';
import { AppError } from '../lib/app-error.ts';
import type { Domain, TicketPaths } from '../lib/domain.ts';
import { newId } from '../lib/ids.ts';
import type { JobContext, Jobs } from '../lib/jobs.ts';
import type { Log } from '../lib/log.ts';
import type { HsmEndpoint } from '../lib/net-gate.ts';
import type { Clock, Random } from '../ports.ts';
import type { Session } from '../store/store-contract.ts';
import { createConfigure } from './config/configure.ts';
import { variablesFor } from './config/secret-variables.ts';
import { tomlChannels } from './config/toml-channels.ts';
import { createDoctor, type MakeLooks } from './doctor/doctor.ts';
import type { DeviceKey } from './device.ts';
import { adoptKey, bindAgain, listDeviceKeys, probe } from './lifecycle/device-keys.ts';
import { createLiveSigners, type DeviceKinds, type LiveSigners } from './lifecycle/live-signers.ts';
import { createKeyLists } from './key-lists.ts';
import { findMovedTokens } from './moved-tokens.ts';
import { listSigners } from './list-signers.ts';
import type { RoutedKey, SignerTable } from './router.ts';
import type { Signer } from './signer.ts';
import { tokenChannels } from './token-channels.ts';
import type { TokenTools } from './token-tools.ts';

export interface SignersDeps {
  clock: Clock;
  random: Random;
  log: Log;
  jobs: Jobs;
  blobs: { take(id: string): { name: string; bytes: Buffer } };
  tickets: TicketPaths;
  session(): Session;
  software: Signer;
  kinds: DeviceKinds;
  tools: TokenTools;
  looks: MakeLooks;
  version: string;
  changed(topic: Topic, ids: string[]): void;
}

export interface Signers {
  /** Without those of migration.ts, which asks the owners of keys. */
  domain: Omit<Domain<'signers'>, 'migration' | 'roll'>;
  /** Throws AppError LOCKED, NO_WORKSPACE. */
  table(): SignerTable;
  /** Announces the signers of a workspace that is being unlocked (H-019). */
  begin(session: Session): Promise<void>;
  /** Ends every contact and forgets every PIN. First: what waits for a person ends by it. */
  locking(): Promise<void>;
  /** Contacts a device as a person who wants it now; answers what keys it makes. Throws AppError as the signer port says. */
  contact(id: string, signal: AbortSignal): Promise<readonly KeyAlgorithm[]>;
  /** The next contact destroys this key. */
  giveUp(key: RoutedKey): void;
  /** What an offline station may connect to: its KMIP server, or with none in force the one that is being examined. */
  endpoints(): (HsmEndpoint & { examined: boolean })[];
}

export function createSigners(deps: SignersDeps): Signers {
  const { clock, random, jobs, session, changed } = deps;
  // A new workspace begins before the one that is open ends, so each session has its own.
  const lives = new WeakMap<Session, LiveSigners>();

  function live(): LiveSigners {
    const found = lives.get(session());
    if (found === undefined) throw new AppError('LOCKED', 'The workspace is locked. Unlock it first.');
    return found;
  }

  const configure = createConfigure({
    ...{ random, session, live, changed },
    typed: (signer) => doctor.typed(signer),
  });
  /** The signer, and the device by its serial: as it was met last, or as it was bound. */
  function subjects(id: string) {
    const contact = lives.get(session())?.all().get(id)?.contact;
    const serial = contact?.serial() ?? contact?.binding()?.serial;
    return [
      { type: 'signer', id, sha256: null },
      ...(serial === undefined ? [] : [{ type: 'device', id: serial, sha256: null }]),
    ];
  }

  /** A job with one device: on record, done or refused. `work` answers the sentence of the record, or null when it made its own. */
  function deviceJob(
    id: string,
    what: { action: string; title: string },
    work: (job: JobContext) => Promise<{ summary: string | null; ids?: string[] }>,
  ): { job: string } {
    return {
      job: jobs.start({
        kind: what.action,
        title: what.title,
        async run(job) {
          const { summary, ids = [] } = await work(job);
          if (summary !== null)
            await session().store.run('audit.add', {
              audit: { action: what.action, outcome: 'done', summary, subjects: subjects(id) },
            });
          return ids;
        },
        refused: jobRefusal(deps, what.action, what.title, subjects(id)),
      }),
    };
  }

  const found = new Map<string, DeviceTable>();
  const tools: TokenTools = {
    ...deps.tools,
    // The screen was shown no secret variable, and sends its mask back.
    async slots(library, signal) {
      const environment = await variablesFor(session(), library);
      return deps.tools.slots({ ...library, environment }, signal);
    },
    async initToken(library, token, signal) {
      const environment = await variablesFor(session(), library);
      return deps.tools.initToken({ ...library, environment }, token, signal);
    },
  };
  const doctor = createDoctor({ ...deps, live, configure, deviceJob });

  const begunOn = (id: string) => {
    const { unfinished } = live();
    const serial = live().find(id).contact.serial();
    return {
      among: (list: () => Promise<readonly DeviceKey[]>) => unfinished.among({ signer: id, serial }, list),
    };
  };

  const keyLists = createKeyLists({
    jobs,
    nameOf(id) {
      live().find(id);
      return live().name(id);
    },
    list: (id, job) => listDeviceKeys(live().find(id), session(), id, begunOn(id), clock.now(), job),
  });

  function endpoints(): ReturnType<Signers['endpoints']> {
    const inForce = [...live().all().values()].map(({ settings }) => settings());
    const first = inForce.filter((settings) => settings.kind === 'kmip').slice(0, 1);
    const known = first.map(({ host, port }) => ({ address: host, port, examined: false }));
    // SECURITY: nothing beside the one that is in force, whatever is being examined.
    if (known.length > 0) return known;
    return doctor
      .endpoints()
      .slice(0, 1)
      .map((one) => ({ ...one, examined: true }));
  }

  const domain: Signers['domain'] = {
    ...configure.channels,
    ...tomlChannels({ ...deps, configure, found }),
    ...doctor.channels,
    apply: (asked) => doctor.applying(async () => configure.channels.apply(asked)),
    ...tokenChannels({ ...deps, tools, live, configure, deviceJob, found }),
    list: () => listSigners(session(), live()),
    endpoints: () => ({ endpoints: endpoints() }),
    prompts: () => ({ prompts: live().prompts.list() }),
    async answer({ prompt, pin, keep }) {
      await live().prompts.answer(prompt, { pin: new Uint8Array(Buffer.from(pin, 'utf8')), keep });
      return {};
    },
    async cancelPrompt({ prompt }) {
      const shown = live()
        .prompts.list()
        .find(({ id }) => id === prompt);
      live().prompts.cancel(prompt);
      await session().store.run('audit.add', {
        audit: {
          action: 'signers.cancelPrompt',
          outcome: 'done',
          summary: `What ${shown?.signerName ?? 'a signer'} waited for was cancelled`,
          subjects: subjects(shown?.signer ?? ''),
        },
      });
      return {};
    },
    probe({ id }) {
      const managed = live().find(id);
      const name = live().name(id);
      return deviceJob(id, { action: 'signers.probe', title: `Test of ${name}` }, async (job) => ({
        summary: await probe(managed, name, job),
      }));
    },
    login({ id }) {
      const managed = live().find(id);
      const name = live().name(id);
      return deviceJob(id, { action: 'signers.login', title: `Login to ${name}` }, async (job) => {
        job.report(null, 'Contacting it');
        const serial = await managed.withDevice({ force: true, signal: job.signal }, (_device, facts) =>
          Promise.resolve(facts.serial),
        );
        return { summary: `Logged in to ${name} (serial ${serial})` };
      });
    },
    async logout({ id }) {
      await live().find(id).contact.logout();
      await session().store.run('audit.add', {
        audit: {
          action: 'signers.logout',
          outcome: 'done',
          summary: `Logged out of ${live().name(id)}; its PIN in memory is forgotten`,
          subjects: subjects(id),
        },
      });
      return {};
    },
    async forgetRefusal({ id }) {
      const { pins, contact } = live().find(id);
      await pins.forgetRefusals();
      contact.reset();
      changed('signers', [id]);
      return {};
    },
    bindAgain({ id }) {
      const managed = live().find(id);
      const name = live().name(id);
      return deviceJob(id, { action: 'signers.bindAgain', title: `${name} bound again` }, async (job) => {
        await bindAgain(managed, session(), { id, name }, job);
        return { summary: null };
      });
    },
    async forgetUnfinished({ id, key }) {
      await live().unfinished.forget(id, key);
      return {};
    },
    ...keyLists.channels,
    adopt({ id, spkiSha256, label }) {
      const managed = live().find(id);
      const name = live().name(id);
      const title = `Taking in "${label}" from ${name}`;
      return deviceJob(id, { action: 'signers.adopt', title }, async (job) => {
        const wanted = { id: newId('key', random), signer: id, name, spkiSha256, label };
        const key = await adoptKey(managed, session(), begunOn(id), wanted, job);
        changed('keys', [key]);
        changed('certificates', []);
        changed('authorities', []);
        return { summary: null, ids: [key] };
      });
    },
  };

  return {
    domain,
    table: () => live().table,
    async begin(starting) {
      let stored = await starting.store.run('signers.config', {});
      try {
        if (await findMovedTokens(starting, stored)) stored = await starting.store.run('signers.config', {});
      } catch (error) {
        // The workspace opens all the same; the signer says that its token is not there.
        deps.log.failure('finding the rehearsal tokens of a moved workspace', error);
      }
      lives.set(starting, createLiveSigners(deps, starting, stored));
    },
    async locking() {
      found.clear();
      keyLists.forget();
      doctor.locking();
      await lives.get(session())?.stop();
    },
    contact: (id, signal) =>
      live()
        .find(id)
        .withDevice({ force: true, signal }, (_device, { algorithms }) => Promise.resolve(algorithms)),
    giveUp: ({ signer, handle }) => live().unfinished.giveUp(signer, handle),
    endpoints,
  };
}
