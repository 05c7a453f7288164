import { beforeAll, expect, test } from 'vitest';
import { asking, makeWorld, NOW, respond, world } from '../../testing/response-world.ts';
import { testKey } from '../../testing/test-proxy.ts';
import { judgeTakeBack, type Known } from './judge-take-back.ts';

beforeAll(makeWorld);

const file = (bytes: Uint8Array) => ({ name: 'response.json', bytes, request: null });
/** The world stands at number 3. */
const known = (more: Partial<Known> = {}): Known => ({
  ...{ anchor: world.anchor, past: [], takenBack: [], highest: 5n },
  ...more,
});
const said = (bytes: Uint8Array, more: Partial<Known> = {}, now = NOW): string => {
  try {
    const { response, above } = judgeTakeBack(known(more), file(bytes), now);
    return `${response.objects.number}${above ? ' above' : ''}`;
  } catch (error) {
    return (error as Error).message;
  }
};

test('a number that is missing is taken, years later too; one above all that was used is not', async () => {
  const [next, highest, beyond] = await Promise.all(
    [4n, 5n, 6n].map((number) => respond(asking({}), { number })),
  );
  if (next === undefined || highest === undefined || beyond === undefined) throw new Error('none was made');
  expect(said(next)).toBe('4');
  expect(said(next, {}, new Date(NOW.getTime() + 2 * 365 * 86_400_000))).toBe('4');
  expect(said(highest)).toBe('5');
  expect(said(beyond)).toMatch(
    /its number 6 is above 5, the highest this signer used: another copy of this signer made it/,
  );
  // On another machine the ledger knows no more than the state.
  expect(said(beyond, { highest: 3n })).toBe('6');
});

test('one that is here, one that begins later than now, one whose objects do not hold', async () => {
  const request = asking({});
  const bytes = await respond(request, { number: 4n });
  const back = [{ nonce: request.nonce, number: '4', facts: '', after: 0 }];
  expect(said(bytes, { takenBack: back })).toMatch(/^Response 4 is in this workspace already/);
  expect(said(await respond(asking({}), { number: 3n }))).toMatch(/^Response 3 is in this workspace already/);
  expect(said(bytes, {}, new Date(NOW.getTime() - 60_000))).toMatch(
    /it was signed at .*, and this machine says .*; compare the clock with another one/,
  );
  expect(said(await respond(asking({}), { number: 4n, ta: testKey() }))).toMatch(
    /is not taken back: The (CRL|manifest): /,
  );
  const missing = await respond(asking({}), { number: 4n, revocations: () => [] });
  expect(said(missing)).toMatch(/was revoked before and is not on the CRL/);
});

test('below what is here and not known: it is taken above that', async () => {
  const bytes = await respond(asking({}), { number: 2n });
  expect(said(bytes)).toBe('2 above');
});
