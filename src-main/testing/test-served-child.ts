/** A remote child enrolled at a proxy that serves, and what it hears over HTTP. Not shipped. */
import { parseCertificate } from '../x509/certificate.ts';
import type { TestApp } from './test-app.ts';
import { nodeNet } from './test-net.ts';
import { testKey, type TestKey } from './test-proxy.ts';
import { addChild, proxyFileOf } from './test-proxy-app.ts';
import { type RemoteChild, remoteChild } from './test-remote-child.ts';
import { startService } from './test-service.ts';

export interface ServedChild {
  child: RemoteChild;
  key: TestKey;
  /** Where the proxy serves it. */
  uri: string;
  /** The answer to a body, whatever it is. */
  send(body: Uint8Array): ReturnType<typeof nodeNet.request>;
  /** The answer to a message that is made a second later, opened. */
  ask(
    payload: Parameters<RemoteChild['message']>[0],
  ): Promise<ReturnType<RemoteChild['open']> | { type: 'http'; status: number; text: string }>;
}

/** `proxy` is associated. */
export async function servedChild(proxy: TestApp): Promise<ServedChild> {
  const child = await remoteChild('remote/one', proxy.clock.now());
  await addChild(proxy, child.requestXml, child.handle);
  await startService(proxy);
  const answer = (await proxyFileOf(proxy, 'parent-response', child.handle)).toString('utf8');
  const uri = /service_uri="([^"]+)"/.exec(answer)?.[1] ?? '';
  const send = (body: Uint8Array) =>
    nodeNet.request({
      method: 'POST',
      url: uri,
      headers: { 'content-type': 'application/rpki-updown' },
      body,
      trust: 'system',
      timeoutMs: 20_000,
      maxBytes: 1_000_000,
    });
  return {
    child,
    key: testKey(),
    uri,
    send,
    async ask(payload) {
      proxy.clock.advance(1000);
      const reply = await send(await child.message(payload, proxy.clock.now()));
      if (reply.status !== 200)
        return { type: 'http', status: reply.status, text: Buffer.from(reply.body).toString() };
      const { base64 } = JSON.parse((await proxyFileOf(proxy, 'proxy-id')).toString('utf8')) as {
        base64: string;
      };
      const parent = parseCertificate(Buffer.from(base64, 'base64')).spkiDer;
      return child.open(reply.body, parent, proxy.clock.now());
    },
  };
}
