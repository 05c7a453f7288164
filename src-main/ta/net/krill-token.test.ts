/** Where the token of a Krill that is kept in the workspace goes: to the address and the certificate it was typed for. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NetRequest } from '../../ports.ts';
import { type TestApp, testApp } from '../../testing/test-app.ts';
import { noNet } from '../../testing/test-net.ts';

const [HERE, THERE] = ['https://krill.example.net:3000/', 'https://other.example.net:3000/'];
const [PIN, OTHER_PIN] = ['AA'.repeat(32), 'BB'.repeat(32)];
const SOCKET = 'unix:///run/krill/krill.sock';
const TOKEN = 'a-secret-of-the-first';

let app: TestApp;
let asked: NetRequest[];
beforeEach(async () => {
  asked = [];
  app = await testApp({
    net: {
      ...noNet,
      async request(request) {
        asked.push(request);
        return { status: 200, headers: {}, body: Buffer.from('{}'), peer: null };
      },
    },
  });
  await app.create('online');
  await connect({ token: TOKEN });
});
afterEach(() => app.remove());

async function connect(more: { server?: string; pin?: string | null; token?: string | null }): Promise<void> {
  asked = [];
  const order = { server: HERE, pin: PIN, token: null, postLimit: 262_144, ...more };
  await app.result(await app.call('ta.setKrill', order));
}

/** Where a request went, what vouches for it, and what it was told. */
const told = () => [
  ...new Set(
    asked.map(({ url, trust, headers }) =>
      [url.slice(0, url.indexOf('/', 9)), JSON.stringify(trust), headers?.['authorization'] ?? '-'].join(' '),
    ),
  ),
];

test('it is kept for the same server, whatever else changes', async () => {
  await connect({});
  expect(told()).toEqual([`https://krill.example.net:3000 {"sha256":"${PIN}"} Bearer ${TOKEN}`]);
  expect((await app.call('ta.krill', {})).link).toMatchObject({ server: HERE, pin: PIN, hasToken: true });
});

test.each<[string, Parameters<typeof connect>[0]]>([
  ['another address', { server: THERE }],
  ['another pin', { pin: OTHER_PIN }],
  ['no pin any more', { pin: null }],
  ['another scheme', { server: HERE.replace('https', 'http'), pin: null }],
])('%s: nothing is sent, the token is asked for, and what is kept stays', async (_what, more) => {
  await expect(connect(more)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringMatching(/Type the token of this server\.$/) as string,
    reply: { details: { fields: [{ path: 'token' }] } },
  });
  expect(asked).toEqual([]);
  expect((await app.call('ta.krill', {})).link).toMatchObject({ server: HERE, pin: PIN, hasToken: true });
  await connect({ ...more, token: 'another-secret' });
  expect(JSON.stringify(asked)).not.toContain(TOKEN);
  expect((await app.call('ta.krill', {})).link).toMatchObject({ ...more, hasToken: true });
});

test('the socket of the machine is asked without it', async () => {
  await connect({ server: SOCKET, pin: null });
  expect(asked.map(({ url, headers }) => [url, headers])).toEqual([
    [SOCKET, {}],
    [SOCKET, {}],
  ]);
  expect((await app.call('ta.krill', {})).link).toMatchObject({ server: SOCKET, hasToken: false });
});
