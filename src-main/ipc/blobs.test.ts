import { BLOB_CHUNK_BYTES, BLOB_LIMITS } from '#shared/contract/blob.ts';
import { describe, expect, it } from 'vitest';
import { testClock, testRandom } from '../testing/test-ports.ts';
import { createBlobs } from './blobs.ts';

function setUp() {
  const clock = testClock();
  return { clock, blobs: createBlobs({ clock, random: testRandom }) };
}

describe('blobs', () => {
  it('puts chunks together and hands the bytes out once', () => {
    const { blobs } = setUp();
    const total = BLOB_CHUNK_BYTES + 10;
    const first = blobs.put({
      blob: null,
      name: 'a.cer',
      use: 'inspect',
      total,
      offset: 0,
      chunk: new Uint8Array(BLOB_CHUNK_BYTES).fill(1),
    });
    expect(first.complete).toBe(false);
    expect(() => blobs.take(first.blob)).toThrow('not arrived whole');
    const last = blobs.put({
      blob: first.blob,
      name: 'a.cer',
      use: 'inspect',
      total,
      offset: BLOB_CHUNK_BYTES,
      chunk: new Uint8Array(10).fill(2),
    });
    expect(last).toEqual({ blob: first.blob, received: total, complete: true });
    const { bytes, name } = blobs.take(first.blob);
    expect([name, bytes.length, bytes[0], bytes[total - 1]]).toEqual(['a.cer', total, 1, 2]);
    expect(() => blobs.take(first.blob)).toThrow('no longer in memory');
  });

  it('carries an empty file', () => {
    const { blobs } = setUp();
    const put = blobs.put({
      blob: null,
      name: 'empty',
      use: 'inspect',
      total: 0,
      offset: 0,
      chunk: new Uint8Array(),
    });
    expect(put.complete).toBe(true);
    expect(blobs.take(put.blob).bytes.length).toBe(0);
  });

  it('checks the limit before it keeps anything', () => {
    const { blobs } = setUp();
    expect(() =>
      blobs.put({
        blob: null,
        name: 'big',
        use: 'inspect',
        total: BLOB_LIMITS.inspect + 1,
        offset: 0,
        chunk: new Uint8Array(1),
      }),
    ).toThrow('big is too large (8.0 MiB, limit 8.0 MiB)');
  });

  it('drops a blob whose chunks come out of order, and one nobody took for ten minutes', () => {
    const { blobs, clock } = setUp();
    const one = blobs.put({
      blob: null,
      name: 'a',
      use: 'inspect',
      total: 4,
      offset: 0,
      chunk: new Uint8Array(2),
    });
    expect(() =>
      blobs.put({ blob: one.blob, name: 'a', use: 'inspect', total: 4, offset: 3, chunk: new Uint8Array(1) }),
    ).toThrow('in order');
    expect(() => blobs.take(one.blob)).toThrow('no longer in memory');
    const two = blobs.put({
      blob: null,
      name: 'a',
      use: 'inspect',
      total: 1,
      offset: 0,
      chunk: new Uint8Array(1),
    });
    clock.advance(10 * 60_000);
    expect(() => blobs.take(two.blob)).toThrow('no longer in memory');
  });

  it('forgets as many of the oldest as a large one needs', () => {
    const { blobs } = setUp();
    const begin = (use: keyof typeof BLOB_LIMITS) =>
      blobs.put({ blob: null, name: 'a', use, total: BLOB_LIMITS[use], offset: 0, chunk: new Uint8Array(1) })
        .blob;
    const isHeld = (id: string): boolean => {
      try {
        blobs.take(id);
        return true;
      } catch (error) {
        // What is held has not arrived whole: that is said by another sentence.
        return !String(error).includes('no longer in memory');
      }
    };
    const small = Array.from({ length: 9 }, () => begin('inspect'));
    // Four transfers may be held: the third leaves room for eight of the small ones, the fourth for none.
    for (let count = 0; count < 3; count += 1) begin('transfer');
    expect(small.map(isHeld)).toEqual([false, ...Array<boolean>(8).fill(true)]);
    begin('transfer');
    expect(small.some(isHeld)).toBe(false);
  });

  it('forgets the oldest when too many are held', () => {
    const { blobs } = setUp();
    const ids = Array.from(
      { length: 17 },
      () =>
        blobs.put({ blob: null, name: 'a', use: 'inspect', total: 1, offset: 0, chunk: new Uint8Array(1) })
          .blob,
    );
    expect(() => blobs.take(ids[0] ?? '')).toThrow('no longer in memory');
    expect(blobs.take(ids[16] ?? '').bytes.length).toBe(1);
  });
});
