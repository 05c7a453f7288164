/** A proxy of Baleen's own set up through the channels, and a signer beside it in another application. Not shipped. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProxyExport, ProxyView } from '#shared/contract/ta-proxy.ts';
import { type TestApp, testApp } from './test-app.ts';
import { endServers } from './test-net.ts';
import { approve, dateOf, exportTo, setUpSigner, signerOf } from './test-signer.ts';

export const BASE = 'rsync://rpki.example.net/repo/';
export const NOTIFY = 'https://rpki.example.net/rrdp/notification.xml';
export const TAL = {
  https: 'https://rpki.example.net/ta/ta.cer',
  rsync: 'rsync://rpki.example.net/ta/ta.cer',
};
export const ALL = { asn: 'AS0-AS4294967295', ipv4: '0.0.0.0/0', ipv6: '::/0' };

export async function proxyOf(app: TestApp): Promise<ProxyView> {
  const { proxy } = await app.call('ta.proxy', {});
  if (proxy === null) throw new Error('no proxy');
  return proxy;
}

/** A file of the proxy, read back from where it was written. */
export async function proxyFileOf(
  app: TestApp,
  what: ProxyExport,
  child: string | null = null,
): Promise<Buffer> {
  const path = join(app.folder, `${what}.out`);
  app.places.push(path);
  const { chosen } = await app.call('dialogs.saveFile', { purpose: 'export', suggestedName: 'file' });
  await app.call('ta.proxyExport', { what, child, target: chosen?.ticket ?? '', overwrite: true });
  return readFileSync(path);
}

/** Initialised, publishing into `folder`. */
export async function initProxy(
  app: TestApp,
  folder: string,
  notify: string | null = NOTIFY,
  base = BASE,
): Promise<void> {
  await app.result(await app.call('ta.proxyInit', {}));
  await app.call('ta.proxyFolder', { folder: await chosenFolder(app, folder), base, notify });
}

/** The ticket of a folder that is chosen in the dialog. */
export async function chosenFolder(app: TestApp, path: string): Promise<string> {
  app.places.push(path);
  return (await app.call('dialogs.folder', { purpose: 'export' })).chosen?.ticket ?? '';
}

/** The signer for this proxy's files. */
export async function signerFor(proxy: TestApp, signer: TestApp, tal = TAL): Promise<void> {
  const text = async (what: ProxyExport) => (await proxyFileOf(proxy, what)).toString('utf8');
  await setUpSigner(signer, {
    proxyId: { name: 'proxy-id.json', text: await text('proxy-id') },
    fingerprint: (await proxyOf(proxy)).identity.sha256,
    repository: { name: 'proxy-repo.json', text: await text('proxy-repo') },
    https: tal.https,
    rsync: tal.rsync,
  });
}

export async function associate(proxy: TestApp, signerInfo: Uint8Array, fingerprint: string): Promise<void> {
  const { info } = await proxy.call('ta.openSignerInfo', {
    blob: await proxy.blob('signer-info.json', signerInfo, 'transfer'),
  });
  await proxy.result(await proxy.call('ta.associate', { id: info, fingerprint }));
}

/** signer-info.json of a signer in another application. */
export async function signerInfoOf(signer: TestApp): Promise<Buffer> {
  const path = join(signer.folder, 'signer-info.json');
  await exportTo(signer, 'signer-info', path);
  return readFileSync(path);
}

/** With the signer's present signer-info.json, and the fingerprint that its screen shows. */
export async function associateWith(proxy: TestApp, signer: TestApp): Promise<void> {
  await associate(proxy, await signerInfoOf(signer), (await signerOf(signer)).identity.sha256);
}

/** A proxy and its signer, associated. */
export async function associated(proxy: TestApp, signer: TestApp, folder: string): Promise<void> {
  await initProxy(proxy, folder);
  await signerFor(proxy, signer);
  await associateWith(proxy, signer);
}

export async function addChild(
  proxy: TestApp,
  requestXml: Uint8Array,
  handle: string,
  resources = ALL,
): Promise<void> {
  const { info } = await proxy.call('ta.openChildInfo', {
    blob: await proxy.blob('child-request.xml', requestXml, 'transfer'),
  });
  await proxy.call('ta.childAdd', { from: { kind: 'file', id: info }, handle, resources });
}

/** The open request, as it is carried. */
export async function makeRequest(proxy: TestApp, ask = true): Promise<Buffer> {
  await proxy.result(await proxy.call('ta.makeRequest', { ask, today: dateOf(proxy) }));
  return proxyFileOf(proxy, 'request');
}

export async function openResponse(proxy: TestApp, bytes: Uint8Array) {
  const { review: id } = await proxy.call('ta.openResponse', {
    blob: await proxy.blob('response.json', bytes, 'transfer'),
  });
  return { id, view: await proxy.call('ta.responseReview', { id }) };
}

/** The response of a signer in another application to `request`, as it is carried back. Both are `later` than before. */
export async function answeredBy(
  proxy: TestApp,
  signer: TestApp,
  request: Buffer,
  later = 60_000,
): Promise<Buffer> {
  const exchange = await approve(signer, request, later);
  proxy.clock.advance(later);
  const path = join(signer.folder, 'response.json');
  await exportTo(signer, 'response', path, exchange);
  return readFileSync(path);
}

/** Takes the response; answers the exchange. */
export async function take(proxy: TestApp, bytes: Uint8Array): Promise<string> {
  const { id, view } = await openResponse(proxy, bytes);
  if (!view.canPublish) throw new Error(JSON.stringify(view.faults));
  return proxy.result(await proxy.call('ta.takeResponse', { id }));
}

/** The two halves, each in an application of its own, and the folder into which the proxy is to publish. */
export interface TwoHalves {
  proxy: TestApp;
  signer: TestApp;
  folder: string;
}

let open: TwoHalves | null = null;

/** For `beforeEach`; `endHalves` belongs into `afterEach`. */
export async function twoHalves(at: { live?: boolean } = {}): Promise<TwoHalves> {
  const [proxy, signer] = [await testApp(at), await testApp(at)];
  open = { proxy, signer, folder: join(proxy.folder, 'published') };
  mkdirSync(open.folder);
  await proxy.create('online', 'Proxy');
  await signer.create('offline', 'Signer');
  return open;
}

/** The same, the proxy publishing into the folder and associated with the signer. */
export async function associatedHalves(at: { live?: boolean } = {}): Promise<TwoHalves> {
  const halves = await twoHalves(at);
  await associated(halves.proxy, halves.signer, halves.folder);
  return halves;
}

export async function endHalves(): Promise<void> {
  const halves = open;
  open = null;
  await halves?.proxy.remove();
  await halves?.signer.remove();
  await endServers();
}
