/**
 * What the trust anchor serves while it listens: provisioning for enrolled children, its certificate and TAL. Off until it is
 * started. With the workspace locked, certificate and TAL are handed out, which takes no secret, and children are told to come again,
 * unless the operator chose that it goes on for some hours. A listener with TLS has a key: it rests while locked, unless it goes on.
 */
import type { KeyObject } from 'node:crypto';
import type { ServiceSettings, ServiceView } from '#shared/contract/ta-service.ts';
import { AppError } from '../../lib/app-error.ts';
import { createRate } from '../../lib/rate.ts';
import type { Clock, Listener, NetCall, NetReply } from '../../ports.ts';
import { talText } from '../signer/signer-view.ts';
import type { TaDeps } from '../ta.ts';
import { networkOf } from './caller.ts';
import type { Heard } from './guard-child.ts';
import { createLockedProxy, type HeldQuery, type LockedProxy } from './locked-proxy.ts';
import { answerCall } from './provisioning-server.ts';
import { TA_HANDLE } from './repository.ts';
import type { AssociatedSigner } from './proxy-state.ts';
import type { AnsweringProxy, RunningProxy } from './running-proxy.ts';
import { CERTIFICATE_PATH, rootUri, TAL_PATH } from './service-settings.ts';

/** Krill's own limit for provisioning messages. */
const MOST_BODY = 1_048_576;
const MOST_REFUSALS = 20;
const HOUR_MS = 3_600_000;
/** Of one caller, and its pace. */
const BURST = 60;
const EACH_MS = 1000;

interface Running {
  listener: Listener;
  /** Folder of the workspace it listens for. */
  workspace: string;
  since: Date;
  settings: ServiceSettings;
  answered: number;
  refusals: { at: Date; client: string; text: string }[];
  refused: number;
}

export interface Service {
  /** Throws AppError NOT_ALLOWED_NOW when it runs already or there is no proxy. */
  start(settings: ServiceSettings, tls: { keyPem: string; certPem: string } | null): Promise<void>;
  stop(): Promise<void>;
  view(): Pick<ServiceView, 'running' | 'lockedUntil'>;
  /** What may be said of it while the workspace is locked. */
  serving(): { running: boolean; lockedUntil: string | null };
  /** From the next lock on, for so long. `key` is the identity's; null ends it. */
  serveLocked(choice: { key: KeyObject; hours: number } | null): void;
  /** The workspace is being locked: keeps what the choice allows, and no key beside that. Resolves when it is held. */
  locking(): Promise<void>;
  /** Where it listened with TLS until the lock, to be started again; null: it rested nowhere. */
  rested(): ServiceSettings | null;
  /** It was unlocked again: answers what was asked meanwhile, and forgets the key. */
  unlocked(): { answered: number; queries: readonly HeldQuery[]; heard: ReadonlyMap<string, Heard> } | null;
}

const plain = (status: number, said: string): NetReply => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: Buffer.from(`${said}\n`, 'utf8'),
});

/** What relying parties fetch: public, and signed by the key of the trust anchor. */
function publicFile(signer: AssociatedSigner | null, path: string): NetReply {
  if (signer === null) return plain(404, 'The trust anchor is not set up yet.');
  return path === CERTIFICATE_PATH
    ? {
        status: 200,
        headers: { 'content-type': 'application/x-x509-ca-cert' },
        body: signer.certificate.der,
      }
    : plain(200, talText(signer));
}

function handleOf(path: string): string | null {
  const prefix = `/rfc6492/${TA_HANDLE}/`;
  if (!path.startsWith(prefix)) return null;
  try {
    return decodeURIComponent(path.slice(prefix.length));
  } catch {
    // No percent encoding: nobody's path.
    return null;
  }
}

