import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { missingPeers } from '../../testing/peers.ts';
import { testApp } from '../../testing/test-app.ts';
import { endServers, nodeNet, serve } from '../../testing/test-net.ts';
import {
  answeredBy,
  associate,
  initProxy,
  makeRequest,
  proxyFileOf,
  proxyOf,
  signerFor,
  signerInfoOf,
  take,
} from '../../testing/test-proxy-app.ts';
import { addLocal, localOf } from '../../testing/test-service.ts';
import { signerOf } from '../../testing/test-signer.ts';
import { testTls } from '../../testing/test-tls.ts';
import { fort, routinator, routinatorByRrdp, rpkiClient } from '../../testing/validators.ts';

const missing = missingPeers('rpki-client', 'fort', 'routinator');
const why = missing.length === 0 ? '' : ` SKIPPED: missing ${missing.join(', ')}; type npm run peers`;

const BASE = 'rsync://localhost/repo/';

/** What a web server and an rsync server hand out. */
interface Served {
  /** Holds `rrdp`. */
  folder: string;
  certificate: Uint8Array;
}

test.skipIf(missing.length > 0)(
  `proxy, signer and two local children in a folder: three validators and our own look from outside find it clean${why}`,
  { timeout: 180_000 },
  async () => {
    const tls = testTls();
    const served: Served = { folder: '', certificate: new Uint8Array() };
    const { url } = await serve({ tls }, async ({ path }) => {
      if (path === '/ta/ta.cer') return { status: 200, body: served.certificate };
      const file = join(served.folder, path);
      return path.startsWith('/rrdp/') && existsSync(file)
        ? { status: 200, body: readFileSync(file) }
        : { status: 404 };
    });
    const host = url.replace('127.0.0.1', 'localhost');
    const tal = { https: `${host}ta/ta.cer`, rsync: 'rsync://localhost/ta/ta.cer' };
    const proxy = await testApp({
      live: true,
      // As if a public authority vouched for it.
      net: { ...nodeNet, request: (asked) => nodeNet.request({ ...asked, trust: { caPem: tls.certPem } }) },
    });
    const signer = await testApp({ live: true });
    try {
      await proxy.create('online');
      await signer.create('offline');
      const folder = join(proxy.folder, 'published');
      mkdirSync(folder);
      served.folder = folder;
      await initProxy(proxy, folder, `${host}rrdp/notification.xml`, BASE);
      await signerFor(proxy, signer, tal);
      const update = async (): Promise<void> => {
        const { sha256 } = (await signerOf(signer)).identity;
        await associate(proxy, await signerInfoOf(signer), sha256);
        served.certificate = await proxyFileOf(proxy, 'certificate');
      };
      await update();
      for (const handle of ['online', 'second']) await addLocal(proxy, handle);
      const exchange = async (): Promise<void> =>
        void (await take(proxy, await answeredBy(proxy, signer, await makeRequest(proxy), 1000)));
      const clean = async (when: string): Promise<void> => {
        const repository = {
          published: join(folder, 'rsync'),
          host: 'localhost',
          tal: (await proxyFileOf(proxy, 'tal')).toString('utf8'),
          taCertificate: served.certificate,
        };
        for (const validate of [rpkiClient, fort, routinator])
          expect(validate(repository), `${validate.name} ${when}`).toEqual({ origins: [], complaints: [] });
      };
      /** What a look from outside finds that is not good. */
      const wrong = async (): Promise<string[]> => {
        const id = await proxy.result(await proxy.call('ta.checkPublic', {}));
        const { findings } = await proxy.call('ta.publicFindings', { id });
        return findings.filter(({ ok }) => ok !== true).map(({ text }) => text);
      };
      const rsyncOnly = [expect.stringContaining('Not checked: rsync')];

      await exchange();
      await clean('after the first exchange');
      expect(await wrong()).toEqual(rsyncOnly);
      const early = join(proxy.folder, 'early');
      cpSync(folder, early, { recursive: true });

      // Two key rolls at once: new keys, then the old ones revoked.
      for (const handle of ['online', 'second']) await proxy.call('ta.localRoll', { handle, step: 'start' });
      await exchange();
      await clean('with a new key each');
      for (const handle of ['online', 'second'])
        await proxy.call('ta.localRoll', { handle, step: 'activate' });
      await exchange();
      expect((await proxyOf(proxy)).signer).toMatchObject({ issued: 2, revoked: 2 });
      expect(await localOf(proxy, 'online')).toMatchObject({ keys: [{ state: 'active' }], warnings: [] });

      // The same key under a new certificate, before and after its first exchange.
      const first = served.certificate;
      await signer.result(
        await signer.call('ta.reissue', {
          https: [tal.https, `${host}mirror/ta.cer`],
          rsync: tal.rsync,
          notify: `${host}rrdp/notification.xml`,
          years: 20,
        }),
      );
      await update();
      await clean('reissued');
      await exchange();
      await clean('after the exchange that follows');

      const mirror = 'There is no such file on the server: put it there, or mend the address.';
      expect(await wrong()).toEqual([mirror, ...rsyncOnly]);
      served.certificate = first;
      expect(await wrong()).toEqual([
        'It is not the present certificate: put the present ta.cer there.',
        mirror,
        ...rsyncOnly,
      ]);
      served.certificate = await proxyFileOf(proxy, 'certificate');
      served.folder = early;
      expect(await wrong()).toEqual([
        mirror,
        ...rsyncOnly,
        'Published is manifest 2, made last was 5: have the last response processed and published.',
      ]);
      served.folder = join(proxy.folder, 'nowhere');
      expect(await wrong()).toEqual([mirror, ...rsyncOnly, mirror]);
      served.folder = folder;

      // By RRDP alone: TA, two children.
      const seen = await routinatorByRrdp(
        (await proxyFileOf(proxy, 'tal')).toString('utf8').replace(/^.*mirror.*\n/m, ''),
        tls.certPem,
      );
      expect(seen.complaints).toEqual([]);
      expect(seen.manifests).toHaveLength(3);

      // A child that leaves.
      await proxy.call('ta.childRemove', { handle: 'second', confirm: 'second' });
      await exchange();
      await clean('without the second child');
      expect((await proxyOf(proxy)).signer).toMatchObject({ number: '6', issued: 1, revoked: 3 });
    } finally {
      await proxy.remove();
      await signer.remove();
      await endServers();
    }
  },
);
