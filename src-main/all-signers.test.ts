/**
 * One suite on every kind of signer: what Baleen signs with a key, it signs with a key on a real SoftHSM token and on a real
 * PyKMIP server as in software; EC keys on KMIP are tried on the own small server. CRLs of an X.509 authority are not issued
 * yet; those of a trust anchor are in its set-up and its exchanges.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import { CallError, type TestApp, testApp } from './testing/test-app.ts';
import {
  type Configured,
  withOwnKmip,
  withPykmip,
  withSoftHsm,
  withSoftware,
} from './testing/real-signers.ts';
import { missingPeers } from './testing/peers.ts';
import {
  ALL,
  answeredBy,
  associated,
  makeRequest,
  signerInfoOf,
  TAL,
  take,
} from './testing/test-proxy-app.ts';
import { DAY, draftOf, wizard } from './testing/test-wizard.ts';

interface Kind {
  name: string;
  peers: string[];
  make: () => Promise<Configured>;
  algorithms: KeyAlgorithm[];
  /** Cells of the table that cannot be, with the reason that the operator reads. */
  cannot: [KeyAlgorithm, string][];
}

const KINDS: Kind[] = [
  {
    name: 'software',
    peers: [],
    make: withSoftware,
    algorithms: ['p-256', 'p-384', 'rsa-2048'],
    cannot: [],
  },
  {
    name: 'SoftHSM',
    peers: ['softhsm2-util', 'pkcs11-tool'],
    make: withSoftHsm,
    algorithms: ['p-256', 'p-384', 'rsa-2048'],
    cannot: [
      [
        'ed25519',
        'SoftHSMv2 makes no Ed25519 keys. Choose one of RSA 2048, RSA 3072, RSA 4096, P-256, P-384, or another signer.',
      ],
    ],
  },
  {
    name: 'PyKMIP',
    peers: ['pykmip-server'],
    make: withPykmip,
    algorithms: ['rsa-2048'],
    // PyKMIP 0.10 does not make EC keys (libs.md E).
    cannot: [
      ['p-256', 'PyKMIP makes no P-256 keys. Choose one of RSA 2048, RSA 3072, RSA 4096, or another signer.'],
    ],
  },
  {
    name: 'KMIP with curves',
    peers: [],
    make: withOwnKmip,
    algorithms: ['p-256', 'p-384', 'rsa-2048'],
    cannot: [
      [
        'ed25519',
        'KMIP makes no Ed25519 keys. Choose one of RSA 2048, RSA 3072, RSA 4096, P-256, P-384, P-521, or another signer.',
      ],
    ],
  },
];

/** The certificate with its issuers below the root, as a PEM file. */
async function exported(app: TestApp, id: string, format: 'chain' | 'pem'): Promise<string> {
  const path = join(app.folder, `${id}-${format}.pem`);
  app.places.push(path);
  const { chosen } = await app.call('dialogs.saveFile', { purpose: 'export', suggestedName: 'a' });
  await app.call('ca.export', {
    id,
    format,
    target: chosen?.ticket ?? '',
    passphrase: null,
    overwrite: false,
  });
  return path;
}

describe.each(KINDS)('$name', ({ peers, make, algorithms, cannot }) => {
  const missing = missingPeers(...peers);
  const skip = missing.length > 0;
  const why = skip ? ` SKIPPED: missing ${missing.join(', ')}; type npm run peers` : '';
  let on: Configured;
  beforeAll(async () => {
    if (!skip) on = await make();
  }, 120_000);
  afterAll(async () => {
    if (!skip) await on.end();
  });

  const records = async (action: string) => (await on.app.call('audit.list', { action, limit: 50 })).rows;
  const tokens = (row: { subjects: { type: string }[] } | undefined): number =>
    (row?.subjects ?? []).filter(({ type }) => type === 'token').length;
  const onDevice = (): number => (on.signer === 'software' ? 0 : 1);

  test.skipIf(skip).each(algorithms)(
    `%s: root, intermediate and leaf hold before OpenSSL, and the record names the device${why}`,
    { timeout: 240_000 },
    async (algorithm) => {
      const { app } = on;
      const { signed } = wizard(app);
      const key = { from: 'new' as const, algorithm, label: `${algorithm} of a test` };
      const root = await signed(draftOf('root', `Root ${algorithm}`, { key }));
      const intermediate = await signed(
        draftOf('intermediate', `Intermediate ${algorithm}`, { key, issuer: root }),
      );
      const leaf = await signed(
        draftOf('server', 'postgres.internal', {
          key,
          issuer: intermediate,
          lifetimeSeconds: DAY,
          names: { dns: 'postgres.internal', ip: '', uri: '', email: '' },
        }),
      );
      const args = ['-x509_strict', '-CAfile', await exported(app, root, 'pem')];
      const chain = await exported(app, leaf, 'chain');
      const verdict = execFileSync('openssl', ['verify', ...args, '-untrusted', chain, chain], {
        encoding: 'utf8',
      });
      expect(verdict).toMatch(/: OK\n$/);
      const { rows } = await app.call('keys.list', { limit: 100 });
      const made = rows.filter(({ label }) => label === key.label);
      expect(made.map(({ signer, exportable }) => [signer, exportable])).toEqual(
        Array.from({ length: 3 }, () => [on.signer, on.signer === 'software']),
      );
      expect((await records('ca.sign')).slice(0, 3).map(tokens)).toEqual(Array.from({ length: 3 }, onDevice));
    },
  );

  test.skipIf(skip || cannot.length === 0).each(cannot)(
    `%s cannot be: it is said, and nothing is kept${why}`,
    { timeout: 120_000 },
    async (algorithm, words) => {
      const { app } = on;
      const before = (await app.call('keys.list', {})).total;
      const begun = app
        .call('keys.create', { algorithm, label: 'cannot be', signer: on.signer })
        .then(({ job }) => app.ended(job));
      const message = await begun.then(
        (job) => job.error?.message ?? '',
        (error: unknown) => (error instanceof CallError ? error.message : String(error)),
      );
      expect(message).toBe(words);
      expect((await app.call('keys.list', {})).total).toBe(before);
    },
  );

  test.skipIf(skip)(
    `a trust anchor: set-up, identity keys, an exchange with a child, a reissue${why}`,
    { timeout: 600_000 },
    async () => {
      const { app: signer } = on;
      const proxy = await testApp({ live: true });
      try {
        await proxy.create('online', 'Proxy');
        const folder = join(proxy.folder, 'published');
        mkdirSync(folder);
        await associated(proxy, signer, folder);
        await proxy.result(await proxy.call('ta.localAdd', { handle: 'online', resources: ALL }));
        await take(proxy, await answeredBy(proxy, signer, await makeRequest(proxy)));
        await signer.result(
          await signer.call('ta.reissue', {
            https: [TAL.https, 'https://second.example.net/ta/ta.cer'],
            rsync: TAL.rsync,
            notify: null,
            years: 50,
          }),
        );
        expect((await signerInfoOf(signer)).toString('utf8')).toContain('second.example.net');
        const keys = (await signer.call('keys.list', { limit: 100 })).rows.filter(
          ({ trustAnchor }) => trustAnchor !== null,
        );
        expect(keys.map((one) => one.signer)).toEqual([on.signer, on.signer]);
        for (const action of ['ta.setUp', 'ta.approve', 'ta.reissue'])
          expect([action, tokens((await records(action))[0])]).toEqual([action, onDevice()]);
      } finally {
        await proxy.remove();
      }
    },
  );
});
