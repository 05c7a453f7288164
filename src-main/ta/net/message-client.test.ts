import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { sha256Hex } from '../../lib/bytes.ts';
import { readJson } from '../../lib/json-reader.ts';
import type { NetCall, NetReply } from '../../ports.ts';
import { Faults } from '../../rpki/fault.ts';
import { makeIdentity } from '../../rpki/make-certificate.ts';
import { makeMessage } from '../../rpki/make-message.ts';
import { openMessage } from '../../rpki/message.ts';
import { startKrill } from '../../testing/krill.ts';
import { missingPeers } from '../../testing/peers.ts';
import { endServers, nodeNet, noNet, serve } from '../../testing/test-net.ts';
import { testKey } from '../../testing/test-proxy.ts';
import { readRepositoryContact } from '../repository-contact.ts';
import { createKrillApi } from './krill-api.ts';
import { type MessageOrder, postMessage } from './message-client.ts';

afterEach(endServers);

const MESSAGE = Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x07);

async function serviceOf(reply: NetReply): Promise<{ order: MessageOrder; calls: NetCall[] }> {
  const calls: NetCall[] = [];
  const { url } = await serve({}, async (call) => {
    calls.push(call);
    return reply;
  });
  const order: MessageOrder = {
    kind: 'provisioning',
    serviceUri: `${url}rfc6492/ta`,
    message: MESSAGE,
    trust: 'system',
  };
  return { order, calls };
}

describe('a signed message', () => {
  test.each([
    ['provisioning', 'application/rpki-updown'],
    ['publication', 'application/rpki-publication'],
  ] as const)('of %s goes out as %s and its answer comes back as it is', async (kind, type) => {
    const body = Uint8Array.of(0x30, 0x00);
    const { order, calls } = await serviceOf({ status: 200, headers: { 'content-type': type }, body });
    expect(await postMessage(nodeNet, { ...order, kind })).toEqual(body);
    expect(calls).toMatchObject([
      { method: 'POST', path: '/rfc6492/ta', headers: { 'content-type': type, accept: type } },
    ]);
    expect(new Uint8Array(calls[0]?.body ?? [])).toEqual(MESSAGE);
  });

  test('too large for the other side is not sent', async () => {
    const { order } = await serviceOf({ status: 200 });
    const large = new Uint8Array(1_048_577);
    await expect(postMessage(noNet, { ...order, message: large })).rejects.toMatchObject({
      code: 'TOO_LARGE',
    });
    await expect(postMessage(noNet, { ...order, mostBytes: 4 })).rejects.toMatchObject({
      code: 'TOO_LARGE',
      message: expect.stringContaining('has 5 octets and the other side takes 4: '),
    });
  });

  test.each([
    [302, 'is not followed: have its operator send'],
    [400, 'both clocks are right (HTTP 400).'],
    [404, 'does not know the service URI'],
    [413, 'raise the limit'],
    [418, 'look at its log (HTTP 418).'],
    [503, 'try again later (HTTP 503).'],
  ])('a refusal with status %d says what to do', async (status, part) => {
    const { order } = await serviceOf({ status, body: Buffer.from('no\u001b\n way') });
    await expect(postMessage(nodeNet, order)).rejects.toMatchObject({
      code: 'PEER_REFUSED',
      message: expect.stringContaining(part),
      details: { subject: String(status), library: 'no way' },
    });
  });

  test('an answer that is none is refused', async () => {
    for (const body of [Buffer.from('<html>hello'), new Uint8Array()]) {
      const { order } = await serviceOf({ status: 200, body });
      await expect(postMessage(nodeNet, order)).rejects.toMatchObject({
        code: 'PEER_REFUSED',
        message: expect.stringContaining('something else than a signed message'),
      });
    }
  });

  test('goes to another machine without TLS only when that was agreed', async () => {
    const { order } = await serviceOf({ status: 200 });
    await expect(
      postMessage(nodeNet, { ...order, serviceUri: 'http://192.0.2.1/rfc8181/x/' }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

const missing = missingPeers('krill', 'krillc', 'krillta');
const why = missing.length === 0 ? '' : ` SKIPPED: missing ${missing.join(', ')}; type npm run peers`;

test.skipIf(missing.length > 0)(
  `Krill’s publication server answers our message, and refuses a broken one${why}`,
  { timeout: 60_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'baleen-message-'));
    const krill = await startKrill(folder);
    try {
      const { repositoryFile } = krill.initProxy();
      const { serverSpki } = readRepositoryContact(readJson(Buffer.from(repositoryFile)));
      const now = new Date();
      const validity = {
        notBefore: new Date(now.getTime() - 300_000),
        notAfter: new Date(now.getTime() + 86_400_000),
      };
      const key = testKey();
      const identity = await makeIdentity({ keyId: key.keyId, spkiDer: key.spkiDer, validity }, key.sign);
      const setup = 'xmlns="http://www.hactrn.net/uris/rpki/rpki-setup/" version="1"';
      const certificate = Buffer.from(identity).toString('base64');
      const request = `<publisher_request ${setup} publisher_handle="net"><publisher_bpki_ta>${certificate}</publisher_bpki_ta></publisher_request>`;
      krill.krillc('pubserver', 'publishers', 'add', '--request', krill.file('net.xml', request));

      const query =
        '<msg xmlns="http://www.hactrn.net/uris/rpki/publication-spec/" version="4" type="query"><list/></msg>';
      const message = await makeMessage(
        Buffer.from(query),
        { keyId: key.keyId, certificate: key.sign, crl: key.sign },
        testKey(),
        { now, ...validity, serial: Uint8Array.of(0x11) },
      );
      const address = `https://localhost:${krill.port}/`;
      const trust = { sha256: sha256Hex(await nodeNet.peek(address, { timeoutMs: 10_000 })) };
      await createKrillApi(nodeNet, { server: address, token: null, trust }).health();
      const order: MessageOrder = {
        kind: 'publication',
        serviceUri: `${address}rfc8181/net/`,
        message,
        trust,
      };
      const faults = new Faults();
      const reply = openMessage(await postMessage(nodeNet, order), serverSpki, new Date(), faults);
      expect(faults.found).toEqual([]);
      expect(Buffer.from(reply?.content ?? []).toString()).toMatch(/^<msg [^>]*type="reply"/);
      await expect(postMessage(nodeNet, { ...order, message: MESSAGE })).rejects.toMatchObject({
        code: 'PEER_REFUSED',
      });
      await expect(
        postMessage(nodeNet, { ...order, serviceUri: `${address}rfc8181/nobody/` }),
      ).rejects.toMatchObject({ code: 'PEER_REFUSED', message: expect.stringMatching(/HTTP 40[04]/) });
    } finally {
      await krill.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
