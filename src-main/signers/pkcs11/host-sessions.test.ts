import { expect, test } from 'vitest';
import type { Cryptoki, Handle } from './cryptoki.ts';
import { openSessions } from './host-sessions.ts';

/** A token that allows `most` sessions, by the names of which tests speak. */
function fakeToken(most: number) {
  const open = new Set<string>();
  const done: string[] = [];
  const token = { most, open, done, closeFails: false, openFails: '' };
  let next = 0;
  const library = {
    C_OpenSession() {
      if (token.openFails !== '') throw new Error(token.openFails);
      if (open.size >= token.most) throw new Error('CKR_SESSION_COUNT:177');
      const name = `s${next}`;
      next += 1;
      open.add(name);
      return Buffer.from(name);
    },
    C_CloseSession(session: Handle) {
      done.push(`close ${session.toString()}`);
      if (token.closeFails) throw new Error('CKR_DEVICE_ERROR:48');
      open.delete(session.toString());
    },
    C_SignFinal: (session: Handle) => void done.push(`end ${session.toString()}`),
    C_Sign: () => Buffer.alloc(0),
  } as unknown as Cryptoki;
  return { token, sessions: openSessions(library, Buffer.alloc(8), 4) };
}

const noTurn = (): void => undefined;
const failing = (): Promise<never> => Promise.reject(new Error('CKR_PIN_INCORRECT:160'));

test('what failed half-way is ended with its session; who waits gets another one', async () => {
  const { token, sessions } = fakeToken(2);
  const turns: boolean[] = [];
  const failed = sessions.use(noTurn, failing);
  const waits = sessions.use(
    (begun) => turns.push(begun),
    async (session) => session.toString(),
  );
  await expect(failed).rejects.toThrow('CKR_PIN_INCORRECT');
  expect(await waits).toBe('s2');
  expect(turns).toEqual([false, true]);
  expect(token.done).toEqual(['close s1']);
  expect([...token.open]).toEqual(['s0', 's2']);
});

test('a session that does not close is used no more, and the one that searches signs nothing', async () => {
  const { token, sessions } = fakeToken(3);
  token.closeFails = true;
  await expect(sessions.use(noTurn, failing)).rejects.toThrow('CKR_PIN_INCORRECT');
  expect(() =>
    sessions.useNow(() => {
      throw new Error('CKR_DEVICE_ERROR:48');
    }),
  ).toThrow('CKR_DEVICE_ERROR');
  // Two were lost to the token; whoever signs now has none of them and not the first one.
  token.most = 4;
  expect(await sessions.use(noTurn, async (session) => session.toString())).toBe('s3');
  expect(sessions.useNow((session) => session.toString())).toEqual({ value: 's3' });
});

test('who waits for a session that nobody can open is told why', async () => {
  const { token, sessions } = fakeToken(2);
  const failed = sessions.use(noTurn, failing);
  const waits = sessions.use(noTurn, () => Promise.resolve());
  token.openFails = 'CKR_DEVICE_REMOVED:50';
  await expect(failed).rejects.toThrow('CKR_PIN_INCORRECT');
  await expect(waits).rejects.toThrow('CKR_DEVICE_REMOVED');
});

test('the only session keeps its login: what failed on it is ended, and a search waits for a signature', async () => {
  const { token, sessions } = fakeToken(1);
  await expect(sessions.use(noTurn, failing)).rejects.toThrow('CKR_PIN_INCORRECT');
  // Nothing was begun.
  expect(token.done).toEqual([]);
  const halfWay = (session: Handle): Promise<never> => {
    sessions.begun(session, true);
    return failing();
  };
  await expect(sessions.use(noTurn, halfWay)).rejects.toThrow('CKR_PIN_INCORRECT');
  expect(token.done).toEqual(['end s0']);
  const { promise, resolve } = Promise.withResolvers<string>();
  const order: string[] = [];
  const signing = sessions.use(noTurn, async () => {
    await promise;
    order.push('signed');
  });
  const turns: boolean[] = [];
  const reading = Promise.resolve(
    sessions.read(
      (begun) => turns.push(begun),
      (session) => order.push(`read ${session.toString()}`),
    ),
  );
  expect(sessions.useNow(() => 0)).toBeNull();
  resolve('');
  await Promise.all([signing, reading]);
  expect(order).toEqual(['signed', 'read s0']);
  expect(turns).toEqual([false, true]);
});
