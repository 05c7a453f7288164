/** Publishing as the proxy's actions need it: everything at once, remembered as done, a failure kept to be shown. */
import { AppError } from '../../lib/app-error.ts';
import type { Net } from '../../ports.ts';
import { anchorFiles, type Publication } from '../publish/publication.ts';
import { publishAll } from '../publish/publish-all.ts';
import type { TaDeps } from '../ta.ts';
import type { LocalCas } from './local-cas.ts';
import type { HeldProxy } from './held-proxy.ts';
import { restoredText } from './proxy-view.ts';
import type { RunningProxy } from './running-proxy.ts';

export interface Publisher {
  /** Throws AppError of the target; what is stored stays. */
  publish(): Promise<void>;
  /** The same, but a refusal of the target is kept for `problem` and not thrown: what came before it is done. */
  publishOrNote(): Promise<void>;
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

  async function once(): Promise<void> {
    const held = await proxy.required();
    const anchor = anchorOf(held);
    const number = String(held.state.signer?.objects.number ?? '');
    const { count, refused } = await publishAll(
      { net: deps.net, now: () => clock.now(), again: held.state.published !== null },
      [anchor, ...(await locals.publications())],
    );
    const names = refused.map(({ publication }) => publication.publisher);
    if (refused.every(({ publication }) => publication !== anchor))
      await proxy.change(
        ({ state }) => ({ ...state, published: { at: clock.now().toISOString(), number, refused: names } }),
        () => ({
          action: 'ta.publish',
          summary: `Published ${count} objects, manifest number ${number}, at ${anchor.contact.base}`,
          subjects: [],
        }),
      );
    const [first] = refused;
    if (first !== undefined)
      throw new AppError(
        first.error.code,
        `${first.publication.publisher}: ${first.error.message}`,
        first.error.details,
      );
    problem = null;
  }

  function publish(): Promise<void> {
    const next = last.then(once);
    // Two at once would write over each other.
    last = next.catch(() => undefined);
    return next;
  }

  return {
    publish,
    async publishOrNote() {
      try {
        await publish();
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
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
