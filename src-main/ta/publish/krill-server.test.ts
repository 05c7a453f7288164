import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256Hex } from '../../lib/bytes.ts';
import { type Krill, startKrill, until } from '../../testing/krill.ts';
import { missingPeers } from '../../testing/peers.ts';
import { type TestApp, testApp } from '../../testing/test-app.ts';
import { nodeNet } from '../../testing/test-net.ts';
import {
  ALL,
  answeredBy,
  associateWith,
  makeRequest,
  proxyFileOf,
  proxyOf,
  signerFor,
  take,
} from '../../testing/test-proxy-app.ts';
import { localFileOf, localOf } from '../../testing/test-service.ts';
import { fort, routinator, rpkiClient } from '../../testing/validators.ts';

const missing = missingPeers('krill', 'krillc', 'rpki-client', 'fort', 'routinator');
const why = missing.length === 0 ? '' : ` SKIPPED: missing ${missing.join(', ')}; type npm run peers`;

const TAL = { https: 'https://localhost/ta/ta.cer', rsync: 'rsync://localhost/ta/ta.cer' };

/** Every file of Krill's repository, by its path below the base, with its SHA-256. */
function files(krill: Krill): Map<string, string> {
  const entries = readdirSync(krill.published, { recursive: true, withFileTypes: true });
  const root = `${entries[0]?.parentPath ?? ''}/`;
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(root.length), sha256Hex(readFileSync(path))]),
  );
}

/** Krill lays files out a moment after it said that it has them. */
const lie = (krill: Krill, names: readonly string[]): Promise<void> =>
  until(`files ${names.join(', ')}`, () => [...files(krill).keys()].toSorted().join() === names.join());

const serialOf = (krill: Krill): number =>
  Number(
    / serial="(\d+)"/.exec(readFileSync(join(krill.folder, 'data/repo/rrdp/notification.xml'), 'utf8'))?.[1],
  );

/** What the response publishes directly at the base, by name, with its SHA-256. */
function objectsOf(response: Buffer): Map<string, string> {
  interface Object_ {
    name: string;
    base64: string;
  }
  const { response: clear } = JSON.parse(response.toString('utf8')) as {
    response: { objects: { crl: Object_; manifest: Object_; issued: Record<string, Object_> } };
  };
  const { crl, manifest, issued } = clear.objects;
  const hash = ({ base64 }: Object_): string => sha256Hex(Buffer.from(base64, 'base64'));
  return new Map([
    ...[crl, manifest].map((object) => [object.name, hash(object)] as const),
    ...Object.entries(issued).map(([key, object]) => [`${key}.cer`, hash(object)] as const),
  ]);
}

async function configure(app: TestApp, handle: string, response: string): Promise<void> {
  await app.call('ta.localConfigure', {
    handle,
    blob: await app.blob('repo-res.xml', Buffer.from(response), 'transfer'),
  });
}

/** A local child that publishes at Krill with its own identity. */
async function child(app: TestApp, krill: Krill, handle: string, answer = (xml: string) => xml) {
  await app.result(await app.call('ta.localCreate', { handle }));
  await app.call('ta.childAdd', { from: { kind: 'local', handle }, handle, resources: ALL });
  const { says } = await app.call('ta.localConnect', { handle });
  expect(says).toMatch(/its repository is a server’s/);
  const request = (await localFileOf(app, handle, 'pub-req')).toString('utf8');
  await configure(app, handle, answer(krill.publisher(request)));
}

