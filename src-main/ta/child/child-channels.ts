/** The `ta.local…` channels: the local children as the operator sees and moves them. What happens is in the files beside this. */
import type { ChildExport } from '#shared/contract/ta-child.ts';
import { AppError } from '../../lib/app-error.ts';
import type { Domain } from '../../lib/domain.ts';
import { requireResources } from '../proxy/change-children.ts';
import { typedResources } from '../proxy/child-info.ts';
import { requireDate } from '../signer/clock.ts';
import type { Roll, RollTarget } from '../../signers/migration.ts';
import type { RunningProxy } from '../proxy/running-proxy.ts';
import type { ProxyState } from '../proxy/proxy-state.ts';
import type { TaDeps } from '../ta.ts';
import { writeOut } from '../write-out.ts';
import { addHere, requireAddable } from './add-here.ts';
import { readChildAnswer } from './child-answer.ts';
import { childFile } from './child-files.ts';
import { childView } from './child-view.ts';
import { connectChild, isRemoved, repositoryHere, requireUnknown, standingOf } from './connect-child.ts';
import { configureParent, configureRepository } from './configure-child.ts';
import { createChild, requireFreeHandle } from './create-child.ts';
import { endChild } from './end-child.ts';
import { childRoll, type RollStep } from './child-roll.ts';
import { goOnChild, madeAhead } from './go-on-child.ts';
import { type ChildDeps, type HeldChild, heldChild, heldChildren } from './held-child.ts';
import type { LocalChildren } from './local-children.ts';
import { keyIn } from './local-child.ts';
import { shortKey } from '../short-key.ts';
import type { Parent } from './parent.ts';
import { activateKey, startRoll } from './roll-key.ts';

type Names = Extract<keyof Domain<'ta'>, `local${string}`>;

export interface ChildChannelDeps extends Pick<
  TaDeps,
  'clock' | 'random' | 'jobs' | 'blobs' | 'tickets' | 'session' | 'router' | 'changed'
> {
  parent: Parent;
  locals: LocalChildren;
  /** The trust anchor's online half; null while there is none. */
  proxyState(): Promise<ProxyState | null>;
  proxy(): RunningProxy;
  /** Where children of the proxy send their messages. */
  serviceUri(child: string): Promise<string>;
  /** Publishes what is not out; a refusal of the target is kept by the publisher. */
  publish(): Promise<void>;
  /** Bases below which not everything is out that is to be. */
  unpublished(): Promise<ReadonlySet<string>>;
  refusedEntry(action: string, title: string): (error: AppError) => Promise<void>;
}

