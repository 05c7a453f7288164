/**
 * The channels of moving to another default signer by rolling keys (H-030, H-031, H-033). What can be rolled, and how, is said by
 * the domains that own the keys; this asks them, contacts the signer first, and runs one step as a job.
 */
import type { Topic } from '#shared/bridge.ts';
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import type { SignerMigration } from '#shared/contract/signer-migration.ts';
import { jobRefusal } from '../audit/job-refusal.ts';
import { AppError } from '../lib/app-error.ts';
import type { Domain } from '../lib/domain.ts';
import type { JobContext, Jobs } from '../lib/jobs.ts';
import type { Session } from '../store/store-contract.ts';
import { SOFTWARE } from './config/document.ts';
import type { SignerRouter } from './router.ts';
import type { SignerFacts } from './signer.ts';

/** Where keys go: the default signer as far as it is known. */
export interface RollTarget {
  id: string;
  name: string;
  /** Empty while a device was never contacted. */
  algorithms: readonly KeyAlgorithm[];
}

type Row = SignerMigration['rows'][number];

/** One owner of a key, or of two while it is on its way. */
export interface Roll extends Pick<
  Row,
  'owner' | 'title' | 'what' | 'state' | 'text' | 'warning' | 'action'
> {
  /** The ids of the signers that its keys lie on and that it leaves. */
  signers: readonly string[];
  /** The step `action` names; answers the ids of what it made. null: there is none to do here. */
  roll: ((job: JobContext, target: RollTarget) => Promise<string[]>) | null;
}

export interface MigrationDeps {
  jobs: Jobs;
  session(): Session;
  router: SignerRouter;
  changed(topic: Topic, ids: string[]): void;
  /** Contacts a device now; answers what it makes. Throws AppError with the device's own sentence. */
  contact(id: string, signal: AbortSignal): Promise<readonly KeyAlgorithm[]>;
  rolls(target: RollTarget): Promise<Roll[]>;
}

/** Shown of the keys in files. */
const MOST_KEYS = 100;

/** The algorithm of a rolled key: the one it has when the new signer makes it, else the first allowed one that it makes. */
export function rolledAlgorithm(
  current: KeyAlgorithm,
  allowed: readonly KeyAlgorithm[],
  { algorithms }: Pick<RollTarget, 'algorithms'>,
): KeyAlgorithm | null {
  if (algorithms.length === 0 || algorithms.includes(current)) return current;
  return allowed.find((one) => algorithms.includes(one)) ?? null;
}

/** Why nothing can be rolled to it; "" when it may be tried. */
const blockedBy = ({ state, text }: SignerFacts): string => (state === 'unusable' ? text : '');

const gone = (): AppError =>
  new AppError('NOT_FOUND', 'This owner of a key is no longer here. Look at the list again.');

export function migrationChannels(deps: MigrationDeps): Pick<Domain<'signers'>, 'migration' | 'roll'> {
  const { jobs, session, router, changed } = deps;
  /** Owners whose key is being rolled: a second roll would make a key for nothing. A lock waits for the end of each. */
  const rolling = new Set<string>();

  async function defaultFacts(): Promise<{ facts: SignerFacts; names: ReadonlyMap<string, string> }> {
    const signers = await router.describe();
    const facts = signers.find(({ id }) => id === router.defaultSigner());
    if (facts === undefined)
      throw new AppError('NOT_ALLOWED_NOW', 'There is no default signer. Choose one under Signers.');
    return { facts, names: new Map(signers.map(({ id, name }) => [id, name])) };
  }

  async function rollNow(owner: string, facts: SignerFacts, job: JobContext): Promise<string[]> {
    job.report(null, `Contacting ${facts.name}`);
    const algorithms =
      facts.kind === 'software' ? facts.algorithms : await deps.contact(facts.id, job.signal);
    const target = { id: facts.id, name: facts.name, algorithms };
    // What it makes may be known only now, and the owner may have moved meanwhile.
    const now = (await deps.rolls(target)).find((one) => one.owner === owner);
    if (now === undefined) throw gone();
    if (now.roll === null) throw new AppError('NOT_ALLOWED_NOW', now.text);
    const ids = await now.roll(job, target);
    changed('signers', [facts.id]);
    return ids;
  }

  return {
    async migration() {
      const { facts, names } = await defaultFacts();
      const rolls = await deps.rolls(facts);
      const nameOf = (id: string): string => names.get(id) ?? 'a signer that is not configured';
      return {
        to: facts.name,
        blocked: blockedBy(facts),
        rows: rolls.map(({ signers, owner, title, what, state, text, warning, action }) => ({
          owner,
          title,
          what,
          from: [...new Set(signers)].map(nameOf).join(', '),
          to: facts.name,
          state,
          text,
          warning,
          action,
        })),
        done: rolls.filter(({ state }) => state === 'there').length,
        softwareKeys:
          facts.kind === 'software'
            ? null
            : await session().store.run('keys.ofSigner', { signer: SOFTWARE, limit: MOST_KEYS }),
      };
    },
    async roll({ owner }) {
      const { facts } = await defaultFacts();
      const blocked = blockedBy(facts);
      if (blocked !== '') throw new AppError('SIGNER_UNAVAILABLE', blocked, { ids: [facts.id] });
      const found = (await deps.rolls(facts)).find((one) => one.owner === owner);
      if (found === undefined) throw gone();
      if (found.roll === null) throw new AppError('NOT_ALLOWED_NOW', found.text);
      if (rolling.has(owner))
        throw new AppError(
          'NOT_ALLOWED_NOW',
          `The key of ${found.title} is being rolled. Wait for its end, then look at the list.`,
        );
      rolling.add(owner);
      const title = `${found.action} of “${found.title}” to “${facts.name}”`;
      return {
        job: jobs.start({
          kind: 'signers.roll',
          title,
          run: (job) => rollNow(owner, facts, job).finally(() => rolling.delete(owner)),
          refused: jobRefusal(deps, 'signers.roll', title, [{ type: 'signer', id: facts.id, sha256: null }]),
        }),
      };
    },
  };
}
