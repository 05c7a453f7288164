import { describe, expect, test } from 'vitest';
import { sizeText, uploadBlob } from './blob-upload.ts';
import { installBridge, Refusal } from './fake-bridge.ts';

const MIB = 1_048_576;
interface Put {
  blob: string | null;
  offset: number;
  total: number;
  chunk: Uint8Array;
}

function take() {
  return installBridge({
    'blob.put': ({ offset, total, chunk }: Put) => ({
      blob: 'b-1',
      received: offset + chunk.length,
      complete: offset + chunk.length === total,
    }),
    'blob.drop': () => ({}),
  });
}

describe('uploadBlob', () => {
  test.each([0, 1, MIB, MIB + 1, 3 * MIB])(
    '%i bytes arrive whole, in chunks of at most 1 MiB',
    async (size) => {
      const bytes = new Uint8Array(size).map((_, index) => index % 251);
      const bridge = take();
      const shares: number[] = [];
      const file = new File([bytes], 'x.pem');
      expect(await uploadBlob(file, { use: 'inspect', onProgress: (share) => shares.push(share) })).toBe(
        'b-1',
      );
      const puts = bridge.callsOf('blob.put') as Put[];
      expect(puts[0]?.blob).toBeNull();
      expect(puts.slice(1).every((put) => put.blob === 'b-1')).toBe(true);
      expect(puts.every((put) => put.chunk.length <= MIB && put.total === size)).toBe(true);
      const joined = Uint8Array.from(puts.flatMap((put) => [...put.chunk]));
      expect(joined.length).toBe(size);
      expect(joined.every((byte, index) => byte === index % 251)).toBe(true);
      expect(shares.at(-1)).toBe(1);
    },
  );

  test('of a file over the limit main hears the size, and no byte is read', async () => {
    const bridge = installBridge({
      'blob.put': () => {
        throw new Refusal({ code: 'TOO_LARGE', message: 'big.bin is too large.', ref: '' });
      },
    });
    const file = new File(['x'], 'big.bin');
    Object.defineProperty(file, 'size', { value: 25 * MIB });
    Object.defineProperty(file, 'slice', { value: () => expect.unreachable('it was read') });
    await expect(uploadBlob(file, { use: 'inspect' })).rejects.toMatchObject({ code: 'TOO_LARGE' });
    expect(bridge.callsOf('blob.put')).toMatchObject([{ total: 25 * MIB, chunk: new Uint8Array() }]);
  });

  test('cancelling stops between chunks and drops what is there', async () => {
    const bridge = take();
    const abort = new AbortController();
    const upload = uploadBlob(new File([new Uint8Array(3 * MIB)], 'x'), {
      use: 'inspect',
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    await expect(upload).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(bridge.callsOf('blob.put')).toHaveLength(1);
    expect(bridge.callsOf('blob.drop')).toEqual([{ blob: 'b-1' }]);
  });

  test('sizes in words', () => {
    expect([96, 319_488, MIB, 26_319_258].map(sizeText)).toEqual(['96 B', '312 KiB', '1 MiB', '25.1 MiB']);
  });
});
