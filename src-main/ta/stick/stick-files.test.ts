import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TestApp } from '../../testing/test-app.ts';
import { associated, makeRequest, proxyFileOf } from '../../testing/test-proxy-app.ts';
import { approve } from '../../testing/test-signer.ts';
import {
  open,
  publishedBy,
  refusal,
  SLOW,
  stateOf,
  stickOf,
  type TestStation,
  testStation,
  write,
  writeDue,
} from '../../testing/test-station.ts';

let station: TestStation;
let proxy: TestApp;
let signer: TestApp;
async function startBoth(): Promise<void> {
  station = testStation();
  ({ proxy, signer } = await station.startBoth());
}

describe('what is no file of an exchange here', () => {
  beforeEach(async () => {
    station = testStation();
    signer = await station.start('offline');
  }, SLOW);
  afterEach(() => station.end());

  test('unexpected ones are named, those of systems are counted, keys and links are told apart', async () => {
    for (const name of ['.Trashes', '.hidden.json', 'Thumbs.db', '._request.json']) station.put(name, 'x');
    for (const name of ['System Volume Information', 'Pictures', '.Spotlight-V100'])
      mkdirSync(join(station.place, name));
    station.put('holiday.jpg', 'x');
    station.put('ta.key', 'x');
    station.put('exchanges.json', '[]');
    station.put('notes.json', '{"a":1}');
    symlinkSync('/etc/passwd', join(station.place, 'request.json'));
    execFileSync('mkfifo', [join(station.place, 'response.json')]);
    const stick = await stickOf(signer);
    expect(stick.hidden).toBe(6);
    const states = Object.fromEntries(
      stick.files.map(({ name, state, says }) => [name, `${state}: ${says}`]),
    );
    expect(states).toEqual({
      'exchanges.json': 'done: For the records; it is not opened here.',
      'holiday.jpg': 'unexpected: No file of a trust anchor.',
      'notes.json': 'unexpected: No file of a trust anchor.',
      'request.json': 'unexpected: A link to another place; it is not followed.',
      'response.json': 'unexpected: No file at all.',
      'ta.key': 'unexpected: It may hold a private key. No key of a trust anchor travels on a stick.',
      Pictures: 'unexpected: A folder. Files of an exchange lie at the top.',
    });
    expect((await refusal(open(signer, 'request.json'))).message).toMatch(/is a link to another place/);
    expect((await refusal(open(signer, 'response.json'))).message).toMatch(/is no file/);
    expect((await refusal(open(signer, '..'))).message).toMatch(/is no file/);
    await expect(open(signer, 'a/b')).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  test('200 files are listed, ours before the others, and the rest is counted', async () => {
    for (let at = 0; at < 230; at += 1) station.put(`picture-${String(at).padStart(3, '0')}.jpg`, 'x');
    station.put('zzz.json', '{');
    const { files, more } = await stickOf(signer);
    expect(files).toHaveLength(200);
    expect(more).toBe(31);
    expect(files[0]).toMatchObject({ name: 'zzz.json', state: 'damaged' });
  });
});

describe('swapped, stale, edited, half-copied', () => {
  let request: Buffer;
  let response: Buffer;
  // One pair for all: only the last one changes what the halves are.
  beforeAll(async () => {
    await startBoth();
    await associated(proxy, signer, publishedBy(proxy));
    station.later(60_000);
    request = await makeRequest(proxy);
    signer.clock.advance(60_000);
  }, SLOW);
  afterAll(() => station.end());
  beforeEach(() => {
    for (const name of readdirSync(station.place)) rmSync(join(station.place, name));
  });

  async function responseFor(bytes: Buffer): Promise<Buffer> {
    const exchange = await approve(signer, bytes);
    proxy.clock.advance(120_000);
    await write(signer, { half: 'signer', what: 'response', id: exchange }, true);
    return readFileSync(join(station.place, 'response.json'));
  }

  test('edited: the field is named; the octets of the signature altered: that is named', async () => {
    const text = request.toString('utf8');
    station.put('request.json', text.replace(/("nonce": ")[^"]*/, '$1another'));
    expect(await stateOf(signer, 'request.json')).toMatch(
      /^damaged: It was edited on its way: request\.nonce is not what was signed \(signed\.message\)/,
    );
    const refused = await refusal(open(signer, 'request.json'));
    expect(refused.message).toMatch(/request\.nonce is not what was signed/);
    const { signed } = JSON.parse(text) as { signed: { message: string } };
    const der = Buffer.from(signed.message, 'base64');
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
    station.put('request.json', text.replace(signed.message, der.toString('base64')));
    expect(await stateOf(signer, 'request.json')).toMatch(
      /^damaged: It was altered on its way: .*signed\.message/,
    );
    station.put('request.json', text.replace('"child_requests"', '"child_request"'));
    expect(await stateOf(signer, 'request.json')).toMatch(
      /^damaged: .*request\.child_requests is not what was signed/,
    );
  });

  test('cut off while it was copied, in each way a stick does it', async () => {
    station.put('request.json', request.subarray(0, 700));
    expect(await stateOf(signer, 'request.json')).toMatch(
      /^damaged: It ends in signed\.message after 700 octets: it was cut off while it was copied/,
    );
    station.put(
      'request.json',
      Buffer.concat([request.subarray(0, 700), Buffer.alloc(request.length - 700)]),
    );
    expect(await stateOf(signer, 'request.json')).toMatch(
      /^damaged: It ends in \d+ zero octets: the stick was pulled out/,
    );
    station.put('request.json', '');
    expect(await stateOf(signer, 'request.json')).toMatch(/^damaged: It is empty/);
    const certificate = await proxyFileOf(proxy, 'certificate');
    station.put('ta.cer', certificate.subarray(0, 400));
    expect(await stateOf(signer, 'ta.cer')).toMatch(/^damaged: It ends after 400 of \d+ octets/);
    station.put('pub-req.xml', (await proxyFileOf(proxy, 'pub-req')).subarray(0, 300));
    expect(await stateOf(proxy, 'pub-req.xml')).toMatch(/^damaged: It ends before <\/publisher_request>/);
    station.put('signer-info.json', '{"a": 1, "a": 2}');
    expect(await stateOf(proxy, 'signer-info.json')).toMatch(
      /^damaged: It is not what its name says: "a" stands twice/,
    );
  });

  test('of another anchor: both identities are named, and both nonces', async () => {
    const [otherProxy, otherSigner] = [await station.start('online'), await station.start('offline')];
    await associated(otherProxy, otherSigner, publishedBy(otherProxy));
    const foreign = await makeRequest(otherProxy);
    station.put('request.json', foreign);
    expect(await stateOf(signer, 'request.json')).toMatch(
      /^unexpected: It was signed by …[0-9A-F]{8} \(signed\.message\), and the enrolled proxy is …[0-9A-F]{8}/,
    );
    // It can still be looked at; the review says the same for good.
    expect((await open(signer, 'request.json')).opens).toBe('review');
    otherSigner.clock.advance(60_000);
    await approve(otherSigner, foreign);
    await writeDue(otherSigner, true);
    expect(await stateOf(proxy, 'response.json')).toMatch(
      /^unexpected: It answers another request: response\.nonce is \S+, and the open request has \S+\./,
    );
    station.put('signer-info.json', readFileSync(join(station.place, 'response.json')));
    expect(await stateOf(proxy, 'signer-info.json')).toMatch(/^unexpected: It is called signer-info\.json/);
    station.put('proxy-id.json', await proxyFileOf(otherProxy, 'proxy-id'));
    expect(await stateOf(signer, 'proxy-id.json')).toMatch(
      /^unexpected: The identity of another proxy: public_key/,
    );
    // The same base and the same RRDP: the server behind them is another one.
    station.put('proxy-repo.json', await proxyFileOf(otherProxy, 'proxy-repo'));
    expect(await stateOf(signer, 'proxy-repo.json')).toBe(
      'unexpected: Not what the set-up took, but the repository of another proxy or an earlier one: server_info is another one.',
    );
    const own = (await proxyFileOf(proxy, 'proxy-repo')).toString('utf8');
    station.put('proxy-repo.json', own);
    expect(await stateOf(signer, 'proxy-repo.json')).toBe(
      'done: The repository of the enrolled proxy: the set-up took it.',
    );
    expect(await stateOf(proxy, 'proxy-repo.json')).toMatch(/^own: /);
    station.put('proxy-repo.json', own.replace('/rrdp/notification.xml', '/other/notification.xml'));
    const differs =
      /repo_info\.rrdp_notification_uri is https:\S+\/other\/notification\.xml, and .* has https:\S+\/rrdp\/notification\.xml/;
    const [here, there] = [await stateOf(signer, 'proxy-repo.json'), await stateOf(proxy, 'proxy-repo.json')];
    expect([here.split(':')[0], there.split(':')[0]]).toEqual(['unexpected', 'stale']);
    for (const says of [here, there]) expect(says).toMatch(differs);
  });

  test('two that were swapped are named by what they are and what they are called', async () => {
    response = await responseFor(request);
    station.put('request.json', response);
    station.put('response.json', request);
    expect(await stateOf(proxy, 'request.json')).toMatch(
      /^unexpected: It is called request\.json and is a response of a signer to its proxy .*swapped or renamed/,
    );
    expect(await stateOf(signer, 'response.json')).toMatch(
      /^unexpected: It is called response\.json and is a request/,
    );
  });

  test('withdrawn, signed anew, ended: each with its date and nonce', async () => {
    const { nonce } = (JSON.parse(request.toString('utf8')) as { request: { nonce: string } }).request;
    station.put('request.json', request);
    station.later(60_000);
    await proxy.result(await proxy.call('ta.refreshRequest', {}));
    expect(await stateOf(proxy, 'request.json')).toMatch(
      /^stale: The open request as it was before it was signed anew/,
    );
    await proxy.call('ta.cancelRequest', { reason: 'the stick was lost' });
    expect(await stateOf(proxy, 'request.json')).toContain(`stale: It was withdrawn on 2026-11-24`);
    station.put('response.json', response);
    expect(await stateOf(proxy, 'response.json')).toContain(`(response.nonce ${nonce})`);
    const second = await makeRequest(proxy);
    expect(await stateOf(proxy, 'response.json')).toMatch(/^stale: It answers a request that was withdrawn/);
    station.put('request.json', second);
    station.later(15 * 86_400_000);
    await signer.call('workspace.unlock', { passphrase: 'tundra-Okapi 7 vesper lantern' });
    expect(await stateOf(signer, 'request.json')).toMatch(
      /^stale: It ended on 2026-12-08 .*this machine says 2026-12-09 \d\d:\d\d Z: .* if this clock is ahead/,
    );
  });
});
