/** A response that was signed ahead of time, at a running Krill: nobody waits for that day, revocations included. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { sha256Hex } from '../../lib/bytes.ts';
import { KRILL_TOKEN, startKrill } from '../../testing/krill.ts';
import { missingPeers } from '../../testing/peers.ts';
import { testApp } from '../../testing/test-app.ts';
import { dateOf, setUpForKrill, signerOf } from '../../testing/test-signer.ts';

const missing = missingPeers('krill', 'krillc', 'krillta');
const why = missing.length === 0 ? '' : ` SKIPPED: missing ${missing.join(', ')}; type npm run peers`;
const DAY_MS = 86_400_000;

test.skipIf(missing.length > 0)(
  `Krill refuses it, the signer goes on, and Krill takes the next answer to the same request${why}`,
  { timeout: 120_000 },
  async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'baleen-ahead-'));
    const krill = await startKrill(scratch);
    const app = await testApp({ live: true });
    try {
      krill.initProxy();
      await app.create('online');
      const pin = sha256Hex(new X509Certificate(readFileSync(krill.certificate)).raw);
      const server = `https://localhost:${krill.port}/`;
      await app.result(
        await app.call('ta.setKrill', { server, token: KRILL_TOKEN, pin, postLimit: 8_388_608 }),
      );
      await setUpForKrill(app, {
        https: 'https://localhost/ta/ta.cer',
        rsync: 'rsync://localhost/ta/ta.cer',
      });
      await app.result(await app.call('ta.krillAssociate', { update: false }));
      const signed = async (): Promise<string> => {
        const id = await app.result(await app.call('ta.krillRequest', {}));
        const { faults, dateAsked } = await app.call('ta.review', { id });
        expect(faults).toEqual([]);
        const today = dateAsked === null ? null : dateOf(app);
        return app.result(await app.call('ta.approve', { id, groups: [], number: null, today }));
      };
      const respond = async (exchange: string): Promise<unknown> =>
        app.result(await app.call('ta.krillRespond', { exchange }));
      const certificates = (show: string): number => (show.match(/incoming_cert/g) ?? []).length;

      krill.addChild('online');
      await krill.request('Issuance');
      app.clock.advance(1000);
      await respond(await signed());
      await krill.untilChild('online', (show) => certificates(show) === 1, 'has its certificate');
      krill.krillc('keyroll', 'init', '--ca', 'online');
      await krill.request('Issuance');
      app.clock.advance(1000);
      await respond(await signed());
      await krill.untilChild('online', (show) => certificates(show) === 2, 'has one for its new key');
      krill.krillc('keyroll', 'activate', '--ca', 'online');
      await krill.request('Revocation');

      app.clock.advance(12 * DAY_MS);
      const ahead = await signed();
      await expect(respond(ahead)).rejects.toThrow(
        /By the clock of Krill this message is of the future: .*fetch the same request again/,
      );
      app.clock.advance(-12 * DAY_MS);
      await expect(respond(ahead)).rejects.toThrow(
        /^Response 4 was signed at .*: no proxy takes it before\. .*press “Go on from this clock…”/,
      );
      await app.result(await app.call('ta.goOn', { today: dateOf(app) }));
      await expect(respond(ahead)).rejects.toThrow(
        /went on from this clock without it\. Open the same request again/,
      );
      expect((await app.call('ta.exchange', { id: ahead })).early).toMatch(/went on from this clock/);
      app.clock.advance(1000);
      const again = await signed();
      expect((await app.call('ta.exchange', { id: again })).early).toBeNull();
      await respond(again);
      expect(await signerOf(app)).toMatchObject({ number: '6', revoked: 1 });
      await krill.untilChild('online', (show) => certificates(show) === 1, 'has its new key alone');
    } finally {
      await krill.stop();
      await app.remove();
      rmSync(scratch, { recursive: true, force: true });
    }
  },
);
