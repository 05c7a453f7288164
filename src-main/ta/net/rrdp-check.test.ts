import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { sha256Hex } from '../../lib/bytes.ts';
import { RpkiError } from '../../rpki/rpki-error.ts';
import { endServers, nodeNet, serve } from '../../testing/test-net.ts';
import { testTls } from '../../testing/test-tls.ts';
import { vectorPath } from '../../testing/vectors.ts';
import type { PublicFiles } from './public-file.ts';
import { checkRrdp, type RrdpCheck } from './rrdp-check.ts';

afterEach(endServers);

const KRILL = vectorPath('krill-ta/krill-0.16.1');
const TA = new Uint8Array(readFileSync(join(KRILL, 'ta.cer')));
const AT = new Date('2026-11-25T00:00:00Z');
const TLS = testTls();
const FILES: PublicFiles = { net: nodeNet, trustOf: () => ({ sha256: TLS.sha256 }) };

/** An https server with these files; answers its address. */
async function host(files: Record<string, Uint8Array>): Promise<string> {
  const { url } = await serve({ tls: TLS }, async ({ path }) => {
    const body = files[path];
    return body === undefined ? { status: 404 } : { status: 200, body };
  });
  return url.replace(/\/$/, '');
}

describe('what RRDP says of the trust anchor', () => {
  const KEY = '026068212668CFBB3C20AF7005F73972068950FE';
  const MANIFEST = new Uint8Array(readFileSync(join(KRILL, 'repository', `${KEY}.mft`)));
  const manifestUri = `rsync://localhost/repo/${KEY}.mft`;

  /** In the place of the XML stands JSON: reading XML is not tested here. */
  const readers = {
    readNotification: (xml: Uint8Array) => json(xml) as ReturnType<RrdpCheck['readNotification']>,
    readSnapshot(xml: Uint8Array) {
      const { objects, ...session } = json(xml) as {
        sessionId: string;
        serial: bigint;
        objects: [string, string][];
      };
      return {
        ...session,
        objects: objects.map(([uri, base64]) => ({ uri, der: Buffer.from(base64, 'base64') })),
      };
    },
  };
  function json(xml: Uint8Array): unknown {
    try {
      return JSON.parse(Buffer.from(xml).toString(), (name, value: unknown) =>
        name === 'serial' ? BigInt(value as string) : value,
      );
    } catch {
      throw new RpkiError('It is not understood.');
    }
  }

  async function rrdp(
    options: {
      notification?: string;
      snapshot?: object | string;
      hash?: string;
      objects?: [string, string][];
      number?: bigint;
      at?: Date;
    } = {},
  ): Promise<[boolean | null, string][]> {
    const objects = options.objects ?? [[manifestUri, Buffer.from(MANIFEST).toString('base64')]];
    const given = options.snapshot ?? { sessionId: 's', serial: '3', objects };
    const snapshot = Buffer.from(typeof given === 'string' ? given : JSON.stringify(given));
    const files: Record<string, Uint8Array> = { '/rrdp/snapshot.xml': snapshot };
    const base = await host(files);
    const hash = options.hash ?? sha256Hex(snapshot);
    const announced = { sessionId: 's', serial: '3', snapshot: { uri: `${base}/rrdp/snapshot.xml`, hash } };
    files['/rrdp/notification.xml'] = Buffer.from(options.notification ?? JSON.stringify(announced));
    const findings = await checkRrdp(FILES, {
      ...readers,
      notifyUri: `${base}/rrdp/notification.xml`,
      manifestUri,
      manifestNumber: options.number ?? NUMBER,
      certificateDer: TA,
      at: options.at ?? AT,
    });
    return findings.map(({ ok, text }) => [ok, text]);
  }

  const NUMBER = 11n;
  const ANNOUNCED = [true, 'It announces serial 3.'];

  test('the manifest made last is published', async () => {
    expect(await rrdp()).toEqual([
      ANNOUNCED,
      [true, 'The published manifest holds under the trust anchor and is in its time.'],
      [true, 'Published is manifest 11, the one made last.'],
    ]);
  });

  test('it is behind, ahead, out of its time', async () => {
    expect((await rrdp({ number: NUMBER + 1n })).at(-1)).toEqual([
      false,
      'Published is manifest 11, made last was 12: have the last response processed and published.',
    ]);
    expect((await rrdp({ number: NUMBER - 1n })).at(-1)).toEqual([
      false,
      'Published is manifest 11, made last was 10: this workspace is behind, so restore its newest backup before you sign anything.',
    ]);
    expect((await rrdp({ at: new Date('2030-01-01T00:00:00Z') }))[1]).toEqual([
      false,
      expect.stringMatching(/^The published manifest has faults: it ended at .*\(RFC/),
    ]);
  });

  test('what is wrong on the way to it is named, and nothing after it is claimed', async () => {
    expect(await rrdp({ notification: '<x>' })).toEqual([
      [false, 'It is no notification of RRDP: It is not understood.'],
    ]);
    expect(await rrdp({ hash: 'AB' })).toEqual([
      ANNOUNCED,
      [false, 'The snapshot is not the one that is announced: publish anew.'],
    ]);
    expect(await rrdp({ snapshot: '<x>' })).toEqual([
      ANNOUNCED,
      [false, 'It is no snapshot of RRDP: It is not understood.'],
    ]);
    expect(await rrdp({ snapshot: { sessionId: 's', serial: '2', objects: [] } })).toEqual([
      ANNOUNCED,
      [false, 'The snapshot is of another session or serial than announced: publish anew.'],
    ]);
    expect(await rrdp({ objects: [] })).toEqual([
      ANNOUNCED,
      [false, `The snapshot does not hold ${manifestUri}: have a response processed and published.`],
    ]);
    expect(await rrdp({ objects: [[manifestUri, 'MAA=']] })).toEqual([
      ANNOUNCED,
      [false, expect.stringContaining('The published manifest has faults')],
    ]);
  });
});