/** `configure` and `file`: the same as the channels, for files that come and go another way. */
export function childChannels(deps: ChildChannelDeps): {
  channels: Pick<Domain<'ta'>, Names>;
  configure(handle: string, name: string, bytes: Uint8Array): Promise<string>;
  file(handle: string, what: ChildExport): Promise<Uint8Array>;
  rolls(target: RollTarget): Promise<Roll[]>;
} {
  const { parent, locals, changed, jobs, session, clock } = deps;
  const own: ChildDeps = { ...deps, now: () => clock.now() };

  /** Tells the window, and publishes what came of it. */
  async function after<T>(step: () => Promise<T>): Promise<T> {
    const result = await step();
    changed('ta', []);
    changed('keys', []);
    await deps.publish();
    return result;
  }

  async function configure(handle: string, name: string, bytes: Uint8Array): Promise<string> {
    const answer = readChildAnswer(name, bytes);
    const says = await locals.inTurn(handle, async (held) => {
      if (answer.kind === 'parent') {
        await configureParent(own, held, answer.parent, await parent.identity());
        return `${handle} has the parent ${answer.parent.handle} now.`;
      }
      await configureRepository(own, held, answer.repository);
      return `${handle} publishes at ${answer.repository.base} from now on.`;
    });
    changed('ta', []);
    return says;
  }

  async function file(handle: string, what: ChildExport): Promise<Uint8Array> {
    const { child } = await heldChild(own, handle);
    const folder = repositoryHere((await deps.proxyState())?.repository ?? null, child.handle);
    return childFile(child, what, folder);
  }

  const roll = (
    handle: string,
    step: RollStep,
    signer: string | null = null,
    signal?: AbortSignal,
  ): Promise<HeldChild> =>
    after(() =>
      locals.inTurn(handle, (held) =>
        step === 'start' ? startRoll(own, held, signer, signal) : activateKey(own, held),
      ),
    );

  const channels: Pick<Domain<'ta'>, Names> = {
    async localChildren() {
      const held = await heldChildren(own);
      const timing = await parent.timing();
      const state = await deps.proxyState();
      const unpublished = await deps.unpublished();
      return {
        children: held.map((one) => {
          const isOut = !unpublished.has(one.child.repository?.base ?? '');
          return childView(one, { timing, isOut, standing: standingOf(state, one.child) }, clock.now());
        }),
      };
    },
    async localCreate({ handle, signer }) {
      await requireFreeHandle(own, handle);
      const title = `Make the local child ${handle}`;
      return {
        job: jobs.start({
          kind: 'ta.localCreate',
          title,
          async run(job) {
            const ids = await createChild(own, { handle, signer }, job);
            changed('ta', []);
            changed('keys', []);
            return ids;
          },
          refused: deps.refusedEntry('ta.localCreate', title),
        }),
      };
    },
    async localAdd({ handle, resources: texts, signer }) {
      const resources = typedResources(texts);
      // Before its keys are made.
      requireResources(resources);
      const here = { ...own, proxy: deps.proxy(), locals, serviceUri: deps.serviceUri };
      await requireAddable(here, handle);
      const title = `Add the child ${handle}`;
      return {
        job: jobs.start({
          kind: 'ta.localAdd',
          title,
          async run(job) {
            await after(() => addHere(here, { handle, resources, signer }, job));
            return [handle];
          },
          refused: deps.refusedEntry('ta.localAdd', title),
        }),
      };
    },
    async localConfigure({ handle, blob }) {
      const { name, bytes } = deps.blobs.take(blob);
      return { says: await configure(handle, name, bytes) };
    },
    async localConnect({ handle }) {
      const here = { state: await deps.proxyState(), serviceUri: await deps.serviceUri(handle) };
      const says = await locals.inTurn(handle, (held) => connectChild(own, held, here));
      changed('ta', []);
      return { says };
    },
    async localAsk({ handle }) {
      // One that is not there is refused; one that cannot be asked says why.
      if (handle !== null) await heldChild(own, handle);
      return { told: await after(() => locals.ask(handle)) };
    },
    async localRoll({ handle, step }) {
      const { child } = await roll(handle, step);
      const key = keyIn(child, step === 'start' ? 'pending' : 'active');
      const name = key === undefined ? '' : shortKey(key.keyId);
      return {
        says:
          step === 'start'
            ? `The new key ${name} is made. Ask the parent for its certificate.`
            : `Key ${name} signs from now on. Ask the parent to revoke the old one.`,
      };
    },
    async localGoOn({ handle, today }) {
      const { child } = await heldChild(own, handle);
      if (madeAhead(child, clock.now()) === null)
        throw new AppError(
          'NOT_ALLOWED_NOW',
          `Nothing of ${handle} was signed ahead of this clock: go on as always.`,
        );
      requireDate(today, clock.now());
      await after(() => locals.inTurn(handle, (held) => goOnChild(own, held)));
      return { says: `${handle} goes on from this clock: CRL and manifest are made anew.` };
    },
    async localRemove({ handle, confirm }) {
      const { child } = await heldChild(own, handle);
      if (confirm.trim() !== handle)
        throw new AppError('INVALID_INPUT', 'Type the handle of the child to delete it.', {
          fields: [{ path: 'confirm', message: `Type ${handle}` }],
        });
      const state = await deps.proxyState();
      requireUnknown(state, child);
      // Its server can be told to withdraw as long as the identity is there.
      if (isRemoved(state, child)) await deps.publish();
      await locals.inTurn(handle, async (held) => {
        requireUnknown(await deps.proxyState(), held.child);
        await endChild(own, held);
      });
      changed('ta', []);
      changed('keys', []);
      return {};
    },
    async localExport({ handle, what, target, overwrite }) {
      return writeOut(
        { clock, tickets: deps.tickets, session, changed },
        {
          action: 'ta.localExport',
          what,
          id: handle,
          content: await file(handle, what),
          target,
          overwrite,
        },
      );
    },
  };
  const rolls = async (target: RollTarget): Promise<Roll[]> => {
    const state = await deps.proxyState();
    return (await heldChildren(own)).map((held) =>
      childRoll(held, { target, removed: isRemoved(state, held.child), roll }),
    );
  };
  return { channels, configure, file, rolls };
}
