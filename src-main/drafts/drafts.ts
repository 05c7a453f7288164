/**
 * The `drafts.*` channels: what a wizard has so far, kept at each step. It knows the schemas and the revisions; what a
 * draft means is its domain's business.
 */
import type { Topic } from '#shared/bridge.ts';
import {
  type AnyDraft,
  DRAFT_KINDS,
  type DraftData,
  type DraftKind,
  type DraftOf,
} from '#shared/contract/drafts.ts';
import { AppError } from '../lib/app-error.ts';
import type { Domain } from '../lib/domain.ts';
import { newId } from '../lib/ids.ts';
import type { Random } from '../ports.ts';
import type { StoredDraft } from '../store/commands/drafts.ts';
import type { Session } from '../store/store-contract.ts';
import { draftTitle } from './draft-title.ts';

/** What a new draft of each wizard begins with. */
export type DraftPresets = { [K in DraftKind]: () => DraftData<K> };

export interface Drafts {
  domain: Domain<'drafts'>;
  /** Starts a draft with the given content. */
  start<K extends DraftKind>(kind: K, data: DraftData<K>): Promise<DraftOf<K>>;
  /** Throws AppError NOT_FOUND, also for a draft of another version, which is dropped with a notice. */
  read<K extends DraftKind>(kind: K, id: string): Promise<DraftOf<K>>;
  /** The same for one that another command of the store answered. */
  readStored<K extends DraftKind>(kind: K, stored: StoredDraft): Promise<DraftOf<K>>;
}

export function createDrafts(deps: {
  random: Random;
  session(): Session;
  presets: DraftPresets;
  changed(topic: Topic, ids: string[]): void;
}): Drafts {
  const { session, changed, presets } = deps;

  function shownAs<K extends DraftKind>(kind: K, stored: StoredDraft): DraftOf<K> | null {
    const { version, data: schema, step: stepSchema } = DRAFT_KINDS[kind];
    if (stored.kind !== kind || stored.schemaVersion !== version) return null;
    const data = schema.safeParse(JSON.parse(stored.data));
    const step = stepSchema.safeParse(stored.step);
    if (!data.success || !step.success) return null;
    const { id, revision, updatedAt, signed, result } = stored;
    const title = draftTitle({ kind, data: data.data });
    const found = { id, kind, revision, step: step.data, title, updatedAt, signed, result, data: data.data };
    // The schemas of one kind parsed both; the compiler cannot tie them to K.
    return found as unknown as DraftOf<K>;
  }

  function shown(stored: StoredDraft): AnyDraft | null {
    return Object.hasOwn(DRAFT_KINDS, stored.kind) ? shownAs(stored.kind as DraftKind, stored) : null;
  }

  /** A draft this version cannot read is dropped, and the operator hears of it. */
  async function readable(stored: StoredDraft): Promise<AnyDraft | null> {
    const draft = shown(stored);
    if (draft !== null) return draft;
    const { store, notice } = session();
    await store.run('drafts.drop', { id: stored.id });
    notice('careful', 'A draft that another version of Baleen had begun could not be read and was dropped.');
    changed('drafts', [stored.id]);
    changed('workspace', []);
    return null;
  }

  async function readAny(id: string): Promise<AnyDraft> {
    return readOf(await session().store.run('drafts.get', { id }));
  }

  async function readOf(stored: StoredDraft): Promise<AnyDraft> {
    const draft = await readable(stored);
    if (draft === null)
      throw new AppError('NOT_FOUND', 'This draft was begun by another version of Baleen and was dropped.');
    return draft;
  }

  async function readStored<K extends DraftKind>(kind: K, stored: StoredDraft): Promise<DraftOf<K>> {
    const draft = await readOf(stored);
    if (draft.kind !== kind) throw new AppError('NOT_FOUND', 'This draft is of another wizard.');
    return draft as DraftOf<K>;
  }

  async function start<K extends DraftKind>(kind: K, data: DraftData<K>): Promise<DraftOf<K>> {
    const { store } = session();
    const id = newId('draft', deps.random);
    const { version, step } = DRAFT_KINDS[kind];
    const [first = ''] = step.options;
    const stored = await store.run('drafts.create', {
      id,
      kind,
      schemaVersion: version,
      step: first,
      data: JSON.stringify(data),
    });
    changed('drafts', [id]);
    return (await readOf(stored)) as DraftOf<K>;
  }

  return {
    start,
    read: async (kind, id) => readStored(kind, await session().store.run('drafts.get', { id })),
    readStored,
    domain: {
      async list() {
        const drafts: AnyDraft[] = [];
        for (const stored of await session().store.run('drafts.list', {})) {
          const draft = await readable(stored);
          // One that was opened and never touched waits for nobody.
          if (draft !== null && draft.revision > 1) drafts.push(draft);
        }
        return { drafts };
      },
      get: ({ id }) => readAny(id),
      create: (asked) =>
        asked.kind === 'ca.issue'
          ? start(asked.kind, asked.data ?? presets[asked.kind]())
          : start(asked.kind, asked.data ?? presets[asked.kind]()),
      async save({ kind, id, revision, step, data }) {
        const stored = await session().store.run('drafts.save', {
          id,
          kind,
          revision,
          schemaVersion: DRAFT_KINDS[kind].version,
          step,
          data: JSON.stringify(data),
        });
        changed('drafts', [id]);
        return readOf(stored);
      },
      async cancel({ id }) {
        const draft = await readAny(id);
        await session().store.run('drafts.cancel', {
          id,
          audit: {
            action: 'drafts.cancel',
            outcome: 'done',
            summary: `Cancelled before signing: ${draft.title}`,
            subjects: [{ type: 'draft', id, sha256: null }],
          },
        });
        changed('drafts', [id]);
        return {};
      },
    },
  };
}
