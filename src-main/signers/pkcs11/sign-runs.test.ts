import { expect, test } from 'vitest';
import { hostReplies, type HostReply, hostRequests } from './protocol.ts';
import { type Numbered, packReplies, packRequests, unpackRequests } from './sign-runs.ts';

const KEY = Uint8Array.of(1, 2, 3);
function sign(id: number, input: number[], more: object = {}): Numbered {
  const request = { op: 'sign', id: KEY, mechanism: 0x1041, input: Uint8Array.from(input), most: 256 };
  return { id, request: { ...request, login: null, ...more } as Numbered['request'] };
}
const plain = (list: Iterable<Numbered>) =>
  [...list].map(({ id, request }) =>
    request.op === 'sign' ? [id, [...request.id], [...request.input], request.login] : [id, request.op],
  );

test('signatures asked together are one element, and come apart as they were', () => {
  const asked: Numbered[] = [
    { id: 1, request: { op: 'token' } },
    sign(2, [1, 1]),
    // Equal, although another array.
    sign(3, [2, 2], { id: Uint8Array.from(KEY) }),
    sign(4, [3, 3]),
    { id: 5, request: { op: 'slots' } },
    sign(6, [4, 4]),
  ];
  const packed = packRequests(asked);
  expect(packed).toHaveLength(4);
  expect(packed[1]).toMatchObject({ id: 2, size: 2, run: { input: Buffer.from([1, 1, 2, 2, 3, 3]) } });
  expect(plain(unpackRequests(hostRequests.parse(packed)))).toEqual(plain(asked));
});

test.each([
  ['another key', { id: Uint8Array.of(9) }],
  ['another mechanism', { mechanism: 1 }],
  ['another length', { input: Uint8Array.of(1) }],
  ['another longest signature', { most: 1024 }],
  ['a login of its own', { login: { pin: Uint8Array.of(1) } }],
])('what differs stays alone: %s', (_name, more) => {
  const asked = [sign(1, [1, 1]), sign(2, [2, 2], more), sign(3, [3, 3])];
  expect(packRequests(asked)).toHaveLength(3);
  expect(plain(unpackRequests(packRequests(asked)))).toEqual(plain(asked));
});

test('nothing to sign, and numbers with a gap between them, stay alone', () => {
  const asked = [sign(1, []), sign(2, []), sign(3, [1]), sign(5, [2])];
  expect(packRequests(asked)).toHaveLength(4);
  expect(plain(unpackRequests(packRequests(asked)))).toEqual(plain(asked));
});

test('results of one length travel together; a refusal among them stays where it is', () => {
  const made = (id: number, ...octets: number[]): HostReply => ({
    id,
    size: octets.length,
    signatures: Uint8Array.from(octets),
  });
  const refused: HostReply = { id: 3, failure: { code: 'CKR_X', function: '', text: '' }, tries: null };
  const packed = packReplies([made(1, 1, 2), made(2, 3, 4), refused, made(4, 5, 6), made(5, 7)]);
  expect(packed).toEqual([
    { id: 1, size: 2, signatures: Buffer.from([1, 2, 3, 4]) },
    refused,
    { id: 4, size: 2, signatures: Uint8Array.of(5, 6) },
    { id: 5, size: 1, signatures: Uint8Array.of(7) },
  ]);
  expect(hostReplies.safeParse(packed).success).toBe(true);
});
