/** A trust anchor signer set up through the channels, for tests: enrolled with Krill's own proxy of the vectors. Not shipped. */
import { readFileSync } from 'node:fs';
import type { SignerView, TaExport } from '#shared/contract/ta.ts';
import { sha256Hex } from '../lib/bytes.ts';
import type { TestApp } from './test-app.ts';
import { vectorPath } from './vectors.ts';

const KRILL = 'krill-ta/krill-0.16.1';

export const krillFile = (name: string): Buffer => readFileSync(vectorPath(`${KRILL}/${name}`));

/** Fills and saves the draft, reviews it, and answers what the review says. */
export async function signerDraft(app: TestApp, more: Record<string, unknown> = {}) {
  const proxyId = krillFile('setup/proxy-id.json').toString('utf8');
  const { base64 } = JSON.parse(proxyId) as { base64: string };
  const made = await app.call('drafts.create', { kind: 'ta.signer' });
  if (made.kind !== 'ta.signer') throw new Error('a draft of another kind');
  const saved = await app.call('drafts.save', {
    kind: 'ta.signer',
    id: made.id,
    revision: made.revision,
    step: 'review',
    data: {
      ...made.data,
      proxyId: { name: 'proxy-id.json', text: proxyId },
      fingerprint: sha256Hex(Buffer.from(base64, 'base64')),
      repository: {
        name: 'proxy-repo.json',
        text: krillFile('setup/proxy-repo.json').toString('utf8'),
      },
      https: 'https://localhost:3900/ta/ta.cer',
      rsync: 'rsync://localhost/ta/ta.cer',
      ...more,
    },
  });
  const at = { draft: saved.id, revision: saved.revision };
  return { ...at, ...(await app.call('ta.setupReview', at)) };
}

/** `more`: another proxy than Krill's. */
export async function setUpSigner(app: TestApp, more: Record<string, unknown> = {}): Promise<void> {
  const { draft, revision, review, problems } = await signerDraft(app, more);
  if (review.digest === '') throw new Error(JSON.stringify(problems));
  await app.result(await app.call('ta.setUp', { draft, revision, digest: review.digest }));
}

/** Sets the signer up for the proxy of the Krill that it is connected to, by what Krill tells of itself. */
export async function setUpForKrill(app: TestApp, places: { https: string; rsync: string }): Promise<void> {
  const { proxyId, repository } = await app.call('ta.krillProxy', {});
  const { base64 } = JSON.parse(proxyId) as { base64: string };
  await setUpSigner(app, {
    proxyId: { name: 'proxy-id.json', text: proxyId },
    fingerprint: sha256Hex(Buffer.from(base64, 'base64')),
    repository: { name: 'proxy-repo.json', text: repository },
    ...places,
  });
}

/** Opens a request file and reads its review. */
export async function openRequest(app: TestApp, bytes: Uint8Array, name = 'request.json') {
  const { review: id } = await app.call('ta.openRequest', { blob: await app.blob(name, bytes, 'transfer') });
  return { id, view: await app.call('ta.review', { id }) };
}

/** The digits that stand on the proxy's screen. */
export function groupsOf(bytes: Uint8Array, asked: readonly number[]): string[] {
  return asked.map((group) => sha256Hex(bytes).slice((group - 1) * 4, group * 4));
}

/** Today's date as another clock shows it. */
export const dateOf = (app: TestApp): string => app.clock.now().toISOString().slice(0, 10);

/** Signs the request `later` than whatever was before; answers the exchange. */
export async function approve(app: TestApp, bytes: Uint8Array, later = 60_000): Promise<string> {
  app.clock.advance(later);
  const { id, view } = await openRequest(app, bytes);
  return app.result(
    await app.call('ta.approve', {
      id,
      groups: groupsOf(bytes, view.groups),
      number: null,
      today: dateOf(app),
    }),
  );
}

/** Writes a file of the signer to `path`, as its dialog does. */
export async function exportTo(
  app: TestApp,
  what: TaExport,
  path: string,
  exchange: string | null = null,
): Promise<void> {
  app.places.push(path);
  const { chosen } = await app.call('dialogs.saveFile', { purpose: 'export', suggestedName: 'file' });
  await app.call('ta.export', { what, id: exchange, target: chosen?.ticket ?? '', overwrite: true });
}

/** The signer as the window shows it. Throws when there is none. */
export async function signerOf(app: TestApp): Promise<SignerView> {
  const { signer } = await app.call('ta.signer', {});
  if (signer === null) throw new Error('no signer');
  return signer;
}
