import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createIssuing } from './issuing.ts';
import { PROFILES } from './profiles/index.ts';
import { routerOf } from '../testing/test-router.ts';
import { createSoftwareSigner } from '../signers/software/software-signer.ts';
import { newKeyRow } from '../signers/stored-key.ts';
import { testVault } from '../testing/test-workspace.ts';
import { nameDer } from '../x509/distinguished-name.ts';
import { keyId } from '../x509/public-key.ts';
import { certificateColumns } from '../store/certificate-columns.ts';

let made: ReturnType<typeof testVault>;
beforeEach(async () => {
  made = testVault();
  await made.create();
});
afterEach(() => made.remove());

const router = () => routerOf({ software: createSoftwareSigner({ sealer: () => made.vault.session() }) });

const audit = (summary: string) => ({
  action: 'test.issue',
  outcome: 'done' as const,
  summary,
  subjects: [],
});

const fulfilled = <T>(answers: PromiseSettledResult<T>[]): T[] =>
  answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));

test('1,000 interleaved issue calls whose randomness repeats after 400 use no serial twice', async () => {
  const { store } = made.vault.session();
  const signer = router();
  const make = (id: string) =>
    signer.create('software', { id, algorithm: 'p-256', label: id, uses: ['certificate'] });
  const [issuerKey, leafKey] = [await make('key-issuer'), await make('key-leaf')];
  let drawn = 0;
  // A broken generator: the ledger must notice what chance would hide.
  const repeating = {
    bytes(length: number) {
      drawn += 1;
      return createHash('sha256')
        .update(String((drawn * 7919) % 400))
        .digest()
        .subarray(0, length);
    },
  };
  const issuing = createIssuing({ random: repeating, router: signer });
  const now = made.clock.now();

  async function issue(at: number): Promise<string> {
    const { token } = await issuing.prepare({
      order: {
        profile: PROFILES['step-server'],
        subject: [{ type: 'CN', value: `host-${at}` }],
        names: [{ type: 'dns', value: `host-${at}.example.net` }],
        validity: { notBefore: now, notAfter: new Date(now.getTime() + 86_400_000) },
        pathLength: null,
        permitted: [],
        status: { crl: [], ocsp: [], caIssuers: [] },
      },
      issuer: {
        nameDer: nameDer([{ type: 'CN', value: 'Issuer' }]),
        keyIdentifier: keyId(issuerKey.spkiDer),
      },
      signedBy: issuerKey,
      subjectKey: leafKey.spkiDer,
    });
    if (token === null) throw new Error('nothing was prepared');
    const issued = await issuing.issue(token);
    const certificate = certificateColumns(issued, { id: `crt-${at}`, purpose: 'server', authority: null });
    const stored = await store.run('certificates.issue', {
      certificate,
      key: null,
      issuer: null,
      serialScope: 'the issuer',
      replaces: null,
      draft: null,
      audit: audit(certificate.serial),
    });
    return stored.serial;
  }

  const before = (await store.run('audit.all', {})).length;
  const answers = await Promise.allSettled(Array.from({ length: 1000 }, (_, at) => issue(at)));
  const serials = fulfilled(answers);
  expect(new Set(serials).size).toBe(400);
  expect(serials).toHaveLength(400);
  for (const answer of answers)
    if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'CONFLICT' });
  // What was refused changed nothing: neither a row nor a record.
  expect(
    (await store.run('certificates.counts', { query: '', state: null, issuer: null, role: null })).total,
  ).toBe(400);
  const records = (await store.run('audit.all', {})).slice(before);
  expect(records.map(({ summary }) => summary).toSorted()).toEqual(serials.toSorted());
  expect((await store.run('audit.check', { written: '' })).faults).toEqual([]);
}, 120_000);

test('1,000 interleaved exchanges that each take the next number give none twice and leave none out', async () => {
  const { store } = made.vault.session();
  const key = newKeyRow(
    await router().create('software', {
      id: 'key-identity',
      algorithm: 'p-256',
      label: 'identity',
      uses: ['certificate'],
    }),
    'identity',
    'generated',
  );
  const half = 'signer';
  await store.run('ta.begin', {
    half,
    state: '{}',
    newKeys: [key],
    identityKey: key.id,
    anchorKey: null,
    number: { keyId: 'AA', number: 1n },
    exchanges: [],
    draft: null,
    audit: audit('begun'),
  });

  async function exchange(name: string): Promise<number> {
    const [found, highest] = await Promise.all([
      store.run('ta.half', { half }),
      store.run('ta.highest', { half, keyId: 'AA' }),
    ]);
    const number = (highest ?? 0n) + 1n;
    await store.run('ta.exchange', {
      half,
      version: found?.version ?? 0,
      state: JSON.stringify({ by: name }),
      keyId: 'AA',
      number,
      numberReason: '',
      exchange: {
        id: `exchange-${name}`,
        nonce: name,
        at: made.clock.now().toISOString(),
        number: String(number),
        facts: '{}',
        requestSha256: '',
        responseSha256: '',
        request: Buffer.from(name),
        response: Buffer.from(name),
      },
      audit: audit(name),
    });
    return Number(number);
  }

  const lanes = await Promise.all(
    Array.from({ length: 10 }, async (_, lane) => {
      const answers: PromiseSettledResult<number>[] = [];
      for (let at = 0; at < 100; at += 1)
        answers.push(...(await Promise.allSettled([exchange(`${lane}-${at}`)])));
      return answers;
    }),
  );
  const answers = lanes.flat();
  const numbers = fulfilled(answers).toSorted((a, b) => a - b);
  // Someone wins each round, and not everybody does: the calls did meet.
  expect(numbers.length).toBeGreaterThanOrEqual(100);
  expect(numbers.length).toBeLessThan(1000);
  expect(numbers).toEqual(numbers.map((_, at) => at + 2));
  const { rows } = await store.run('ta.exchanges', { cursor: null, limit: 1000, half });
  expect(rows.map(({ number }) => Number(number)).toSorted((a, b) => a - b)).toEqual(numbers);
  expect((await store.run('ta.half', { half }))?.version).toBe(numbers.length + 1);
}, 120_000);
