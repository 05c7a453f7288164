/** A response that own keys signed wrongly: it is judged before it is kept, and nothing is stored. */
import { beforeAll, expect, test, vi } from 'vitest';
import type { Sign } from '../../rpki/make-certificate.ts';
import type { Session } from '../../store/store-contract.ts';
import { asking, issuance, makeWorld, START, world } from '../../testing/response-world.ts';
import { NO_JOB } from '../../testing/test-child.ts';
import { testRandom } from '../../testing/test-ports.ts';
import { testKey } from '../../testing/test-proxy.ts';
import { processRequest } from './process.ts';
import type { Signing } from './signing.ts';

beforeAll(makeWorld);

/** Answers a wish with these keys; what the store was told. */
async function processed(signing: Signing) {
  const run = vi.fn(async () => undefined);
  const request = asking({ [world.asked.keyId]: await issuance(world.asked) });
  const ended = processRequest(
    {
      random: testRandom,
      session: () => ({ store: { run } }) as unknown as Session,
      now: () => new Date(START + 600_000),
    },
    {
      held: { version: 1, anchor: world.anchor, signing },
      request,
      file: Buffer.from('{}'),
      number: world.anchor.objects.number + 1n,
      numberReason: '',
      again: false,
      requestAt: null,
      approvedBy: 'approved',
      approvers: [],
    },
    NO_JOB,
  );
  return { ended, run };
}

/** A device that answers, and wrongly: one bit of each signature is another one. */
const broken =
  (sign: Sign): Sign =>
  async (data) => {
    const signature = Uint8Array.from(await sign(data));
    signature[9] = (signature[9] ?? 0) ^ 1;
    return signature;
  };
const foreign = testKey();

test('what is signed rightly is kept, in one command', async () => {
  const { ended, run } = await processed(world.signing);
  await expect(ended).resolves.toHaveLength(1);
  expect(run).toHaveBeenCalledExactlyOnceWith('ta.exchange', expect.objectContaining({ version: 1 }));
});

test.each<[string, (right: Signing) => Signing]>([
  ['certificates of another key', (right) => ({ ...right, ta: { ...right.ta, certificate: foreign.sign } })],
  ['a CRL of another key', (right) => ({ ...right, ta: { ...right.ta, crl: foreign.sign } })],
  [
    'a wrong bit in each certificate',
    (right) => ({ ...right, ta: { ...right.ta, certificate: broken(right.ta.certificate) } }),
  ],
  ['a wrong bit in the CRL', (right) => ({ ...right, ta: { ...right.ta, crl: broken(right.ta.crl) } })],
  [
    'a message of another identity',
    (right) => ({ ...right, identity: { ...right.identity, certificate: foreign.sign } }),
  ],
  [
    'the CRL of the message of another',
    (right) => ({ ...right, identity: { ...right.identity, crl: foreign.sign } }),
  ],
  [
    'a one-off key that signs wrongly',
    (right) => ({
      ...right,
      oneOff: (use) => right.oneOff((key) => use({ ...key, sign: broken(key.sign) })),
    }),
  ],
])('%s: thrown away, nothing is stored', async (_what, change) => {
  const { ended, run } = await processed(change(world.signing));
  await expect(ended).rejects.toMatchObject({
    code: 'INTERNAL',
    message: expect.stringMatching(
      /^The response does not hold before the validator \(.*\); it was thrown away, nothing was changed\.$/,
    ) as string,
  });
  expect(run).not.toHaveBeenCalled();
});
