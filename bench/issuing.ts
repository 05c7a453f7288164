// Issuing P-256 leaves through the whole path (key, trial, signature, checks, sealing, one durable transaction) beside
// bare WebCrypto key generation, one signature and one durable insert.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIssuing } from '../src-main/issuing/issuing.ts';
import type { Order } from '../src-main/issuing/order.ts';
import { PROFILES } from '../src-main/issuing/profiles/index.ts';
import { createSignerRouter } from '../src-main/signers/router.ts';
import { createSoftwareSigner } from '../src-main/signers/software/software-signer.ts';
import { newKeyRow } from '../src-main/signers/stored-key.ts';
import { certificateColumns } from '../src-main/store/certificate-columns.ts';
import { openDatabase } from '../src-main/store/database.ts';
import { testRandom } from '../src-main/testing/test-ports.ts';
import { testVault } from '../src-main/testing/test-workspace.ts';
import { nameDer } from '../src-main/x509/distinguished-name.ts';
import { keyId } from '../src-main/x509/public-key.ts';
import { inTurn, type Measured } from './measure.ts';

const BATCH = 100;
const DAY = 86_400_000;

export async function issuingBench(): Promise<Measured> {
  const made = testVault();
  await made.create();
  const session = made.vault.session();
  const router = createSignerRouter(
    () => new Map([['software', createSoftwareSigner({ sealer: () => session })]]),
  );
  const issuing = createIssuing({ random: testRandom, router });
  const issuerKey = await router.create('software', {
    id: 'key-issuer',
    algorithm: 'p-256',
    label: 'issuer',
    uses: ['certificate'],
  });
  const issuer = {
    nameDer: nameDer([{ type: 'CN', value: 'Issuer' }]),
    keyIdentifier: keyId(issuerKey.spkiDer),
  };
  let count = 0;

  async function leaf(): Promise<void> {
    count += 1;
    const key = await router.create('software', {
      id: `key-${count}`,
      algorithm: 'p-256',
      label: 'leaf',
      uses: ['certificate'],
    });
    const now = new Date(Math.floor(Date.now() / 1000) * 1000);
    const order: Order = {
      profile: PROFILES['step-server'],
      subject: [{ type: 'CN', value: `host-${count}.example.net` }],
      names: [{ type: 'dns', value: `host-${count}.example.net` }],
      validity: { notBefore: new Date(now.getTime() - 60_000), notAfter: new Date(now.getTime() + DAY) },
      pathLength: null,
      permitted: [],
      status: { crl: [], ocsp: [], caIssuers: [] },
    };
    const { token, trial, findings } = await issuing.prepare({
      order,
      issuer,
      signedBy: issuerKey,
      subjectKey: key.spkiDer,
    });
    if (token === null) throw new Error(`${trial.text} ${findings.map(({ text }) => text).join(' ')}`);
    const der = await issuing.issue(token);
    await session.store.run('certificates.issue', {
      certificate: certificateColumns(der, { id: `crt-${count}`, purpose: 'server', authority: null, now }),
      key: newKeyRow(key, 'leaf', 'generated'),
      issuer: null,
      serialScope: 'bench',
      replaces: null,
      draft: null,
      audit: { action: 'ca.sign', outcome: 'done', summary: 'bench', subjects: [] },
    });
  }

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
    await made.remove();
  }
}
