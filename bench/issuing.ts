// Issuing P-256 leaves as the window does (draft, save, review, job, decision, key, trial, signature, checks, sealing, one
// durable transaction), each call through dispatch, beside bare WebCrypto key generation, one signature and one durable insert.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IssueDraft, Purpose } from '../src-shared/contract/issue-draft.ts';
import { issuePreset } from '../src-main/ca/issue-preset.ts';
import { openDatabase } from '../src-main/store/database.ts';
import { testApp } from '../src-main/testing/test-app.ts';
import { inTurn, type Measured } from './measure.ts';

const BATCH = 50;

/** Answers how to issue one certificate through the channels, as the wizard asks for them. */
async function wizardPath() {
  const app = await testApp();
  await app.create();
  async function signed(purpose: Purpose, name: string, more: Partial<IssueDraft>): Promise<string> {
    const { id, revision } = await app.call('drafts.create', { kind: 'ca.issue' });
    const data: IssueDraft = { ...issuePreset(purpose), subject: [{ type: 'CN', value: name }], ...more };
    const draft = await app.call('drafts.save', { kind: 'ca.issue', id, revision, step: 'review', data });
    const { digest, problems } = await app.call('ca.review', { draft: id, revision: draft.revision });
    if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join(' '));
    return app.result(await app.call('ca.sign', { draft: id, revision: draft.revision, digest }));
  }
  const issuer = await signed('root', 'Bench Root CA', {});
  let count = 0;
  return {
    app,
    async leaf(): Promise<void> {
      count += 1;
      const names = { dns: `host-${count}.example.net`, ip: '', uri: '', email: '' };
      await signed('server', `host-${count}.example.net`, { issuer, names, lifetimeSeconds: 86_400 });
    },
  };
}

export async function issuingBench(): Promise<Measured> {
  const { app, leaf } = await wizardPath();
  const folder = mkdtempSync(join(tmpdir(), 'baleen-bench-'));
  const db = openDatabase(join(folder, 'floor.db'), new Uint8Array(32).fill(1), true);
  db.exec('CREATE TABLE leaf (id INTEGER PRIMARY KEY, spki BLOB, signature BLOB) STRICT');
  const insert = db.prepare('INSERT INTO leaf (spki, signature) VALUES (?, ?)');
  const parameters = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

  async function bare(): Promise<void> {
    const pair = await crypto.subtle.generateKey(parameters, true, ['sign', 'verify']);
    const spki = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey));
    const signature = new Uint8Array(await crypto.subtle.sign(parameters, pair.privateKey, spki));
    insert.run(spki, signature);
  }

  const times = (step: () => Promise<void>) => async (): Promise<void> => {
    for (let n = 0; n < BATCH; n += 1) await step();
  };
  try {
    return await inTurn(times(leaf), times(bare), { rounds: 7, pieces: BATCH });
  } finally {
    db.close();
    rmSync(folder, { recursive: true, force: true });
    await app.remove();
  }
}
