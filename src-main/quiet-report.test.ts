import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { testApp } from './testing/test-app.ts';

let app: Awaited<ReturnType<typeof testApp>>;
afterEach(() => app.remove());

test("no name is asked for an open socket when a module reads Node's diagnostic report", async () => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const endpoints = (): unknown[] => {
    const { libuv } = process.report.getReport() as { libuv: { type: string; localEndpoint?: unknown }[] };
    return libuv.filter(({ type }) => type === 'udp').map(({ localEndpoint }) => localEndpoint);
  };
  app = await testApp();
  // Asked for, the name would be "localhost".
  for (const endpoint of endpoints()) expect(endpoint).toMatchObject({ host: '127.0.0.1' });
  expect(endpoints().length).toBeGreaterThan(0);
  socket.close();
});
