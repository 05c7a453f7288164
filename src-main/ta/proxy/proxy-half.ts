/** The online half of a trust anchor put together: the proxy, what it publishes, what it serves, and their channels. */
import { AppError } from '../../lib/app-error.ts';
import type { Domain } from '../../lib/domain.ts';
import type { TaDeps } from '../ta.ts';
import type { HeldSigner } from '../signer/held-signer.ts';
import type { Attention } from '../signer/signer-view.ts';
import { exchangeChannels } from './exchange-channels.ts';
import type { LocalCas } from './local-cas.ts';
import { proxyChannels } from './proxy-channels.ts';
import { proxyAttention } from './proxy-attention.ts';
import { localWants } from './proxy-view.ts';
import { isPutOut, notePutOut } from './put-out.ts';
import { repositoryChannels } from './repository-channels.ts';
import { createPublisher, type Publisher } from './publisher.ts';
import { createRunningProxy, type RunningProxy } from './running-proxy.ts';
import { listenerTls } from './listener-tls.ts';
import { createService } from './service.ts';
import { serviceChannels } from './service-channels.ts';
import { childServiceUri, readSettings } from './service-settings.ts';

type Parts = ReturnType<typeof proxyChannels>['channels'] &
  ReturnType<typeof repositoryChannels> &
  ReturnType<typeof exchangeChannels>['channels'] &
  ReturnType<typeof serviceChannels>;

export interface ProxyHalf {
  channels: Pick<Domain<'ta'>, keyof Parts>;
  /** Files that come and go another way than through the window. */
  open: {
    response(name: string, bytes: Uint8Array): Promise<string>;
    signerInfo(name: string, bytes: Uint8Array): Promise<string>;
    childInfo(name: string, bytes: Uint8Array): Promise<string>;
  };
  file: ReturnType<typeof proxyChannels>['file'];
  proxy: RunningProxy;
  publisher: Publisher;
  attention(): Promise<Attention[]>;
  /** ta.cer was found where the TAL says. */
  seenPutOut(): Promise<void>;
  /** It listens. */
  serving(): boolean;
  /** What it knows of its trust anchor, as its signer would say it, with the exchanges it took. Throws AppError. */
  asAnchor(): Promise<Pick<HeldSigner, 'anchor' | 'keySigner' | 'past'>>;
  /** Before the store ends: forgets what was opened, keeps what may go on while locked. */
  locking(): Promise<void>;
  /** Children that asked while it was locked are told to the proxy. */
  unlocked(): Promise<void>;
}

export function createProxyHalf(
  deps: TaDeps & {
    /** Made with the proxy, because they ask it. */
    locals(proxy: RunningProxy): LocalCas;
    refusedEntry(action: string, title: string): (error: AppError) => Promise<void>;
  },
): ProxyHalf {
  const { clock, session } = deps;
  const proxy = createRunningProxy(deps);
  const locals = deps.locals(proxy);
  const publisher = createPublisher({ ...deps, proxy, locals });
  const service = createService({ ...deps, proxy });
  const parts = {
    ...deps,
    proxy,
    locals,
    publisher,
    serviceUri: async (child: string): Promise<string> =>
      childServiceUri(await readSettings(session()), child),
  };
  /** It listened with TLS until the lock: its key is here again. What stands in the way is on record, and it is off. */
  async function listenAgain(): Promise<void> {
    const settings = service.rested();
    if (settings === null) return;
    try {
      await service.start(settings, await listenerTls(deps, settings));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      await session().store.run('audit.add', {
        audit: {
          action: 'ta.startService',
          outcome: 'failed',
          summary: `The trust anchor does not listen again after the lock: ${error.message}`.slice(0, 300),
          subjects: [],
        },
      });
    }
    deps.changed('ta', []);
  }

  const first = proxyChannels(parts);
  const second = exchangeChannels(parts);
  return {
    proxy,
    publisher,
    open: {
      response: second.openResponse,
      signerInfo: first.openSignerInfo,
      childInfo: second.openChildInfo,
    },
    file: first.file,
    channels: {
      ...first.channels,
      ...second.channels,
      ...repositoryChannels(parts),
      ...serviceChannels({ ...deps, service, proxy }),
    },
    async attention() {
      const held = await proxy.held();
      if (held === null) return [];
      const now = clock.now();
      return proxyAttention(held, now, {
        wants: await localWants(locals, held.state, now),
        putOut: await isPutOut(session(), held.state.signer),
        unpublished: (await publisher.pending()).map(({ publisher: name }) => name),
      });
    },
    async seenPutOut() {
      const signer = (await proxy.held())?.state.signer ?? null;
      if (signer === null) return;
      await notePutOut(session(), signer, true);
      deps.changed('ta', []);
    },
    serving: () => service.serving().running,
    async asAnchor() {
      const { state, past } = await proxy.required();
      if (state.signer === null)
        throw new AppError('NOT_ALLOWED_NOW', 'The trust anchor proxy has no associated signer yet.');
      const { identity, timing, signer } = state;
      return { anchor: { ...signer, proxy: identity, timing }, keySigner: 'the signer', past };
    },
    async locking() {
      first.clear();
      second.clear();
      publisher.clear();
      await proxy.keepHeard(null);
      await service.locking();
    },
    async unlocked() {
      proxy.opened(clock.now());
      const meanwhile = service.unlocked();
      await listenAgain();
      if (meanwhile === null) return;
      // In their order, and before anybody else asks. One that is refused now keeps no other back.
      const told = meanwhile.queries.map(({ handle, query, message }) =>
        proxy.asked(handle, query, message).then(
          () => true,
          (error: unknown) => {
            if (error instanceof AppError) return false;
            throw error;
          },
        ),
      );
      const kept = proxy.keepHeard(meanwhile.heard);
      const lost = (await Promise.all(told)).filter((taken) => !taken).length;
      await kept;
      await session().store.run('audit.add', {
        audit: {
          action: 'ta.serveLocked',
          outcome: 'done',
          summary: `Answered ${meanwhile.answered} messages of children while the workspace was locked${lost === 0 ? '' : `; ${lost} wishes could not be taken afterwards, and their children will ask again`}`,
          subjects: [],
        },
      });
    },
  };
}
