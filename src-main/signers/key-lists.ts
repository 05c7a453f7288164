/** The keys on each device as a job listed them last: a server of a thousand keys takes its time, and can be left alone. Until the lock. */
import type { Answer } from '#shared/contract/index.ts';
import type { Domain } from '../lib/domain.ts';
import type { JobContext, Jobs } from '../lib/jobs.ts';

type Found = NonNullable<Answer<'signers.deviceKeysFound'>>;

interface KeyLists {
  channels: Pick<Domain<'signers'>, 'deviceKeys' | 'deviceKeysFound'>;
  /** The workspace is being locked. */
  forget(): void;
}

/** `nameOf` throws AppError when there is no such signer; `list` throws what the job fails with. */
export function createKeyLists(deps: {
  jobs: Pick<Jobs, 'start'>;
  nameOf(id: string): string;
  list(id: string, job: JobContext): Promise<Found>;
}): KeyLists {
  const { jobs, nameOf, list } = deps;
  const found = new Map<string, Found>();
  const running = new Map<string, string>();
  return {
    channels: {
      deviceKeys({ id }) {
        const known = running.get(id);
        if (known !== undefined) return { job: known };
        const job = jobs.start({
          kind: 'signers.deviceKeys',
          title: `Keys on ${nameOf(id)}`,
          async run(context) {
            try {
              const listed = await list(id, context);
              // Whoever locks has cancelled it.
              context.signal.throwIfAborted();
              found.set(id, listed);
              return [];
            } finally {
              running.delete(id);
            }
          },
        });
        running.set(id, job);
        return { job };
      },
      deviceKeysFound: ({ id }) => found.get(id) ?? null,
    },
    forget() {
      found.clear();
      running.clear();
    },
  };
}
