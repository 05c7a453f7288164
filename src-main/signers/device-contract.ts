/**
 * The suite every device has to pass, token and KMIP server alike, called from its own test file with a way to make one.
 * It tests through the port alone.
 */
import { describe, expect, test } from 'vitest';
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import { AppError } from '../lib/app-error.ts';
import type { Device } from './device.ts';
import { signatureHolds } from './signature-scheme.ts';

const DATA = Buffer.from('what is to be signed');
const NONE = Buffer.alloc(20, 7);

/**
 * Registers the tests. `make` gives a device that is not open yet, on which somebody types the right PIN. `differs`: the
 * device names keys in its own way; it does what it does not announce.
 */
export function deviceContract(
  name: string,
  make: () => Promise<Device>,
  algorithms: readonly KeyAlgorithm[],
  differs: { label?: RegExp; unannounced?: readonly string[] } = {},
): void {
  const fast = algorithms[0] ?? 'p-256';
  const opened = async (): Promise<Device> => {
    const device = await make();
    await device.open(new AbortController().signal);
    return device;
  };

  describe(`device contract: ${name}`, () => {
    test('it says who it is, and that it has what is needed', async () => {
      const device = await make();
      const facts = await device.open(new AbortController().signal);
      expect(facts.serial).not.toBe('');
      expect(facts.label).not.toBe('');
      expect(facts.algorithms).toEqual(expect.arrayContaining([...algorithms]));
      const missing = facts.capabilities.filter(({ needed, present }) => needed && present === false);
      expect(missing.map((one) => one.name)).toEqual(differs.unannounced ?? []);
      expect(facts.capabilities.length).toBeGreaterThan(7);
      expect(await device.open(new AbortController().signal)).toEqual(facts);
    });

    test.each(algorithms)(
      '%s: makes a key, shows its public half, signs',
      { timeout: 120_000 },
      async (algorithm) => {
        const device = await opened();
        const { handle, spkiDer } = await device.create({ algorithm, label: '' });
        expect(Buffer.from(await device.publicKey(handle)).equals(spkiDer)).toBe(true);
        const signature = await device.sign(handle, algorithm, DATA);
        expect(signatureHolds(algorithm, spkiDer, DATA, signature)).toBe(true);
        expect(signatureHolds(algorithm, spkiDer, Buffer.from('something else'), signature)).toBe(false);
      },
    );

    test('a key is found by its public half, and listed as one that cannot leave', async () => {
      const device = await opened();
      const { handle, spkiDer } = await device.create({ algorithm: fast, label: 'a label' });
      const other = await device.create({ algorithm: fast, label: 'a label' });
      expect(Buffer.from((await device.find(spkiDer)) ?? []).equals(handle)).toBe(true);
      expect(Buffer.from((await device.find(other.spkiDer)) ?? []).equals(other.handle)).toBe(true);
      const row = (await device.list()).find((key) => Buffer.from(key.handle).equals(handle));
      expect(row?.spkiDer && Buffer.from(row.spkiDer).equals(spkiDer)).toBe(true);
      expect(row?.label).toMatch(differs.label ?? /^a label$/);
      expect(row?.sensitive).not.toBe(false);
      expect(row?.neverExtractable).not.toBe(false);
    });

    test('many signatures at once all come, each over its own data', async () => {
      const device = await opened();
      const { handle, spkiDer } = await device.create({ algorithm: fast, label: '' });
      const all = Array.from({ length: 60 }, (_, index) => Buffer.from(`number ${index}`));
      const signatures = await Promise.all(all.map((data) => device.sign(handle, fast, data)));
      for (const [index, signature] of signatures.entries())
        expect(signatureHolds(fast, spkiDer, all[index] ?? DATA, signature)).toBe(true);
    });

    test('a key is announced before it is made, by the handle that destroys it; what refuses to note it makes none', async () => {
      const device = await opened();
      const before = (await device.list()).length;
      const handles: Uint8Array[] = [];
      const counts: number[] = [];
      const { handle, spkiDer } = await device.create({
        algorithm: fast,
        label: '',
        async begun(one) {
          handles.push(one);
          counts.push((await device.list()).length);
        },
      });
      expect(counts[0]).toBe(before);
      expect(Buffer.from(handles.at(-1) ?? []).equals(handle)).toBe(true);
      await device.destroy(handles.at(-1) ?? NONE, null);
      expect(await device.find(spkiDer)).toBeNull();
      const full = new AppError('DISK_FULL', 'The disk is full.');
      for (const at of handles.keys()) {
        let called = 0;
        const begun = async (): Promise<void> => {
          called += 1;
          if (called > at) throw full;
        };
        await expect(device.create({ algorithm: fast, label: '', begun })).rejects.toBe(full);
      }
      expect(await device.list()).toHaveLength(before);
    });

    test('a key that was destroyed is gone, once and again', async () => {
      const device = await opened();
      const { handle, spkiDer } = await device.create({ algorithm: fast, label: '' });
      await device.destroy(handle, spkiDer);
      await device.destroy(handle, spkiDer);
      await expect(device.sign(handle, fast, DATA)).rejects.toMatchObject({ trouble: 'key-gone' });
      await expect(device.publicKey(handle)).rejects.toMatchObject({ trouble: 'key-gone' });
      expect(await device.find(spkiDer)).toBeNull();
    });

    test('another key under the handle is not destroyed', async () => {
      const device = await opened();
      const mine = await device.create({ algorithm: fast, label: '' });
      const other = await device.create({ algorithm: fast, label: '' });
      await expect(device.destroy(other.handle, mine.spkiDer)).rejects.toMatchObject({
        trouble: 'refused',
        code: 'ANOTHER_KEY',
        message: expect.stringMatching(/\.$/) as unknown,
      });
      for (const { handle, spkiDer } of [mine, other])
        expect(signatureHolds(fast, spkiDer, DATA, await device.sign(handle, fast, DATA))).toBe(true);
    });

    test('a key that never was is gone as well', async () => {
      const device = await opened();
      await expect(device.sign(NONE, fast, DATA)).rejects.toMatchObject({ trouble: 'key-gone' });
    });

    test('closed, it does nothing; opened again, it has its keys', async () => {
      const device = await opened();
      const { handle, spkiDer } = await device.create({ algorithm: fast, label: '' });
      await device.close();
      await device.close();
      await expect(device.sign(handle, fast, DATA)).rejects.toMatchObject({ trouble: 'unreachable' });
      await device.open(new AbortController().signal);
      const signature = await device.sign(handle, fast, DATA);
      expect(signatureHolds(fast, spkiDer, DATA, signature)).toBe(true);
    });

    test('what is cancelled before it begins does not begin', async () => {
      const device = await make();
      await expect(device.open(AbortSignal.abort())).rejects.toMatchObject({ trouble: 'cancelled' });
    });
  });
}
