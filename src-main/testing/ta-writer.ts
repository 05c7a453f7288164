/**
 * Sets up a trust anchor's signer in the given folder, signs responses and reissues as fast as it can, and says what was
 * acknowledged, until it is killed. A program of its own, because a thread cannot be killed with -9. Not shipped.
 */
import { writeSync } from 'node:fs';
import { testApp } from './test-app.ts';
import { testKey, testProxy } from './test-proxy.ts';
import { approve, setUpSigner, signerOf } from './test-signer.ts';

const URIS = { https: 'https://rpki.example.net/ta/ta.cer', rsync: 'rsync://rpki.example.net/ta/ta.cer' };
const app = await testApp({ folder: process.argv[2] ?? '' });
const say = (line: string): void => void writeSync(1, `${line}\n`);
await app.create('offline');
const proxy = await testProxy(app.clock.now());
const key = testKey();
say('open');
await setUpSigner(app, {
  proxyId: { name: 'proxy-id.json', text: proxy.idFile },
  fingerprint: proxy.fingerprint,
  repository: { name: 'proxy-repo.json', text: proxy.repositoryFile },
  ...URIS,
});
say('number 1');
for (;;) {
  const child = {
    handle: 'a',
    resources: { asn: 'AS64496', ipv4: '192.0.2.0/24', ipv6: '' },
    issue: [key],
    revoke: [],
  };
  await approve(app, await proxy.request([child], app.clock.now()));
  say(`number ${(await signerOf(app)).number}`);
  say(`reissuing ${(await signerOf(app)).certificate.sha256}`);
  const { job } = await app.call('ta.reissue', {
    https: [URIS.https],
    rsync: URIS.rsync,
    notify: null,
    years: 50,
  });
  await app.result({ job });
  say(`reissued ${(await signerOf(app)).certificate.sha256}`);
}
