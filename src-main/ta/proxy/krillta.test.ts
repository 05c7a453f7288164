import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { krillta } from '../../testing/krillta.ts';
import { missingPeers } from '../../testing/peers.ts';
import { testApp } from '../../testing/test-app.ts';
import { endServers } from '../../testing/test-net.ts';
import { testKey } from '../../testing/test-proxy.ts';
import {
  addChild,
  associate,
  initProxy,
  makeRequest,
  openResponse,
  proxyFileOf,
  proxyOf,
  take,
  TAL,
} from '../../testing/test-proxy-app.ts';
import { remoteChild } from '../../testing/test-remote-child.ts';
import { addLocal, localOf, sender, startService } from '../../testing/test-service.ts';

const missing = missingPeers('krillta');
const why = missing.length === 0 ? '' : ` SKIPPED: missing ${missing.join(', ')}; type npm run peers`;

const NAME =
  'a real krillta as the signer: issue, key roll, revocation, an empty exchange, a withdrawn request, a reissue';

test.skipIf(missing.length > 0)(`${NAME}${why}`, { timeout: 120_000 }, async () => {
  const proxy = await testApp({ live: true });
  try {
    await proxy.create('online');
    const folder = join(proxy.folder, 'published');
    mkdirSync(folder);
    await initProxy(proxy, folder);
    const setup = [await proxyFileOf(proxy, 'proxy-id'), await proxyFileOf(proxy, 'proxy-repo')] as const;
    const signer = krillta(join(proxy.folder, 'krillta'));
    signer.init(...setup, TAL);
    await associate(proxy, signer.show(), signer.fingerprint());
    expect((await proxyOf(proxy)).signer).toMatchObject({ number: '1', talUris: [TAL.https, TAL.rsync] });

    const remote = await remoteChild('remote', proxy.clock.now());
    await addChild(proxy, remote.requestXml, remote.handle, {
      asn: 'AS64496',
      ipv4: '192.0.2.0/24',
      ipv6: '2001:db8::/32',
    });
    await addLocal(proxy, 'local');
    await startService(proxy);
    const ask = await sender(proxy, remote);
    const published = (): string[] => readdirSync(join(folder, 'rsync')).toSorted();
    /** What the response answers, after it was taken. */
    const exchange = async (request: Buffer): Promise<string[]> => {
      // Manifests of one second would be told apart by nobody.
      proxy.clock.advance(1000);
      const response = signer.process(request);
      const { view } = await openResponse(proxy, response);
      expect(view.faults).toEqual([]);
      expect(view.timing.filter(({ differs }) => differs)).toEqual([]);
      await take(proxy, response);
      await expect(openResponse(proxy, response)).rejects.toThrow(/already processed/);
      expect((await proxyOf(proxy)).warnings).toEqual([]);
      return view.answers.map(({ child, what }) => `${child} ${what}`).toSorted();
    };

    // Withdrawn: krillta signed it, the proxy will not have it.
    const first = testKey();
    const wish = await remote.issue(first, 'rsync://child.example.net/repo/remote/');
    expect(await ask(wish)).toMatchObject({ status: 1104 });
    const withdrawn = signer.process(await makeRequest(proxy));
    await proxy.call('ta.cancelRequest', { reason: 'the stick was lost' });
    await expect(openResponse(proxy, withdrawn)).rejects.toThrow(/withdrawn on/);

    // Issue, by a request that was signed anew.
    const made = await makeRequest(proxy);
    expect((await openResponse(proxy, withdrawn)).view).toMatchObject({ canPublish: false });
    proxy.clock.advance(1000);
    await proxy.result(await proxy.call('ta.refreshRequest', {}));
    const anew = await proxyFileOf(proxy, 'request');
    expect(anew.equals(made)).toBe(false);
    expect(await exchange(anew)).toEqual(['local issued', 'remote issued']);
    expect(await ask(wish)).toMatchObject({ type: 'issue_response', resourceClass: { certificates: [{}] } });
    const local = await localOf(proxy, 'local');
    expect(local).toMatchObject({ step: 'running', keys: [{ state: 'active' }] });
    expect(published()).toEqual(expect.arrayContaining([`${first.keyId}.cer`, 'local']));

    // Key roll of the one, the other asks again for the same key at another place.
    await proxy.call('ta.localRoll', { handle: 'local', step: 'start' });
    await ask(await remote.issue(first, 'rsync://child.example.net/repo/elsewhere/'));
    expect(await exchange(await makeRequest(proxy))).toEqual(['local issued', 'remote issued']);
    await proxy.call('ta.localRoll', { handle: 'local', step: 'activate' });

    // Revocation of the old key of the one, and of all of the other.
    await proxy.call('ta.childRemove', { handle: 'remote', confirm: 'remote' });
    expect(await exchange(await makeRequest(proxy))).toEqual(['local revoked', 'remote revoked']);
    expect((await proxyOf(proxy)).children.map(({ handle }) => handle)).toEqual(['local']);
    const rolled = await localOf(proxy, 'local');
    expect(rolled.keys).toMatchObject([{ state: 'active' }]);
    expect(rolled.keys[0]?.keyId).not.toBe(local.keys[0]?.keyId);

    // Nothing asked, after the trust anchor was reissued.
    signer.reissue(...setup, { https: 'https://mirror.example.net/ta/ta.cer', rsync: TAL.rsync });
    await associate(proxy, signer.show(), signer.fingerprint());
    expect(await exchange(await makeRequest(proxy))).toEqual([]);
    const { signer: seen } = await proxyOf(proxy);
    expect(seen).toMatchObject({
      number: '6',
      issued: 1,
      talUris: ['https://mirror.example.net/ta/ta.cer', TAL.rsync],
    });
    expect(published()).toEqual(
      [`${rolled.keys[0]?.keyId}.cer`, `${seen?.keyId}.crl`, `${seen?.keyId}.mft`, 'local'].toSorted(),
    );
    expect(signer.exchanges()).toBe(5);
    const { rows } = await proxy.call('ta.exchanges', {});
    expect(rows.map(({ number, issued, revoked }) => [number, issued, revoked])).toEqual([
      ['6', 0, 0],
      ['5', 0, 2],
      ['4', 2, 0],
      ['3', 2, 0],
    ]);
    for (const { id } of rows) expect(await proxy.call('ta.exchange', { id })).toMatchObject({ holds: true });
  } finally {
    await proxy.remove();
    await endServers();
  }
});
