/**
 * Exchanges between the proxy and the signer in the given folder as fast as it can, its local child rolling its key, and says
 * what was acknowledged, until it is killed. A program of its own, because a thread cannot be killed with -9. Not shipped.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { answeredBy, makeRequest, proxyOf, take } from './test-proxy-app.ts';
import { openedApp } from './test-app.ts';
import { localOf } from './test-service.ts';

const folder = process.argv[2] ?? '';
const proxy = await openedApp(join(folder, 'proxy'));
const signer = await openedApp(join(folder, 'signer'));
const say = (line: string): void => void writeSync(1, `${line}\n`);
const number = async (): Promise<string> => (await proxyOf(proxy)).signer?.number ?? '';
say('open');
for (;;) {
  const request = await makeRequest(proxy);
  say(`request ${(await proxyOf(proxy)).open?.nonce}`);
  const response = await answeredBy(proxy, signer, request, 1000);
  say('signed');
  await take(proxy, response);
  say(`taken ${await number()}`);
  await proxy.result(await proxy.call('ta.publish', {}));
  say(`published ${await number()}`);
  const { roll } = await localOf(proxy, 'online');
  if (roll !== null) await proxy.call('ta.localRoll', { handle: 'online', step: roll });
  say('rolled');
}
