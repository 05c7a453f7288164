/**
 * The `drafts.*` channels: what a wizard has so far, kept at each step. It knows the schemas and the revisions; what a
 * draft means is its domain's business.
 */
import type { Topic } from '#shared/bridge.ts';
import type { IssueDraft, Purpose } from '#shared/contract/issue-draft.ts';
import { DRAFT_KINDS, type Draft } from '#shared/contract/drafts.ts';
import { AppError } from '../lib/app-error.ts';
import type { Domain } from '../lib/domain.ts';
import { newId } from '../lib/ids.ts';
import type { Random } from '../ports.ts';
import type { StoredDraft } from '../store/commands/drafts.ts';
import type { Session } from '../store/store-contract.ts';

export interface Drafts {
  domain: Domain<'drafts'>;
  /** Starts a draft with the given content. */
  start(data: IssueDraft): Promise<Draft>;
  /** Throws AppError NOT_FOUND, also for a draft of another version, which is dropped with a notice. */
  read(id: string): Promise<Draft>;
}

const PURPOSES: Record<Purpose, string> = {
  root: 'Root CA',
  intermediate: 'Intermediate CA',
  server: 'Server certificate',
  client: 'Client certificate',
  'server-client': 'Server and client certificate',
};

/** What the list of drafts calls it. */
export function draftTitle(data: IssueDraft): string {
  const name = data.subject.findLast(({ type }) => type === 'CN')?.value ?? '';
  const what =
    data.replaces === null
      ? PURPOSES[data.purpose]
      : `${data.replaces.action === 'renew' ? 'Renewal' : 'New key'}: ${PURPOSES[data.purpose]}`;
  return name === '' ? what : `${what} "${name}"`;
}

export function createDrafts(deps: {
  random: Random;
  session(): Session;
  /** The content of a new draft. */
  preset(): IssueDraft;
  changed(topic: Topic, ids: string[]): void;
}): Drafts {
  const { session, changed } = deps;
  const { version, data: schema, step: stepSchema } = DRAFT_KINDS['ca.issue'];

  function shown(stored: StoredDraft): Draft | null {
    if (stored.kind !== 'ca.issue' || stored.schemaVersion !== version) return null;
    const data = schema.safeParse(JSON.parse(stored.data));
    const step = stepSchema.safeParse(stored.step);
    if (!data.success || !step.success) return null;
    return {
      id: stored.id,
      kind: 'ca.issue',
      revision: stored.revision,
      step: step.data,
      title: draftTitle(data.data),
      updatedAt: stored.updatedAt,
      signed: stored.signed,
      result: stored.result,
      data: data.data,
    };
  }

  /** A draft this version cannot read is dropped, and the operator hears of it. */
  async function readable(stored: StoredDraft): Promise<Draft | null> {
    const draft = shown(stored);
    if (draft !== null) return draft;
    const { store, notice } = session();
    await store.run('drafts.drop', { id: stored.id });
    notice('careful', 'A draft that another version of Baleen had begun could not be read and was dropped.');
    changed('drafts', [stored.id]);
    changed('workspace', []);
    return null;
  }

  async function read(id: string): Promise<Draft> {
    const draft = await readable(await session().store.run('drafts.get', { id }));
    if (draft === null)
      throw new AppError('NOT_FOUND', 'This draft was begun by another version of Baleen and was dropped.');
    return draft;
  }

  async function start(data: IssueDraft): Promise<Draft> {
    const { store } = session();
    const id = newId('draft', deps.random);
    await store.run('drafts.create', {
      id,
      kind: 'ca.issue',
      schemaVersion: version,
      step: 'purpose',
      data: JSON.stringify(data),
    });
    changed('drafts', [id]);
    return read(id);
  }

  return {
    start,
    read,
    domain: {
      async list() {
        const drafts: Draft[] = [];
        for (const stored of await session().store.run('drafts.list', {})) {
          const draft = await readable(stored);
          // What was signed is an object of its own by now.
          if (draft !== null && !draft.signed) drafts.push(draft);
        }
        return { drafts };
      },
      get: ({ id }) => read(id),
      create: ({ data }) => start(data ?? deps.preset()),
      async save({ id, revision, step, data }) {
        await session().store.run('drafts.save', {
          id,
          revision,
          schemaVersion: version,
          step,
          data: JSON.stringify(data),
        });
        changed('drafts', [id]);
        return read(id);
      },
      async cancel({ id }) {
        const draft = await read(id);
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
