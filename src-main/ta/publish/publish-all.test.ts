import { expect, test } from 'vitest';
import { AppError } from '../../lib/app-error.ts';
import type { Net } from '../../ports.ts';
import { signingWith } from '../../testing/response-world.ts';
import { testKey } from '../../testing/test-proxy.ts';
import type { Publication } from './publication.ts';
import { publishAll } from './publish-all.ts';

const key = testKey();

function publication(publisher: string): Publication {
  return {
    publisher,
    contact: {
      base: `rsync://rpki.example.net/repo/${publisher}/`,
      notify: null,
      serviceUri: `https://rpki.example.net/${publisher}`,
      serverSpki: key.spkiDer,
    },
    target: { kind: 'server', pin: null },
    signing: signingWith(key.sign, key),
    files: [],
  };
}

test('what a certificate points at goes out before it: the trust anchor is last', async () => {
  const asked: string[] = [];
  const net = {
    request({ url }: { url: string }) {
      asked.push(url.split('/').at(-1) ?? '');
      return Promise.reject(new AppError('UNREACHABLE', 'Nobody is there.'));
    },
  } as unknown as Net;
  const { refused } = await publishAll(
    { net, now: () => new Date('2027-03-01T12:00:00Z'), again: false },
    ['ta', 'one', 'two'].map(publication),
  );
  expect(asked).toEqual(['one', 'two', 'ta']);
  expect(refused).toHaveLength(3);
});
