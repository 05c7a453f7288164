import { expect, test } from 'vitest';
import type { Request } from '../documents.ts';
import { tooLarge } from './make-request.ts';

test('a request that no signer reads names the child with the most in it', () => {
  const asn = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ min: BigInt(2 * at), max: BigInt(2 * at) }));
  const child = (handle: string, had: number, asked: number) => ({
    handle,
    resources: { asn: asn(had), ipv4: [], ipv6: [] },
    requests: new Map([
      [
        'A1',
        { type: 'issuance', className: 'default', limit: { asn: asn(asked) }, csrDer: Uint8Array.of(1) },
      ] as const,
    ]),
  });
  const request: Request = {
    nonce: 'n',
    children: [child('a', 900, 0), child('b', 1, 1000), child('c', 5, 5)],
  };
  expect(tooLarge(request, 70 * 1_048_576)).toMatchObject({
    code: 'TOO_LARGE',
    message: expect.stringMatching(
      /^The request would have 70 MiB, and the signer reads 64: b asks for the most, .* make the request again\.$/,
    ) as string,
  });
});
