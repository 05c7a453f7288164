/**
 * Stores of krillta whose keys lie on a SoftHSM token and on a PyKMIP server: those of a real one are taken over and go on signing
 * there, and a real krillta goes on with what is written for it.
 */
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { krillta } from '../testing/krillta.ts';
import { missingPeers } from '../testing/peers.ts';
import { startPykmip } from '../testing/pykmip.ts';
import { addSigner } from '../testing/real-signers.ts';
import { PIN, softhsm } from '../testing/softhsm.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { ALL, answeredBy, associated, makeRequest, signerInfoOf, take } from '../testing/test-proxy-app.ts';
import { dateOf, signerOf } from '../testing/test-signer.ts';
import { vectorPath } from '../testing/vectors.ts';

const store = (name: string, ...parts: string[]): string =>
  vectorPath('krill-ta', 'krill-0.16.1', name, ...parts);

let app: TestApp;
beforeEach(async () => {
  app = await testApp({ live: true });
  await app.create('online');
});
afterEach(() => app.remove());

/** Writes the signer for krillta; answers the folder. */
async function exported(): Promise<string> {
  const folder = join(app.folder, 'for-krillta');
  app.places.push(folder);
  const { chosen } = await app.call('dialogs.folder', { purpose: 'krill' });
  const confirm = (await signerOf(app)).keyId.slice(-8);
  await app.call('ta.exportStore', { folder: chosen?.ticket ?? '', confirm });
  return folder;
}

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
      today: dateOf(app),
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

const nobody = missingPeers('softhsm2-util', 'krillta');
const nobodyOnKmip = missingPeers('pykmip-server', 'krillta');

/** Manifests count whole seconds, and krillta goes by the clock of the machine. */
const nextSecond = (): Promise<void> => new Promise((done) => setTimeout(done, 1100));

/** An exchange with the signer here, then one that `go` answers in its place: the proxy takes both. */
async function goesOn(go: (folder: string, request: Buffer) => Buffer): Promise<void> {
  const proxy = await testApp({ live: true });
  try {
    await proxy.create('online', 'Proxy');
    const published = join(proxy.folder, 'published');
    mkdirSync(published);
    await associated(proxy, app, published);
    await proxy.result(await proxy.call('ta.localAdd', { handle: 'online', resources: ALL }));
    const request = await makeRequest(proxy);
    await nextSecond();
    await take(proxy, await answeredBy(proxy, app, request, 0));
    const { number } = await signerOf(app);
    const folder = await exported();
    await proxy.call('ta.localRoll', { handle: 'online', step: 'start' });
    const rolled = await makeRequest(proxy);
    await nextSecond();
    const response = go(folder, rolled);
    await take(proxy, response);
    const { children } = await proxy.call('ta.localChildren', {});
    expect(children[0]?.keys.map(({ state }) => state)).toEqual(['active', 'new']);
    expect(response.toString('utf8')).toContain(`"number": ${BigInt(number) + 1n}`);
    const [record] = (await app.call('audit.list', { action: 'ta.exportStore', limit: 1 })).rows;
    expect(record?.summary).toMatch(/whose keys stay on /);
  } finally {
    await proxy.remove();
  }
}

test.skipIf(nobody.length > 0)(
  `krillta goes on with a TA key that was made here on a token${why(nobody)}`,
  { timeout: 180_000 },
  async () => {
    const hsm = softhsm();
    try {
      hsm.addToken('My token');
      const environment = { ...hsm.environment, VENDOR_PASSWORD: 'canary-55' };
      await addSigner(app, 'My “HSM”', hsm.settings('My token', { environment }), PIN);
      await goesOn((folder, request) => {
        const path = join(folder, 'krillta.conf');
        const conf = readFileSync(path, 'utf8');
        // Neither the PIN nor a key leaves.
        expect(conf).not.toContain(PIN);
        expect(conf).not.toContain('canary-55');
        expect(conf).toContain('# Start Krill with VENDOR_PASSWORD=***');
        // Nobody edited it yet: no mask is sent to the token as its PIN.
        expect(conf).not.toMatch(/^user_pin/m);
        expect(existsSync(join(folder, 'keys'))).toBe(false);
        writeFileSync(path, conf.replace('# user_pin = "type it here"', `user_pin = "${PIN}"`));
        const peer = krillta(folder, { own: true, environment: hsm.environment });
        expect(peer.exchanges()).toBe(1);
        return peer.process(request);
      });
      // It signed with the key that was there: none was made for it but the one-off ones in files.
      expect(hsm.tool('My token', '-O', '--type', 'privkey').split('Private Key Object')).toHaveLength(4);
    } finally {
      await app.close();
      await hsm.remove();
    }
  },
);

test.skipIf(nobodyOnKmip.length > 0)(
  `krillta goes on with a TA key that was made here on a KMIP server${why(nobodyOnKmip)}`,
  { timeout: 240_000 },
  async () => {
    const server = await startPykmip(app.folder);
    try {
      await addSigner(app, 'PyKMIP', server.settings({ force: true }), null);
      await goesOn((folder, request) => {
        expect(existsSync(join(folder, 'keys'))).toBe(false);
        return krillta(folder, { own: true }).process(request);
      });
    } finally {
      await app.close();
      await server.stop();
    }
  },
);
