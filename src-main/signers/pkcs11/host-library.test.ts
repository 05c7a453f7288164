import { expect, test } from 'vitest';
import type { Cryptoki } from './cryptoki.ts';
import { createHostLibrary } from './host-library.ts';

const noTurn = (): void => undefined;

test('functions: a search and a session once a token, then only what was seen since', async () => {
  const called: string[] = [];
  const note =
    <T>(name: string, value: T) =>
    (): T => {
      called.push(name);
      return value;
    };
  const slot = Buffer.from([7, 0, 0, 0, 0, 0, 0, 0]);
  const version = { major: 1, minor: 0 };
  const library = createHostLibrary(async () => {
    const made = {
      load: () => undefined,
      C_Initialize: () => undefined,
      C_GetInfo: () => ({ manufacturerID: '', libraryDescription: '', libraryVersion: version }),
      C_GetSlotList: () => [slot],
      C_GetTokenInfo: () => ({
        ...{ label: '', serialNumber: '', manufacturerID: '', model: '' },
        ...{ firmwareVersion: version, flags: 0, maxRwSessionCount: 0 },
      }),
      C_GetMechanismList: () => [],
      C_OpenSession: note('C_OpenSession', Buffer.alloc(8)),
      C_CloseSession: note('C_CloseSession', undefined),
      C_FindObjectsInit: note('C_FindObjectsInit', undefined),
      C_FindObjects: note('C_FindObjects', []),
      C_FindObjectsFinal: note('C_FindObjectsFinal', undefined),
      C_Login: note('C_Login', undefined),
    };
    return made as unknown as Cryptoki;
  });
  const ask = async (request: Parameters<typeof library.handle>[0]) => library.handle(request, noTurn);
  const presentOf = async (): Promise<string[]> =>
    ((await ask({ op: 'functions' })) as { name: string; present: boolean | null }[])
      .filter(({ present }) => present === true)
      .map(({ name }) => name);
  await ask({ op: 'load', library: 'x' });
  await ask({ op: 'select', slot: 7, sessions: 1 });
  called.length = 0;
  const first = await presentOf();
  expect(first).toContain('C_FindObjects');
  expect(first).not.toContain('C_Login');
  expect(called).toContain('C_FindObjectsInit');
  called.length = 0;
  await ask({ op: 'login', pin: Buffer.from('1') });
  expect(await presentOf()).toEqual(expect.arrayContaining([...first, 'C_Login']));
  expect(called).toEqual(['C_Login']);
  // Another token may have a library of its own behind the same one.
  await ask({ op: 'select', slot: 7, sessions: 1 });
  called.length = 0;
  await presentOf();
  expect(called).toContain('C_FindObjectsInit');
});
