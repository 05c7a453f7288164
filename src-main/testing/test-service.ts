/** The service of a proxy on a free loopback port, a remote child that talks to it, and local children. Not shipped. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildExport, LocalChildView } from '#shared/contract/ta-child.ts';
import type { Payload } from '../rpki/provisioning-message.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { freePort } from './krill.ts';
import type { TestApp } from './test-app.ts';
import { nodeNet } from './test-net.ts';
import { ALL, proxyFileOf } from './test-proxy-app.ts';
import type { RemoteChild } from './test-remote-child.ts';

/** Listens from now on, with TLS when a certificate is named; answers its URI, without a slash at the end. */
export async function startService(proxy: TestApp, certificate: string | null = null): Promise<string> {
  const port = await freePort();
  await proxy.call('ta.setService', { host: '127.0.0.1', port, publicUri: null, certificate });
  await proxy.call('ta.startService', {});
  return `${certificate === null ? 'http' : 'https'}://127.0.0.1:${port}`;
}

/** Sends `child`'s messages to where its parent response says, and opens the answers. Throws for another status than 200. */
export async function sender(
  proxy: TestApp,
  child: RemoteChild,
): Promise<(payload: Payload) => Promise<Payload>> {
  const response = (await proxyFileOf(proxy, 'parent-response', child.handle)).toString('utf8');
  const uri = /service_uri="([^"]+)"/.exec(response)?.[1] ?? '';
  const { base64 } = JSON.parse((await proxyFileOf(proxy, 'proxy-id')).toString('utf8')) as {
    base64: string;
  };
  const parent = parseCertificate(Buffer.from(base64, 'base64')).spkiDer;
  return async (payload) => {
    proxy.clock.advance(1000);
    const answer = await nodeNet.request({
      method: 'POST',
      url: uri,
      headers: { 'content-type': 'application/rpki-updown' },
      body: await child.message(payload, proxy.clock.now()),
      trust: 'system',
      timeoutMs: 20_000,
      maxBytes: 1_000_000,
    });
    if (answer.status !== 200)
      throw new Error(`${answer.status} ${Buffer.from(answer.body).toString('utf8')}`);
    return child.open(answer.body, parent, proxy.clock.now());
  };
}

/** A local child, added at the proxy; it publishes where the proxy does when that is a folder. */
export async function addLocal(app: TestApp, handle: string, resources = ALL): Promise<void> {
  await app.result(await app.call('ta.localCreate', { handle }));
  await app.call('ta.childAdd', { from: { kind: 'local', handle }, handle, resources });
  await app.call('ta.localConnect', { handle });
}

export async function localOf(app: TestApp, handle: string): Promise<LocalChildView> {
  const { children } = await app.call('ta.localChildren', {});
  const found = children.find((child) => child.handle === handle);
  if (found === undefined) throw new Error(`no local child ${handle}`);
  return found;
}

/** A file of a local child, read back from where it was written. */
export async function localFileOf(app: TestApp, handle: string, what: ChildExport): Promise<Buffer> {
  const path = join(app.folder, `${handle}-${what}.out`);
  app.places.push(path);
  const { chosen } = await app.call('dialogs.saveFile', { purpose: 'export', suggestedName: 'file' });
  await app.call('ta.localExport', { handle, what, target: chosen?.ticket ?? '', overwrite: true });
  return readFileSync(path);
}
