/** A child that let its certificate end: each half goes on, says so by name, and answers a later revocation of its key. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { krillta } from '../testing/krillta.ts';
import { missingPeers } from '../testing/peers.ts';
import {
  asking,
  certificate,
  instead,
  issuance,
  makeWorld,
  NOW,
  respond,
  world,
} from '../testing/response-world.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { endServers } from '../testing/test-net.ts';
import { testKey, type TestKey } from '../testing/test-proxy.ts';
import {
  addChild,
  answeredBy,
  associate,
  associated,
  makeRequest,
  openResponse,
  proxyFileOf,
  proxyOf,
  take,
} from '../testing/test-proxy-app.ts';
import { type RemoteChild, remoteChild } from '../testing/test-remote-child.ts';
import { sender, startService } from '../testing/test-service.ts';
import { openRequest, signerOf } from '../testing/test-signer.ts';
import { fort, routinator, rpkiClient } from '../testing/validators.ts';
import { judgeResponse } from './judge-response.ts';
import type { CertInfo } from './objects.ts';
import { readSignerInfo } from './signer-info.ts';
import { signerInfoJson } from './signer/trust-anchor.ts';

const WEEK_MS = 7 * 86_400_000;
const TEN = '192.0.2.0/24';

describe('before the judges', () => {
  beforeAll(makeWorld);

  /** The faults two days after the response, where `before` was the certificate of `kept`. */
  function later(before: CertInfo | null, bytes: Uint8Array, request: ReturnType<typeof asking>): string[] {
    const { anchor, kept } = world;
    const issued = new Map(anchor.objects.issued);
    if (before !== null) issued.set(kept.keyId, before);
    const { faults } = judgeResponse(
      bytes,
      {
        signerSpki: anchor.identity.spkiDer,
        info: readSignerInfo(signerInfoJson(anchor)),
        previous: { ...anchor.objects, issued },
        request,
      },
      new Date(NOW.getTime() + 2 * 86_400_000),
    );
    return faults.map(({ text }) => text);
  }

  test('one that has ended and stands unchanged is none of the faults', async () => {
    const short = await certificate(world.kept);
    const request = asking({});
    const bytes = await respond(
      request,
      instead(world.kept, () => Promise.resolve(short)),
    );
    expect(later(short, bytes, request)).toEqual([]);
  });

  test('one that has ended and is given as an answer is', async () => {
    const request = asking({ [world.kept.keyId]: await issuance(world.kept) });
    const bytes = await respond(
      request,
      instead(world.kept, () => certificate(world.kept)),
    );
    expect(later(null, bytes, request).join('\n')).toMatch(/The certificate [0-9A-F]{40}: it ended at/);
  });

  test('one that has ended is not replaced by another that nobody asked for', async () => {
    const short = await certificate(world.kept);
    const request = asking({});
    const bytes = await respond(
      request,
      instead(world.kept, () => certificate(world.kept)),
    );
    expect(later(short, bytes, request)).toEqual([
      expect.stringMatching(/it has another certificate, and nobody asked for that/),
    ]);
  });
});

