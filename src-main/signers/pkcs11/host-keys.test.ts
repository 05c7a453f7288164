import { expect, test } from 'vitest';
import type { Cryptoki, Handle } from './cryptoki.ts';
import { createHostKeys } from './host-keys.ts';
import { openSessions } from './host-sessions.ts';
import type { SignRequest } from './protocol.ts';

/** A token with one key, whose C_Sign takes as long as the test says. */
function fakeToken() {
  const token = { takesMs: 0, fails: '', keys: 1, searches: 0, threads: 0 };
  let next = 0;
  function signed(): Buffer {
    if (token.fails !== '') throw new Error(token.fails);
    const until = performance.now() + token.takesMs;
    while (performance.now() < until);
    return Buffer.from([7]);
  }
  const library = {
    C_OpenSession: () => Buffer.from([(next += 1)]),
    C_CloseSession: () => undefined,
    C_FindObjectsInit: () => void (token.searches += 1),
    C_FindObjects: () => Array.from({ length: token.keys }, (_, at) => Buffer.from([at])),
    C_FindObjectsFinal: () => undefined,
    C_SignInit: () => undefined,
    C_Login: () => undefined,
    C_Sign: signed,
    C_SignAsync: async (_session: Handle) => {
      token.threads += 1;
      return signed();
    },
  } as unknown as Cryptoki;
  return { token, keys: createHostKeys(library, openSessions(library, Buffer.alloc(8), 4)) };
}

const noTurn = (): void => undefined;
const request: SignRequest = {
  op: 'sign',
  id: Uint8Array.of(1),
  mechanism: 0x1041,
  input: Uint8Array.of(2),
  most: 16,
  login: null,
};

/** Signs until the token is known to be quick. */
async function quick(made: ReturnType<typeof fakeToken>): Promise<void> {
  for (let at = 0; at < 8; at += 1) await made.keys.sign(request, noTurn);
  expect(made.token.threads).toBe(8);
}

test('a quick token signs at once; one that becomes slow is given a thread again', async () => {
  const made = fakeToken();
  await quick(made);
  expect(made.keys.sign(request, noTurn)).toEqual(Buffer.from([7]));
  made.token.takesMs = 25;
  expect(made.keys.sign(request, noTurn)).toEqual(Buffer.from([7]));
  expect(made.keys.sign(request, noTurn)).toBeInstanceOf(Promise);
  expect(made.token.threads).toBe(9);
  expect(made.token.searches).toBe(1);
});

test('one that takes a millisecond has a thread for each, so that several sign at once', async () => {
  const made = fakeToken();
  made.token.takesMs = 1;
  for (let at = 0; at < 12; at += 1) expect(made.keys.sign(request, noTurn)).toBeInstanceOf(Promise);
});

test('a login for each signature never goes the quick way', async () => {
  const made = fakeToken();
  await quick(made);
  const login = { pin: null };
  await made.keys.sign({ ...request, login }, noTurn);
  expect(made.token.threads).toBe(9);
});

test('after a failure the key is searched again, and two of one CKA_ID are not used', async () => {
  const made = fakeToken();
  await quick(made);
  made.token.fails = 'CKR_KEY_HANDLE_INVALID:96';
  expect(() => made.keys.sign(request, noTurn)).toThrow('CKR_KEY_HANDLE_INVALID');
  made.token.fails = '';
  made.token.keys = 2;
  await expect(made.keys.sign(request, noTurn)).rejects.toMatchObject({ code: 'KEY_AMBIGUOUS' });
  expect(made.token.searches).toBe(2);
});
