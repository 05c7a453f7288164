/** Drafts, reviews and signatures as the wizard asks for them, for tests of the issuing channels. Not shipped. */
import { expect } from 'vitest';
import type { AnyDraft, DraftOf } from '#shared/contract/drafts.ts';
import type { IssueDraft, Purpose, Review } from '#shared/contract/issue-draft.ts';
import { issuePreset } from '../ca/issue-preset.ts';
import type { TestApp } from './test-app.ts';

export const DAY = 86_400;

export function draftOf(purpose: Purpose, name: string, more: Partial<IssueDraft> = {}): IssueDraft {
  return {
    ...issuePreset(purpose),
    subject: [
      { type: 'O', value: 'kldload Internal CA' },
      { type: 'CN', value: name },
    ],
    ...more,
  };
}

export function wizard(app: TestApp) {
  async function saved(data: IssueDraft): Promise<{ draft: string; revision: number }> {
    const { id, revision } = await app.call('drafts.create', { kind: 'ca.issue' });
    const draft = await app.call('drafts.save', { kind: 'ca.issue', id, revision, step: 'review', data });
    return { draft: id, revision: draft.revision };
  }
  return {
    saved,
    async reviewOf(data: IssueDraft): Promise<Review> {
      return app.call('ca.review', await saved(data));
    },
    /** The id of the certificate. */
    async signed(data: IssueDraft): Promise<string> {
      const draft = await saved(data);
      const { digest, problems } = await app.call('ca.review', draft);
      expect(problems).toEqual([]);
      return app.result(await app.call('ca.sign', { ...draft, digest }));
    },
    /** Root, intermediate under it and a server leaf under that. */
    async chain(): Promise<{ root: string; intermediate: string; leaf: string }> {
      const root = await this.signed(draftOf('root', 'kldload Internal CA Root CA'));
      const intermediate = await this.signed(
        draftOf('intermediate', 'kldload Internal CA Intermediate CA', { issuer: root }),
      );
      const leaf = await this.signed(
        draftOf('server', 'postgres.internal', {
          issuer: intermediate,
          lifetimeSeconds: DAY,
          names: { dns: 'postgres.internal, localhost', ip: '10.0.0.20', uri: '', email: '' },
          key: { from: 'new', algorithm: 'p-384', label: 'postgres' },
        }),
      );
      return { root, intermediate, leaf };
    },
  };
}

/** The draft as one of the issuing wizard. */
export function issueDraftOf(draft: AnyDraft): DraftOf<'ca.issue'> {
  if (draft.kind !== 'ca.issue') throw new Error(`a draft of ${draft.kind}`);
  return draft;
}
