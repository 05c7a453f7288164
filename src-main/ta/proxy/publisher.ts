/** Publishing as the proxy's actions need it: everything at once, remembered as done, a failure kept to be shown. */
import { AppError } from '../../lib/app-error.ts';
import type { Net } from '../../ports.ts';
import { notOut, nowOut, sameOut } from '../publish/out-there.ts';
import { anchorFiles, type Publication } from '../publish/publication.ts';
import { publishAll } from '../publish/publish-all.ts';
import type { TaDeps } from '../ta.ts';
import type { LocalCas } from './local-cas.ts';
import type { HeldProxy } from './held-proxy.ts';
import { restoredText } from './proxy-view.ts';
import type { RunningProxy } from './running-proxy.ts';

/** How it is called, and the base of what is to be out there. */
export interface Unpublished {
  publisher: string;
  base: string;
}

export interface Publisher {
  /** Throws AppError of the target; what is stored stays. */
  publish(): Promise<void>;
  /** The same, but a refusal of the target is kept for `problem` and not thrown: what came before it is done. */
  publishOrNote(): Promise<void>;
  /**
   * Whose newest objects are not out, the trust anchor's first: that follows from what is stored, so a crash, a lock or a restart
   * loses none of it. None while nothing may be published.
   */
  pending(): Promise<Unpublished[]>;
  /** Why the last attempt failed, or null. */
  problem(): string | null;
  clear(): void;
}

function anchorOf({ state, signing, highest }: HeldProxy): Publication {
  const { repository, signer } = state;
  if (repository === null || signer === null)
    throw new AppError('NOT_ALLOWED_NOW', 'There is nothing to publish before a signer is associated.');
  if (signer.objects.number < highest)
    throw new AppError('NOT_ALLOWED_NOW', restoredText(signer.objects.number, highest));
  return {
    publisher: repository.publisherHandle,
    contact: repository.contact,
    target: repository.target,
    signing,
    files: anchorFiles(signer.objects),
  };
}

export function createPublisher(
  deps: TaDeps & { net: Net; proxy: RunningProxy; locals: LocalCas },
): Publisher {
  const { clock, proxy, locals } = deps;
  let problem: string | null = null;
  let last: Promise<unknown> = Promise.resolve();

  /** `asked`: by a person, who finds it on record also when nothing is new. */
  async function once(asked: boolean): Promise<void> {
    const held = await proxy.required();
    const anchor = anchorOf(held);
    const number = String(held.state.signer?.objects.number ?? '');
    const all = [anchor, ...(await locals.publications())];
    const { count, refused } = await publishAll(
      { net: deps.net, now: () => clock.now(), again: held.state.published !== null },
      all,
    );
    const without = new Set(refused.map(({ publication }) => publication));
    const out = nowOut(held.state.out, all, without);
    const isNew = asked || held.state.published === null || !sameOut(out, held.state.out);
    if (isNew && without.size < all.length)
      await proxy.change(
        ({ state }) => ({
          ...state,
          out,
          published: without.has(anchor) ? state.published : { at: clock.now().toISOString(), number },
        }),
        () => ({
          action: 'ta.publish',
          summary: without.has(anchor)
            ? `Published ${count} objects of what is below the trust anchor, and none of its own`
            : `Published ${count} objects, manifest number ${number}, at ${anchor.contact.base}`,
          subjects: [],
        }),
      );
    const [first] = refused;
    if (first !== undefined)
      throw new AppError(
        first.error.code,
        first.publication.target.kind === 'folder'
          ? first.error.message
          : `${first.publication.publisher}: ${first.error.message}`,
        first.error.details,
      );
    problem = null;
  }

  function publish(asked: boolean): Promise<void> {
    const next = last.then(() => once(asked));
    // Two at once would write over each other.
    last = next.catch(() => undefined);
    return next;
  }

  return {
    publish: () => publish(true),
    async pending() {
      const held = await proxy.held();
      if (held === null) return [];
      const { repository, signer, out } = held.state;
      if (repository === null || signer === null || signer.objects.number < held.highest) return [];
      return notOut(out, [anchorOf(held), ...(await locals.publications())]);
    },
    async publishOrNote() {
      try {
        await publish(false);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        // It is tried again every quarter of an hour: the same again is no news.
        if (problem === error.message) return;
        problem = error.message;
        await deps.session().store.run('audit.add', {
          audit: {
            action: 'ta.publish',
            outcome: 'refused',
            summary: `Publishing failed: ${error.message}`.slice(0, 300),
            subjects: [],
          },
        });
        deps.changed('ta', []);
      }
    },
    problem: () => problem,
    clear() {
      problem = null;
    },
  };
}
