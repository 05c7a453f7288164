/** Stores of a real krillta whose keys lie on a SoftHSM token and on a PyKMIP server: taken over, and they go on signing there. */
import { copyFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { missingPeers } from '../testing/peers.ts';
import { startPykmip } from '../testing/pykmip.ts';
import { addSigner } from '../testing/real-signers.ts';
import { softhsm } from '../testing/softhsm.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { signerInfoOf } from '../testing/test-proxy-app.ts';
import { signerOf } from '../testing/test-signer.ts';
import { vectorPath } from '../testing/vectors.ts';

const store = (name: string, ...parts: string[]): string =>
  vectorPath('krill-ta', 'krill-0.16.1', name, ...parts);

let app: TestApp;
beforeEach(async () => {
  app = await testApp({ live: true });
  await app.create('online');
});
afterEach(() => app.remove());

async function imported(folder: string) {
  app.places.push(folder);
  const { chosen } = await app.call('dialogs.folder', { purpose: 'open' });
  return app.ended((await app.call('ta.importStore', { folder: chosen?.ticket ?? '' })).job);
}

/** The TA certificate is signed anew by the key that krillta made. */
async function reissued(): Promise<void> {
  const before = await signerOf(app);
  await app.result(
    await app.call('ta.reissue', {
      https: ['https://localhost:3900/ta/ta.cer', 'https://second.example.net/ta/ta.cer'],
      rsync: 'rsync://localhost/ta/ta.cer',
      notify: null,
      years: 50,
    }),
  );
  expect((await signerOf(app)).keyId).toBe(before.keyId);
  expect((await signerInfoOf(app)).toString('utf8')).toContain('second.example.net');
}

const noToken = missingPeers('softhsm2-util');
const noServer = missingPeers('pykmip-server');
const why = (missing: string[]): string =>
  missing.length === 0 ? '' : ` SKIPPED: missing ${missing.join(', ')}; type npm run peers`;

test.skipIf(noToken.length > 0)(
  `a token that krillta made its keys on${why(noToken)}`,
  { timeout: 120_000 },
  async () => {
    const hsm = softhsm();
    try {
      cpSync(store('signer-store-pkcs11', 'tokens'), hsm.tokens, { recursive: true });
      const data = store('signer-store-pkcs11', 'data');
      expect((await imported(data)).error?.message).toMatch(
        /lies on "HSM".*set that device up under Signers/,
      );
      const id = await addSigner(app, 'krillta HSM', hsm.settings('krill-ta'), '4321');
      expect((await imported(data)).error).toBeNull();
      const { rows } = await app.call('keys.list', {});
      expect(rows.map(({ signer, exportable }) => [signer, exportable])).toEqual([
        [id, false],
        [id, false],
      ]);
      await reissued();
      // Its keys are still where krillta looks for them.
      expect(hsm.tool('krill-ta', '-O', '--type', 'privkey')).toContain(
        '0501759677ae6ca07567913d12a648a5d5317be5',
      );
    } finally {
      await app.close();
      await hsm.remove();
    }
  },
);

test.skipIf(noServer.length > 0)(
  `a KMIP server that krillta made its keys on; while it is away the import says so and keeps nothing${why(noServer)}`,
  { timeout: 180_000 },
  async () => {
    copyFileSync(store('signer-store-kmip', 'pykmip.db'), join(app.folder, 'pykmip.db'));
    let server = await startPykmip(app.folder);
    const { port } = server;
    await addSigner(
      app,
      'krillta KMIP',
      server.settings({ force: true, retrySeconds: 0, maxRetrySeconds: 0 }),
      null,
    );
    await server.stop();
    const data = store('signer-store-kmip', 'data');
    expect((await imported(data)).error?.code).toBe('SIGNER_UNAVAILABLE');
    expect((await app.call('keys.list', {})).total).toBe(0);
    server = await startPykmip(app.folder, port);
    try {
      const { rows } = await app.call('signers.list', {});
      const signer = rows.find(({ kind }) => kind === 'kmip')?.id ?? '';
      await app.result(await app.call('signers.login', { id: signer }));
      expect((await imported(data)).error).toBeNull();
      await reissued();
    } finally {
      await server.stop();
    }
  },
);
