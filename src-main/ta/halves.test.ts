/** What the store itself refuses of a half, whatever was looked at before: numbers, versions, nonces. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newKeyRow } from '../signers/stored-key.ts';
import { startStore } from '../store/store.ts';
import type { Store } from '../store/store-contract.ts';
import { testClock } from '../testing/test-ports.ts';
import { testKey } from '../testing/test-proxy.ts';

const folder = mkdtempSync(join(tmpdir(), 'baleen-halves-'));
const KEY_ID = 'AA'.repeat(20);
const audit = { action: 'test.half', outcome: 'done' as const, summary: 'A half', subjects: [] };
let store: Store;

beforeAll(async () => {
  store = await startStore(
    {
      worker: new URL('../store/store-worker.ts', import.meta.url),
      clock: testClock(),
      died: () => undefined,
    },
    {
      path: join(folder, 'workspace.db'),
      auditFile: join(folder, 'audit.jsonl'),
      workspaceId: 'ws-aaaaaaaaaaaaaaaa',
      version: '0.0.0-test',
      key: new Uint8Array(32).fill(7),
      auditKey: new Uint8Array(32).fill(9),
      create: true,
    },
  );
  const identity = {
    id: 'key-aaaaaaaaaaaaaaaa',
    signer: 'software',
    algorithm: 'rsa-2048' as const,
    spkiDer: testKey().spkiDer,
    handle: Uint8Array.of(1),
    uses: ['message' as const],
  };
  await store.run('ta.begin', {
    half: 'signer',
    state: '{"at":1}',
    newKeys: [newKeyRow(identity, 'identity', 'generated')],
    identityKey: identity.id,
    anchorKey: null,
    number: { keyId: KEY_ID, number: 5n },
    exchanges: [],
    draft: null,
    audit,
  });
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const exchange = (nonce: string, number: bigint, version: number, again = false): Promise<void> =>
  store.run('ta.exchange', {
    half: 'signer',
    version,
    state: `{"number":${number}}`,
    keyId: KEY_ID,
    number,
    numberReason: '',
    again,
    exchange: {
      id: `exchange-${nonce}-${number}`,
      nonce,
      at: '2026-11-24T12:00:00.000Z',
      number: String(number),
      facts: '{}',
      requestSha256: 'AA',
      responseSha256: 'BB',
      request: Uint8Array.of(1),
      response: Uint8Array.of(2),
    },
    audit,
  });
const now = () => store.run('ta.half', { half: 'signer' });
const replace = (version: number, number?: bigint): Promise<void> =>
  store.run('ta.replace', {
    half: 'signer',
    version,
    state: '{"replaced":true}',
    ...(number === undefined ? {} : { number: { keyId: KEY_ID, number, reason: 'gone on' } }),
    audit,
  });

test('a number that was used, or is below one, is taken no second time; the state and the nonce stay as they were', async () => {
  const before = await now();
  for (const number of [5n, 4n]) {
    const conflict = {
      code: 'CONFLICT',
      message: `Number ${number} is not above 5, which was used already; nothing was changed.`,
    };
    await expect(exchange('one', number, 1)).rejects.toMatchObject(conflict);
    await expect(replace(1, number)).rejects.toMatchObject(conflict);
  }
  expect(await now()).toEqual(before);
  expect(await store.run('ta.nonceTaken', { half: 'signer', keyId: KEY_ID, nonce: 'one' })).toBe(false);
  await exchange('one', 6n, 1);
  expect(await now()).toMatchObject({ version: 2, state: '{"number":6}' });
});

test('a state that was read before another change replaces nothing, and its number is not taken', async () => {
  await expect(exchange('two', 7n, 1)).rejects.toThrow(/changed meanwhile/);
  await expect(replace(1)).rejects.toThrow(/changed meanwhile/);
  await expect(replace(3, 7n)).rejects.toThrow(/changed meanwhile/);
  expect(await now()).toMatchObject({ version: 2, state: '{"number":6}' });
  expect(await store.run('ta.highest', { half: 'signer', keyId: KEY_ID })).toBe(6n);
});

test('a nonce is answered once, also from the present state and under a number above; ahead of time it may be again', async () => {
  await expect(exchange('one', 7n, 2)).rejects.toThrow(
    'This request was answered before; nothing was changed.',
  );
  expect(await now()).toMatchObject({ version: 2, state: '{"number":6}' });
  expect(await store.run('ta.highest', { half: 'signer', keyId: KEY_ID })).toBe(6n);
  await exchange('one', 7n, 2, true);
  expect((await store.run('ta.history', { half: 'signer' })).map(({ number }) => number)).toEqual(['6', '7']);
});
