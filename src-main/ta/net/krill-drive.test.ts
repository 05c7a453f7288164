import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { sha256Hex } from '../../lib/bytes.ts';
import { KRILL_TOKEN, startKrill } from '../../testing/krill.ts';
import { missingPeers } from '../../testing/peers.ts';
import { testApp } from '../../testing/test-app.ts';
import { setUpForKrill, signerOf } from '../../testing/test-signer.ts';

const missing = missingPeers('krill', 'krillc', 'krillta');
const why = missing.length === 0 ? '' : ` SKIPPED: missing ${missing.join(', ')}; type npm run peers`;

const TAL = { https: 'https://localhost/ta/ta.cer', rsync: 'rsync://localhost/ta/ta.cer' };
const LIMIT = 8_388_608;

test.skipIf(missing.length > 0)(
  `the signer of a running Krill, without carrying files: set-up, three exchanges, a reissue, an update${why}`,
  { timeout: 120_000 },
  async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'baleen-drive-'));
    const krill = await startKrill(scratch);
    const app = await testApp({ live: true });
    try {
      krill.initProxy();
      await app.create('online');
      const server = `https://localhost:${krill.port}/`;
      const { sha256: pin } = await app.call('ta.peekServer', { server });
      expect(pin).toBe(sha256Hex(new X509Certificate(readFileSync(krill.certificate)).raw));
      const connect = async (more: { token?: string | null; pin?: string | null }): Promise<unknown> =>
        app.result(
          await app.call('ta.setKrill', { server, token: KRILL_TOKEN, pin, postLimit: LIMIT, ...more }),
        );
      await expect(connect({ pin: null })).rejects.toThrow(/certificate/);
      await expect(connect({ pin: 'AB'.repeat(32) })).rejects.toThrow(/certificate/);
      await expect(connect({ token: 'another-secret' })).rejects.toThrow(/does not know who asks/);
      expect(await app.call('ta.krill', {})).toEqual({ link: null });
      await connect({});
      // Kept when it is not typed again.
      await connect({ token: null });
      const link = await app.call('ta.krill', {});
      expect(link).toEqual({ link: { server, pin, hasToken: true, postLimit: LIMIT, associated: null } });

      await setUpForKrill(app, TAL);
      await expect(app.result(await app.call('ta.krillAssociate', { update: true }))).rejects.toThrow(
        /associate one first/,
      );
      // Asking would open a request that nobody can answer.
      await expect(app.call('ta.krillRequest', {})).rejects.toThrow(/Associate this signer at Krill first/);
      await app.result(await app.call('ta.krillAssociate', { update: false }));

      /** Fetched, reviewed, approved; answers the exchange, which Krill does not have yet. */
      const signed = async (): Promise<string> => {
        app.clock.advance(1000);
        const id = await app.result(await app.call('ta.krillRequest', {}));
        const view = await app.call('ta.review', { id });
        expect(view.faults).toEqual([]);
        expect(view).toMatchObject({ airGapped: false, groups: [], canSign: true });
        return app.result(await app.call('ta.approve', { id, groups: [], number: null }));
      };
      const respond = async (exchange: string): Promise<unknown> =>
        app.result(await app.call('ta.krillRespond', { exchange }));
      const certificates = (show: string): number => (show.match(/incoming_cert/g) ?? []).length;

      krill.addChild('online');
      await krill.request('Issuance');
      const first = await signed();
      await respond(first);
      await expect(respond(first)).rejects.toThrow(/No request of this proxy is open/);
      await krill.untilChild('online', (show) => certificates(show) === 1, 'has its certificate');

      // Reissued, told to Krill, and the next exchange is signed under it.
      await app.result(
        await app.call('ta.reissue', {
          https: [TAL.https, 'https://mirror.localhost/ta/ta.cer'],
          rsync: TAL.rsync,
          notify: null,
          years: 50,
        }),
      );
      await app.result(await app.call('ta.krillAssociate', { update: true }));
      const { certificate } = await signerOf(app);
      krill.krillc('keyroll', 'init', '--ca', 'online');
      await krill.request('Issuance');
      const second = await signed();
      // That nothing was open is no fault of a response; that it answers another request is.
      const events = async () => (await app.call('ta.recordEvents', {})).rows;
      expect((await events()).map(({ kind }) => kind)).toEqual(['reissued']);
      await expect(respond(first)).rejects.toThrow(/answers another request than the open one/);
      const [refused] = await events();
      const { row } = await app.call('ta.exchange', { id: first });
      expect(refused).toMatchObject({
        kind: 'refused',
        half: 'signer',
        subjects: [{ type: 'response', id: 'response.json', sha256: row.responseSha256 }],
      });
      await respond(second);
      await krill.untilChild('online', (show) => certificates(show) === 2, 'has one for its new key');
      // Nothing is open: one is made.
      await respond(await signed());
      expect((await signerOf(app)).number).toBe('4');

      const served = await fetchedFrom(server);
      expect(served).toBe(certificate.sha256);

      // The token stands nowhere.
      const { rows } = await app.call('audit.list', { limit: 200 });
      const said = JSON.stringify([rows, link, app.events, app.lines, await app.call('jobs.list', {})]);
      for (const secret of [KRILL_TOKEN, 'another-secret']) expect(said).not.toContain(secret);
      await app.call('ta.forgetKrill', {});
      await expect(app.call('ta.krillProxy', {})).rejects.toThrow(/connected with no Krill/);
    } finally {
      await krill.stop();
      await app.remove();
      rmSync(scratch, { recursive: true, force: true });
    }

    async function fetchedFrom(server: string): Promise<string> {
      const { body } = await app.net.request({
        method: 'GET',
        url: `${server}ta/ta.cer`,
        trust: { sha256: sha256Hex(new X509Certificate(readFileSync(krill.certificate)).raw) },
        timeoutMs: 10_000,
        maxBytes: 10_000,
      });
      return sha256Hex(body);
    }
  },
);