test.skipIf(missing.length > 0)(
  `Krill's publication server holds exactly what trust anchor and child publish; what it refuses is explained${why}`,
  { timeout: 180_000 },
  async () => {
    const asked: string[] = [];
    const proxy = await testApp({
      live: true,
      net: {
        ...nodeNet,
        request(request) {
          if (request.url.includes('/rfc8181/')) asked.push(request.url.replace(/.*\/rfc8181\//, ''));
          return nodeNet.request(request);
        },
      },
    });
    const signer = await testApp({ live: true });
    const krill = await startKrill(join(proxy.folder, 'krill'));
    try {
      krill.initServer();
      await proxy.create('online');
      await signer.create('offline');
      await proxy.result(await proxy.call('ta.proxyInit', {}));
      const request = (await proxyFileOf(proxy, 'pub-req')).toString('utf8');
      const answer = Buffer.from(krill.publisher(request));
      const { sha256: pin } = await proxy.call('ta.peekServer', {
        server: `https://localhost:${krill.port}/`,
      });
      const repository = async (fingerprint: string): Promise<unknown> =>
        proxy.call('ta.proxyRepository', {
          blob: await proxy.blob('repo-res.xml', answer, 'transfer'),
          pin: fingerprint,
        });
      const publish = async (): Promise<unknown> => proxy.result(await proxy.call('ta.publish', {}));
      const exchange = async (): Promise<Buffer> => {
        const response = await answeredBy(proxy, signer, await makeRequest(proxy), 1000);
        await take(proxy, response);
        return response;
      };

      // A wrong fingerprint is not believed, and can be mended.
      await repository('AB'.repeat(32));
      await signerFor(proxy, signer, TAL);
      await associateWith(proxy, signer);
      expect((await proxyOf(proxy)).warnings[0]).toMatchObject({
        severity: 'bad',
        text: expect.stringMatching(/certificate/),
      });
      await expect(publish()).rejects.toThrow(/certificate/);
      expect(files(krill).size).toBe(0);
      await repository(pin);
      await publish();
      expect((await proxyOf(proxy)).warnings).toEqual([]);
      await until('CRL and manifest', () => files(krill).size === 2);

      await child(proxy, krill, 'online');
      const first = await exchange();
      const before = await localOf(proxy, 'online');
      const [key] = before.keys;
      expect(before.publishes).toHaveLength(2);
      const own = (uris: string[]): string[] =>
        uris.map((uri) => uri.slice('rsync://localhost/repo/'.length));
      const wanted = (response: Buffer, publishes: string[]): string[] =>
        [...objectsOf(response).keys(), ...own(publishes)].toSorted();
      await lie(krill, wanted(first, before.publishes));
      for (const [name, sha256] of objectsOf(first)) expect(files(krill).get(name)).toBe(sha256);
      expect(files(krill).get(`${key?.keyId}.cer`)).toBe(key?.certificate?.sha256);

      // Again: each asks what is there, and sends nothing.
      const [there, serial] = [files(krill), serialOf(krill)];
      asked.length = 0;
      await publish();
      expect(asked).toEqual(['online/', 'ta/']);
      expect(files(krill)).toEqual(there);
      expect(serialOf(krill)).toBe(serial);

      // A key roll replaces, adds and withdraws, at both.
      await proxy.call('ta.localRoll', { handle: 'online', step: 'start' });
      await exchange();
      expect(await localOf(proxy, 'online')).toMatchObject({ publishes: { length: 4 } });
      await until('both keys publish', () => files(krill).size === 2 + 2 + 4);
      await proxy.call('ta.localRoll', { handle: 'online', step: 'activate' });
      const last = await exchange();
      const after = await localOf(proxy, 'online');
      await lie(krill, wanted(last, after.publishes));
      expect(files(krill).has(`${key?.keyId}.cer`)).toBe(false);
      for (const validate of [rpkiClient, fort, routinator])
        expect(
          validate({
            published: krill.published,
            host: 'localhost',
            tal: (await proxyFileOf(proxy, 'tal')).toString('utf8'),
            taCertificate: await proxyFileOf(proxy, 'certificate'),
          }),
        ).toEqual({ origins: [], complaints: [] });

      // A child whose repository answer was edited: refused by the server, the others are not held up.
      await child(proxy, krill, 'stray', (xml) => xml.replace('/repo/stray/', '/repo/elsewhere/'));
      const stray = await exchange();
      expect((await proxyOf(proxy)).warnings).toMatchObject([
        { severity: 'bad', text: expect.stringMatching(/^Publishing failed: .*stray.*sia_base/) },
        { severity: 'careful', text: expect.stringMatching(/^stray: the newest objects are not out yet/) },
      ]);
      await lie(krill, wanted(stray, after.publishes));

      // The server forgets the trust anchor: told, and whole again once it is enrolled.
      krill.krillc('pubserver', 'publishers', 'remove', '--publisher', 'ta');
      await expect(publish()).rejects.toThrow(/ta: .*enrolled there.*Unknown publisher 'ta'/);
      krill.publisher(request);
      await expect(publish()).rejects.toThrow(/stray/);
      await lie(krill, wanted(stray, after.publishes));
    } finally {
      await krill.stop();
      await proxy.remove();
      await signer.remove();
    }
  },
);
