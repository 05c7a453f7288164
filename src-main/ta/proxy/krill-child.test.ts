import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startKrill, until } from '../../testing/krill.ts';
import { missingPeers } from '../../testing/peers.ts';
import { testApp } from '../../testing/test-app.ts';
import {
  addChild,
  ALL,
  answeredBy,
  associateWith,
  initProxy,
  makeRequest,
  openResponse,
  proxyFileOf,
  proxyOf,
  signerFor,
  take,
} from '../../testing/test-proxy-app.ts';
import { startService } from '../../testing/test-service.ts';
import { signerOf } from '../../testing/test-signer.ts';
import { fort, type Repository, routinator, rpkiClient } from '../../testing/validators.ts';

const missing = missingPeers('krill', 'krillc', 'rpki-client', 'fort', 'routinator');
const why = missing.length === 0 ? '' : ` SKIPPED: missing ${missing.join(', ')}; type npm run peers`;

const PLACES = {
  base: 'rsync://localhost/anchor/',
  https: 'https://localhost/ta/ta.cer',
  rsync: 'rsync://localhost/ta/ta.cer',
};
const CHILD = 'online';

/** What `krillc show` has of its keys and certificates. */
interface Shown {
  resources: { asn: string; ipv4: string };
  certificates: number;
}

function shown(text: string): Shown {
  const { resources } = JSON.parse(text) as { resources: Shown['resources'] };
  return { resources, certificates: (text.match(/incoming_cert/g) ?? []).length };
}

test.skipIf(missing.length > 0)(
  `a CA of a real Krill is certified, rolls its key, gets less and is removed, all by RFC 6492${why}`,
  { timeout: 600_000 },
  async () => {
    const proxy = await testApp({ live: true });
    const signer = await testApp({ live: true });
    const krill = await startKrill(join(proxy.folder, 'krill'));
    try {
      krill.initServer();
      await proxy.create('online');
      await signer.create('offline');
      const folder = join(proxy.folder, 'published');
      mkdirSync(folder);
      await initProxy(proxy, folder, null, PLACES.base);
      await signerFor(proxy, signer, PLACES);
      await associateWith(proxy, signer);
      await startService(proxy);

      krill.addCa(CHILD);
      const childRequest = Buffer.from(krill.krillc('parents', 'request', '--ca', CHILD));
      await addChild(proxy, childRequest, CHILD);
      const parent = krill.file(
        'res.xml',
        (await proxyFileOf(proxy, 'parent-response', CHILD)).toString('utf8'),
      );
      await krill.meanwhile('parents', 'add', '--ca', CHILD, '--parent', 'ta', '--response', parent);

      /** What both sides know, for a failure. */
      const heard = async (): Promise<string> => {
        const { running } = await proxy.call('ta.service', {});
        const status = await krill.meanwhile('--format', 'json', 'parents', 'statuses', '--ca', CHILD);
        const { children, ball } = await proxyOf(proxy);
        return [running, children, ball, JSON.parse(status)]
          .map((part) => JSON.stringify(part).slice(0, 2000))
          .join('\n');
      };
      /**
       * Krill asks its parents when it finds the time: it is told to until it did. No faster than the proxy lets one caller
       * ask; Krill that was sent away waits for minutes.
       */
      const refreshed = (what: string, ready: () => Promise<boolean>): Promise<void> =>
        until(
          what,
          async () => {
            await krill.meanwhile('bulk', 'refresh');
            return ready();
          },
          { ms: 120_000, everyMs: 2000, said: heard },
        );
      const keys = async () => (await proxyOf(proxy)).children[0]?.keys ?? [];
      const inState = async (...states: string[]) => {
        const now = (await keys()).map(({ state }) => state).toSorted();
        return JSON.stringify(now) === JSON.stringify(states.toSorted());
      };
      /** Krill asks, our signer answers, Krill fetches. */
      const exchange = async (answers: string[], asked: () => Promise<boolean>): Promise<void> => {
        await refreshed(`${CHILD} asks for ${answers.join(', ')}`, asked);
        const response = await answeredBy(proxy, signer, await makeRequest(proxy), 1000);
        const { view } = await openResponse(proxy, response);
        expect(view.answers.map(({ what }) => what).toSorted()).toEqual(answers);
        await take(proxy, response);
      };
      const has = (certificates: number, resources: Shown['resources']): Promise<void> =>
        refreshed(`${CHILD} has ${certificates} certificates of ${JSON.stringify(resources)}`, async () => {
          const show = shown(await krill.meanwhile('--format', 'json', 'show', '--ca', CHILD));
          return (
            show.certificates === certificates &&
            show.resources.asn === resources.asn &&
            show.resources.ipv4 === resources.ipv4
          );
        });
      const wished = async (): Promise<number> =>
        Number(/^(One|\d+)/.exec((await proxyOf(proxy)).ball.text)?.[1]?.replace('One', '1') ?? 0);

      await exchange(['issued'], () => inState('asked'));
      await has(1, ALL);
      const [first] = await keys();
      expect(first).toMatchObject({ state: 'in-use', repository: `rsync://localhost/repo/${CHILD}/0/` });

      // Less for the key it has, and then a new key: while a wish is open, Krill repeats it and does not list what it may have.
      const less = { asn: 'AS64496', ipv4: '192.0.2.0/24', ipv6: '2001:db8::/32' };
      await proxy.call('ta.childResources', { handle: CHILD, resources: less });
      await refreshed(`${CHILD} asks for less`, async () => (await wished()) === 1);
      await krill.meanwhile('keyroll', 'init', '--ca', CHILD);
      await exchange(['issued', 'issued'], async () => (await wished()) === 2);
      await has(2, less);
      await krill.meanwhile('keyroll', 'activate', '--ca', CHILD);
      await exchange(['revoked'], () => inState('in-use', 'revoking'));
      await has(1, less);
      await until('the proxy hands out the last answer', async () =>
        (await keys()).every(({ waiting }) => !waiting),
      );
      expect((await keys()).map(({ keyId, state }) => [keyId === first?.keyId, state])).toEqual([
        [false, 'in-use'],
        [true, 'revoked'],
      ]);
      const [status] = Object.values(
        JSON.parse(krill.krillc('--format', 'json', 'parents', 'statuses', '--ca', CHILD)) as Record<
          string,
          { last_exchange: { result: unknown } }
        >,
      );
      expect(status?.last_exchange.result).toBe('Success');

      // Relying parties see its origin below our trust anchor.
      krill.krillc('roas', 'update', '--ca', CHILD, '--add', '192.0.2.0/24 => 64496');
      await until('Krill publishes it', () =>
        readdirSync(krill.published, { recursive: true }).some((name) => String(name).endsWith('.roa')),
      );
      const repository: Repository = {
        published: krill.published,
        also: { anchor: join(folder, 'rsync') },
        host: 'localhost',
        tal: (await proxyFileOf(proxy, 'tal')).toString('utf8'),
        taCertificate: await proxyFileOf(proxy, 'certificate'),
      };
      for (const validate of [rpkiClient, fort, routinator])
        expect(validate(repository)).toEqual({ origins: ['AS64496 192.0.2.0/24'], complaints: [] });

      // It is offered nothing as soon as it is to leave, and unknown once its key is revoked.
      await proxy.call('ta.childRemove', { handle: CHILD, confirm: CHILD });
      await has(0, { asn: '', ipv4: '' });
      await exchange(['revoked'], async () => true);
      expect((await proxyOf(proxy)).children).toEqual([]);
      expect((await signerOf(signer)).number).toBe('5');
    } finally {
      await krill.stop();
      await proxy.remove();
      await signer.remove();
    }
  },
);
