import type * as crypto from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { testClock, testRandom } from '../testing/test-ports.ts';
import { openSession } from './session.ts';

/** Every piece of memory that held a key derived from the master key, as this file saw it made. */
const derived = new Map<string, Uint8Array>();
const encoded: Uint8Array[] = [];
vi.mock('node:crypto', async (original) => {
  const real = await original<typeof crypto>();
  return {
    ...real,
    hkdfSync(digest: string, key: Uint8Array, salt: Uint8Array, label: string, length: number) {
      const bytes = real.hkdfSync(digest, key, salt, label, length);
      derived.set(label, new Uint8Array(bytes));
      return bytes;
    },
    createPrivateKey(input: { key: Buffer; format: 'der'; type: 'pkcs8' }) {
      encoded.push(input.key);
      return real.createPrivateKey(input);
    },
  };
});

const wiped = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

test('no copy of a key is left in the memory of main that does not need it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'baleen-session-'));
  const opened = await openSession({
    ports: {
      clock: testClock(),
      random: testRandom,
      workers: { store: new URL('../store/store-worker.ts', import.meta.url) },
      version: '0.0.0-test',
      emit: () => undefined,
    },
    folder,
    header: {
      format: 'baleen-workspace',
      version: 1,
      id: 'ws-aaaaaaaaaaaaaaaa',
      name: 'Example',
      kind: 'online',
      createdAt: '2026-11-24T12:00:00.000Z',
      recoveryVerified: false,
      slots: [],
    },
    masterKey: testRandom.bytes(32),
    create: true,
    notice: () => undefined,
    died: () => undefined,
    late: () => undefined,
  });
  for (const label of ['database', 'audit-mac', 'audit-signature'])
    expect(wiped(derived.get(`baleen-1 ${label}`) ?? Uint8Array.of(1)), label).toBe(true);
  expect(encoded.map(wiped)).toEqual([true]);
  expect(wiped(derived.get('baleen-1 sealing') ?? new Uint8Array())).toBe(false);
  await opened.end();
  for (const [label, bytes] of derived) expect(wiped(bytes), label).toBe(true);
  rmSync(folder, { recursive: true, force: true });
});