describe('through the application, 53 weeks later', () => {
  let proxy: TestApp;
  let signer: TestApp;
  let folder: string;
  let dead: { child: RemoteChild; key: TestKey };
  let alive: { child: RemoteChild; key: TestKey };
  beforeEach(async () => {
    [proxy, signer] = [await testApp({ live: true }), await testApp({ live: true })];
    // What others run beside it has the time of the machine.
    for (const app of [proxy, signer]) app.clock.advance(-53 * WEEK_MS);
    await proxy.create('online', 'Proxy');
    await signer.create('offline', 'Signer');
    folder = join(proxy.folder, 'published');
    mkdirSync(folder);
    await associated(proxy, signer, folder);
    const enrolled = async (handle: string, ipv4: string) => {
      const child = await remoteChild(handle, proxy.clock.now());
      await addChild(proxy, child.requestXml, handle, { asn: '', ipv4, ipv6: '' });
      return { child, key: testKey() };
    };
    dead = await enrolled('dead', TEN);
    alive = await enrolled('alive', '198.51.100.0/24');
    await startService(proxy);
    for (const one of [dead, alive]) await asks(one);
    await take(proxy, await answeredBy(proxy, signer, await makeRequest(proxy)));
    for (const one of [dead, alive]) await asks(one);
    for (const app of [proxy, signer]) app.clock.advance(53 * WEEK_MS);
  });
  afterEach(async () => {
    await proxy.remove();
    await signer.remove();
    await endServers();
  });

  const asks = async ({ child, key }: { child: RemoteChild; key: TestKey }) =>
    (await sender(proxy, child))(await child.issue(key, `rsync://child.example.net/repo/${child.handle}/`));
  const revokes = async ({ child, key }: { child: RemoteChild; key: TestKey }) =>
    (await sender(proxy, child))({ type: 'revoke', className: 'default', keyId: key.keyId });
  const published = (): string[] => readdirSync(join(folder, 'rsync')).toSorted();
  const named = (what: string): unknown =>
    expect.stringMatching(new RegExp(`^dead: .*${dead.key.keyId.slice(0, 8)}.* ${what}`));

  test('the signer takes it away, and both reviews name it', { timeout: 120_000 }, async () => {
    await asks(alive);
    const request = await makeRequest(proxy);
    for (const app of [proxy, signer]) app.clock.advance(60_000);
    const seen = await openRequest(signer, request);
    expect(seen.view).toMatchObject({ canSign: true, verdict: { severity: 'careful' }, faults: [] });
    expect(seen.view.unusual).toEqual([named('is taken away: it has to ask for another one')]);
    expect(seen.view.outcome.certificates).toEqual({ before: '2', after: '1' });
    expect(seen.view.outcome.revoked).toEqual({ before: '0', after: '0' });
    const response = await answeredBy(proxy, signer, request);
    const { view } = await openResponse(proxy, response);
    expect(view).toMatchObject({ canPublish: true, faults: [] });
    expect(view.unusual).toEqual([named('is taken away')]);
    expect(view.objects.withdrawn).toEqual([`${dead.key.keyId}.cer`]);
    await take(proxy, response);
    expect((await signerOf(signer)).issued.map(({ child }) => child)).toEqual(['alive']);
    const files = published().filter((name) => name.endsWith('.cer'));
    expect(files).toEqual([`${alive.key.keyId}.cer`]);
  });

  test(
    'a wish to revoke a key that the signer has dropped already makes nothing fail',
    { timeout: 120_000 },
    async () => {
      // Signed, and withdrawn here: the proxy still has the certificate, the signer has not.
      await answeredBy(proxy, signer, await makeRequest(proxy, false));
      await proxy.call('ta.cancelRequest', { reason: 'the stick was lost' });
      await asks(alive);
      expect(await revokes(dead)).toMatchObject({ type: 'error_response', status: 1104 });
      const request = await makeRequest(proxy);
      for (const app of [proxy, signer]) app.clock.advance(60_000);
      expect((await openRequest(signer, request)).view).toMatchObject({ canSign: true, faults: [] });
      const response = await answeredBy(proxy, signer, request);
      const { view } = await openResponse(proxy, response);
      expect(view.answers.map(({ child, what }) => `${child} ${what}`).toSorted()).toEqual([
        'alive issued',
        'dead revoked',
      ]);
      await take(proxy, response);
      expect(await revokes(dead)).toMatchObject({ type: 'revoke_response' });
    },
  );

  test(
    'an empty exchange: a revocation of the key is answered at once, and it may be certified again',
    { timeout: 120_000 },
    async () => {
      await take(proxy, await answeredBy(proxy, signer, await makeRequest(proxy), 20_000));
      expect((await proxyOf(proxy)).signer).toMatchObject({ issued: 0, revoked: 0 });
      expect(await revokes(dead)).toEqual({
        type: 'revoke_response',
        className: 'default',
        keyId: dead.key.keyId,
      });
      expect(await revokes(dead)).toMatchObject({ type: 'error_response', status: 1302 });
      expect((await proxyOf(proxy)).ball.who).toBe('nobody');
      // The other one may have its key certified again.
      await asks(alive);
      await take(proxy, await answeredBy(proxy, signer, await makeRequest(proxy), 20_000));
      expect((await proxyOf(proxy)).signer).toMatchObject({ issued: 1 });
    },
  );

  const others = missingPeers('rpki-client', 'fort', 'routinator');
  const whyOthers = others.length === 0 ? '' : ` SKIPPED: missing ${others.join(', ')}; type npm run peers`;

  test.skipIf(others.length > 0)(
    `three relying parties find what is published then clean${whyOthers}`,
    { timeout: 120_000 },
    async () => {
      await take(proxy, await answeredBy(proxy, signer, await makeRequest(proxy), 20_000));
      const repository = {
        published: join(folder, 'rsync'),
        host: 'rpki.example.net',
        tal: (await proxyFileOf(proxy, 'tal')).toString('utf8'),
        taCertificate: await proxyFileOf(proxy, 'certificate'),
      };
      for (const validate of [rpkiClient, fort, routinator])
        expect(validate(repository), validate.name).toEqual({ origins: [], complaints: [] });
    },
  );

  test('one that leaves and has nothing left goes at once', { timeout: 120_000 }, async () => {
    await take(proxy, await answeredBy(proxy, signer, await makeRequest(proxy), 20_000));
    await proxy.call('ta.childRemove', { handle: 'dead', confirm: 'dead' });
    expect((await proxyOf(proxy)).children.map(({ handle }) => handle)).toEqual(['alive']);
  });

  const missing = missingPeers('krillta');
  const why = missing.length === 0 ? '' : ` SKIPPED: missing ${missing.join(', ')}; type npm run peers`;

  test.skipIf(missing.length > 0)(
    `a real krillta keeps it: the proxy takes the response and its signer-info.json, and says so${why}`,
    { timeout: 120_000 },
    async () => {
      const home = join(signer.folder, 'krillta');
      mkdirSync(home);
      signer.places.push(join(home, 'data'));
      const { chosen } = await signer.call('dialogs.folder', { purpose: 'krill' });
      const { keyId, identity } = await signerOf(signer);
      await signer.call('ta.exportStore', { folder: chosen?.ticket ?? '', confirm: keyId.slice(-8) });
      const real = krillta(home);
      await asks(alive);
      const response = real.process(await makeRequest(proxy));
      proxy.clock.advance(60_000);
      const { view } = await openResponse(proxy, response);
      expect(view).toMatchObject({ canPublish: true, faults: [], verdict: { severity: 'careful' } });
      expect(view.unusual).toEqual([named('still stands among what is published')]);
      await take(proxy, response);
      expect(published()).toContain(`${dead.key.keyId}.cer`);

      const { info } = await proxy.call('ta.openSignerInfo', {
        blob: await proxy.blob('signer-info.json', real.show(), 'transfer'),
      });
      const shown = await proxy.call('ta.signerInfo', { id: info });
      expect(shown.faults).toEqual([]);
      expect(shown.lines.filter(({ label }) => label === 'Unusual')).toHaveLength(1);
      await associate(proxy, real.show(), identity.sha256);

      // It has the certificate still, and so the wish goes to it.
      expect(await revokes(dead)).toMatchObject({ type: 'error_response', status: 1104 });
      proxy.clock.advance(1000);
      await take(proxy, real.process(await makeRequest(proxy)));
      expect(published()).not.toContain(`${dead.key.keyId}.cer`);
    },
  );
});
