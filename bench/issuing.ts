// Issuing P-256 leaves through the whole application, each call through dispatch: the wizard (draft, save, review, signature) and
// the signature alone (ca.sign of a reviewed draft: decision, key, trial, signature, checks, sealing, one durable transaction),
// beside bare WebCrypto key generation, one signature and one durable insert. One at a time, and 16 in flight on both sides.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IssueDraft, Purpose } from '../src-shared/contract/issue-draft.ts';
import { issuePreset } from '../src-main/ca/issue-preset.ts';
import { openDatabase } from '../src-main/store/database.ts';
import { testApp } from '../src-main/testing/test-app.ts';
import { inTurn, type Measured } from './measure.ts';

const BATCH = 64;
const ROUNDS = 7;
const IN_FLIGHT = 16;

type Step = () => Promise<unknown>;

/** What `ca.sign` is asked with. */
interface Reviewed {
  draft: string;
  revision: number;
  digest: string;
}

/** Answers how to issue one certificate through the channels, as the wizard asks for them. */
async function wizardPath() {
  const app = await testApp();
  await app.create();
  async function reviewed(purpose: Purpose, name: string, more: Partial<IssueDraft>): Promise<Reviewed> {
    const { id, revision } = await app.call('drafts.create', { kind: 'ca.issue' });
    const data: IssueDraft = { ...issuePreset(purpose), subject: [{ type: 'CN', value: name }], ...more };
    const draft = await app.call('drafts.save', { kind: 'ca.issue', id, revision, step: 'review', data });
    const { digest, problems } = await app.call('ca.review', { draft: id, revision: draft.revision });
    if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join(' '));
    return { draft: id, revision: draft.revision, digest };
  }
  const sign = async (asked: Reviewed): Promise<string> => app.result(await app.call('ca.sign', asked));
  const issuer = await sign(await reviewed('root', 'Bench Root CA', {}));
  let count = 0;
  function leaf(): Promise<Reviewed> {
    count += 1;
    const name = `host-${count}.example.net`;
    const names = { dns: name, ip: '', uri: '', email: '' };
    return reviewed('server', name, { issuer, names, lifetimeSeconds: 86_400 });
  }
  return { app, leaf, sign };
}

const oneByOne =
  (step: Step): Step =>
  async () => {
    for (let n = 0; n < BATCH; n += 1) await step();
  };

const inFlight =
  (step: Step): Step =>
  () =>
    Promise.all(
      Array.from({ length: IN_FLIGHT }, async () => {
        for (let n = 0; n < BATCH / IN_FLIGHT; n += 1) await step();
      }),
    );

export async function issuingBench(): Promise<{ what: string; measured: Measured }[]> {
  const { app, leaf, sign } = await wizardPath();
  const folder = mkdtempSync(join(tmpdir(), 'baleen-bench-'));
  const db = openDatabase(join(folder, 'floor.db'), new Uint8Array(32).fill(1), true);
  db.exec('CREATE TABLE leaf (id INTEGER PRIMARY KEY, spki BLOB, signature BLOB) STRICT');
  const insert = db.prepare('INSERT INTO leaf (spki, signature) VALUES (?, ?)');
  const parameters = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

  async function bare(): Promise<void> {
    const pair = await crypto.subtle.generateKey(parameters, true, ['sign', 'verify']);
    const spki = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey));
    const signed = new Uint8Array(await crypto.subtle.sign(parameters, pair.privateKey, spki));
    insert.run(spki, signed);
  }

  const ready: Reviewed[] = [];
  const before = oneByOne(async () => ready.push(await leaf()));
  const wizard = async (): Promise<string> => sign(await leaf());
  async function signature(): Promise<string> {
    const asked = ready.pop();
    if (asked === undefined) throw new Error('no reviewed draft is left');
    return sign(asked);
  }
  const beside = (ours: Step, floor: Step, more: { before?: Step } = {}): Promise<Measured> =>
    inTurn(ours, floor, { rounds: ROUNDS, pieces: BATCH, ...more });
  try {
    return [
      {
        what: 'a P-256 leaf, whole wizard | bare + one insert',
        measured: await beside(oneByOne(wizard), oneByOne(bare)),
      },
      {
        what: '  its signature alone',
        measured: await beside(oneByOne(signature), oneByOne(bare), { before }),
      },
      {
        what: `  ${IN_FLIGHT} wizards in flight | ${IN_FLIGHT} floors`,
        measured: await beside(inFlight(wizard), inFlight(bare)),
      },
      {
        what: `  ${IN_FLIGHT} signatures in flight | ${IN_FLIGHT} floors`,
        measured: await beside(inFlight(signature), inFlight(bare), { before }),
      },
    ];
  } finally {
    db.close();
    rmSync(folder, { recursive: true, force: true });
    await app.remove();
  }
}