export function createService(
  deps: Pick<TaDeps, 'net' | 'random' | 'changed' | 'session' | 'failed'> & {
    clock: Clock;
    proxy: RunningProxy;
  },
): Service {
  const { clock, proxy, net, changed } = deps;
  const now = (): Date => clock.now();
  let running: Running | null = null;
  let choice: { key: KeyObject; until: Date; cancel: () => void } | null = null;
  let locked: LockedProxy | 'silent' | null = null;
  /** As it was when the workspace was locked. */
  let publicSince: AssociatedSigner | null = null;
  let resting: Pick<Running, 'workspace' | 'settings'> | null = null;
  const rate = createRate({ now: () => now().getTime(), burst: BURST, eachMs: EACH_MS });

  const goesOn = (): boolean => choice !== null && choice.until.getTime() > now().getTime();
  const lockedUntil = (): string | null => (goesOn() ? (choice?.until.toISOString() ?? null) : null);

  /** null also when its listener was closed with the workspace it belonged to. */
  function present(): Running | null {
    if (running?.listener.isOpen() === false) running = null;
    return running;
  }

  /** Who answers now; null: nobody. */
  function answering(): AnsweringProxy | null {
    if (locked === null) return proxy;
    if (locked === 'silent') return null;
    return goesOn() ? locked : null;
  }

  /** SECURITY: what listens with TLS has a key, and without the operator's choice no key stays while it is locked. */
  async function closeForLock(): Promise<void> {
    const here = present();
    if (here === null || here.settings.certificate === null) return;
    resting = here;
    running = null;
    await here.listener.close();
  }

  /** SECURITY: when the time is over or nothing listens any more the key goes, whether anybody asks or not. */
  function endChoice(): void {
    choice?.cancel();
    choice = null;
    if (locked !== null && locked !== 'silent') locked.forgetKey();
  }

  function timeIsOver(): void {
    endChoice();
    if (locked !== null) closeForLock().catch(deps.failed);
  }

  async function answer(call: NetCall): Promise<NetReply> {
    if (!rate.allows(networkOf(call.client))) return plain(429, 'Too many messages; try again in a minute.');
    if (call.method === 'GET' && (call.path === CERTIFICATE_PATH || call.path === TAL_PATH))
      return publicFile(locked === null ? (await proxy.required()).state.signer : publicSince, call.path);
    const from = answering();
    if (from === null) return plain(503, 'The trust anchor is locked by its operator; try again later.');
    const handle = handleOf(call.path);
    return handle === null ? plain(404, 'There is nothing here.') : answerCall(from, handle, call, now());
  }

  async function counted(call: NetCall): Promise<NetReply> {
    const reply = await answer(call);
    if (running !== null) {
      if (reply.status === 200) running.answered += 1;
      else {
        running.refused += 1;
        const said = Buffer.from(reply.body ?? [])
          .toString('utf8')
          .trim();
        running.refusals = [{ at: now(), client: call.client, text: said }, ...running.refusals].slice(
          0,
          MOST_REFUSALS,
        );
      }
      if (locked === null) changed('ta', []);
    }
    return reply;
  }

  return {
    async start(settings, tls) {
      if (present() !== null) throw new AppError('NOT_ALLOWED_NOW', 'It listens already. Stop it first.');
      await proxy.required();
      const { host, port } = settings;
      const listener = await net.listen(
        { host, port, tls, maxBodyBytes: MOST_BODY, staysWhileLocked: true, ended: endChoice },
        counted,
      );
      const workspace = deps.session().workspace.path;
      running = { listener, workspace, since: now(), settings, answered: 0, refused: 0, refusals: [] };
    },
    async stop() {
      const old = running;
      running = null;
      await old?.listener.close();
    },
    view() {
      const here = present();
      return {
        running:
          here === null
            ? null
            : {
                since: here.since.toISOString(),
                uri: rootUri(here.settings),
                tls: here.settings.certificate !== null,
                answered: here.answered,
                refused: here.refused,
                refusals: here.refusals.map(({ at, ...rest }) => ({ at: at.toISOString(), ...rest })),
              },
        lockedUntil: lockedUntil(),
      };
    },
    serving: () => ({ running: present() !== null, lockedUntil: lockedUntil() }),
    serveLocked(chosen) {
      endChoice();
      if (chosen === null) return;
      const ms = chosen.hours * HOUR_MS;
      choice = {
        key: chosen.key,
        until: new Date(now().getTime() + ms),
        cancel: clock.after(ms, timeIsOver),
      };
    },
    async locking() {
      if (present() === null) return endChoice();
      const held = await proxy.held();
      publicSince = held?.state.signer ?? null;
      locked =
        held === null || choice === null || !goesOn()
          ? 'silent'
          : createLockedProxy(
              { random: deps.random, now },
              { state: held.state, key: choice.key, workspace: deps.session().workspace.path },
            );
      if (locked !== 'silent') return;
      endChoice();
      await closeForLock();
    },
    rested() {
      const was = resting;
      resting = null;
      return was?.workspace === deps.session().workspace.path ? was.settings : null;
    },
    unlocked() {
      const was = locked;
      // Told of it again while it is unlocked: a choice that was made meanwhile stays.
      if (was === null) return null;
      locked = null;
      publicSince = null;
      endChoice();
      // What another workspace was asked is not told to this one; its children ask again.
      if (was === 'silent' || was.workspace !== deps.session().workspace.path) return null;
      return { answered: was.answered(), queries: was.queries, heard: was.heard() };
    },
  };
}
