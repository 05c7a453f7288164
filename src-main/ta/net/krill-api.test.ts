import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { AppError } from '../../lib/app-error.ts';
import { readJson } from '../../lib/json-reader.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import type { Net, NetAnswer } from '../../ports.ts';
import { type Krill, KRILL_TOKEN, startKrill } from '../../testing/krill.ts';
import { missingPeers } from '../../testing/peers.ts';
import { endServers, nodeNet, noNet, serve } from '../../testing/test-net.ts';
import { vectorPath } from '../../testing/vectors.ts';
import { readIdentity } from '../documents.ts';
import { readRepositoryContact } from '../repository-contact.ts';
import { createKrillApi, type KrillServer } from './krill-api.ts';
import { checkJsonBody, postSize } from './krill-body.ts';

const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const LOCAL: KrillServer = { server: 'https://127.0.0.1:3000/', token: 'a-token', trust: 'system' };
afterEach(endServers);

function answering(answer: Partial<NetAnswer>) {
  const request = vi.fn<Net['request']>(async () => ({
    status: 200,
    headers: {},
    body: new Uint8Array(),
    peer: null,
    ...answer,
  }));
  return { net: { ...noNet, request }, request };
}

describe('what is sent to a Krill', () => {
  test('is measured against its limit before it is sent', async () => {
    expect(postSize(209_715)).toEqual({ verdict: 'fits', text: '' });
    expect(postSize(209_716)).toMatchObject({
      verdict: 'near',
      text: expect.stringContaining('209,716 octets and this Krill takes 262,144: it fits'),
    });
    expect(postSize(262_144).verdict).toBe('near');
    expect(postSize(262_145).verdict).toBe('over');
    const api = createKrillApi(noNet, LOCAL);
    const large = Buffer.from(JSON.stringify({ a: 'x'.repeat(262_144) }));
    await expect(api.sendResponse(large)).rejects.toMatchObject({
      code: 'TOO_LARGE',
      message: expect.stringContaining('raise post_limit_api'),
    });
    const { net, request } = answering({});
    await createKrillApi(net, { ...LOCAL, postLimitBytes: 1_000_000 }).sendResponse(large);
    expect(request).toHaveBeenCalledOnce();
  });

  test('holds no base64 that Krill would die of', async () => {
    const api = createKrillApi(noNet, LOCAL);
    for (const [json, place] of [
      ['{"signed":{"message":"MII"}}', 'signed.message'],
      ['{"signed":{"message":""}}', 'signed.message'],
      ['{"signed":{"message":"MIIB\\n"}}', 'signed.message'],
      ['{"a":[{"csr":"MIIC="}]}', 'a[0].csr'],
      ['{"ta_cert_details":{"tal":{"encoded_ski":"MIJ="}}}', 'ta_cert_details.tal.encoded_ski'],
      // Bits that are thrown away: Krill compares it as a text.
      ['{"id_cert":"MIJ="}', 'id_cert'],
      ['{"id":{"public_key":"*"}}', 'id.public_key'],
    ] as const)
      await expect(api.sendResponse(Buffer.from(json))).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringContaining(`damaged at ${place}: `),
      });
    await expect(api.addSigner(Buffer.from('{"a":'))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(
      api.configureRepository(Buffer.from('<a><repository_bpki_ta>MI*</repository_bpki_ta></a>')),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const exchanges = vectorPath('krill-ta/krill-0.16.1/exchanges');
    for (const name of readdirSync(exchanges).filter((one) => one.startsWith('x')))
      checkJsonBody(readFileSync(join(exchanges, name, 'response.json')));
    checkJsonBody(readFileSync(vectorPath('krill-ta/krill-0.16.1/setup/signer-info.json')));
  });

  test('goes to the one server, with the token in its header alone', async () => {
    const { net, request } = answering({ body: Buffer.from('{}') });
    await createKrillApi(net, LOCAL).proxyId();
    await createKrillApi(net, {
      ...LOCAL,
      server: 'https://[::1]:3000',
      trust: { sha256: 'AB' },
    }).makeRequest();
    await createKrillApi(net, {
      ...LOCAL,
      server: 'unix:///run/krill/krill.sock',
      token: null,
    }).showRequest();
    await createKrillApi(net, LOCAL).parentResponseXml('a/b');
    expect(
      request.mock.calls.map(([one]) => [one.method, one.url, one.path, one.headers, one.trust]),
    ).toEqual([
      [
        'GET',
        'https://127.0.0.1:3000/api/v1/ta/proxy/id',
        undefined,
        { authorization: 'Bearer a-token' },
        'system',
      ],
      [
        'POST',
        'https://[::1]:3000/api/v1/ta/proxy/signer/request',
        undefined,
        { authorization: 'Bearer a-token' },
        { sha256: 'AB' },
      ],
      ['GET', 'unix:///run/krill/krill.sock', '/api/v1/ta/proxy/signer/request', {}, 'system'],
      [
        'GET',
        'https://127.0.0.1:3000/api/v1/ta/proxy/children/a%2Fb/parent_response.xml',
        undefined,
        { authorization: 'Bearer a-token' },
        'system',
      ],
    ]);
    expect(request.mock.calls.every(([one]) => one.body === undefined)).toBe(true);
    for (const server of ['https://127.0.0.1:3000/ui', 'ftp://x/', '127.0.0.1'])
      expect(() => createKrillApi(noNet, { ...LOCAL, server })).toThrow(AppError);
    expect(() => createKrillApi(noNet, { ...LOCAL, token: 'two words' })).toThrow(
      'The token holds signs that no token has: copy it anew.',
    );
  });

  test('a server that is no Krill is named', async () => {
    const { url } = await serve({}, async () => ({ status: 200, body: Buffer.from('hello') }));
    await expect(createKrillApi(nodeNet, { ...LOCAL, server: url }).version()).rejects.toMatchObject({
      code: 'PEER_REFUSED',
      message: 'The server does not answer as a Krill does: look whether the address is right.',
    });
  });
});

const missing = missingPeers('krill', 'krillc', 'krillta');
const why = missing.length === 0 ? '' : ` SKIPPED: missing ${missing.join(', ')}; type npm run peers`;

describe.skipIf(missing.length > 0)(`with a real Krill${why}`, { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'baleen-krill-api-'));
  let krill: Krill;
  let server: KrillServer;
  beforeAll(async () => {
    krill = await startKrill(folder);
    const address = `https://localhost:${krill.port}/`;
    const seen = await nodeNet.peek(address, { timeoutMs: 10_000 });
    server = {
      server: address,
      token: KRILL_TOKEN,
      trust: { sha256: sha256Hex(seen) },
      postLimitBytes: 8_388_608,
    };
  }, 60_000);
  afterAll(async () => {
    await krill?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('only the pinned certificate is spoken to, and only the token is taken', async () => {
    for (const trust of ['system', { sha256: 'AB'.repeat(32) }] as const)
      await expect(createKrillApi(nodeNet, { ...server, trust }).health()).rejects.toMatchObject({
        code: 'PEER_UNTRUSTED',
        details: { fingerprint: (server.trust as { sha256: string }).sha256 },
      });
    // What the operator compares: the file on the server.
    const file = new X509Certificate(readFileSync(krill.certificate));
    expect(server.trust).toEqual({ sha256: sha256Hex(file.raw) });
    await createKrillApi(nodeNet, server).authorized();
    const wrong = createKrillApi(nodeNet, { ...server, token: 'another-secret' });
    await wrong.health();
    const refused = await wrong.authorized().catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'PEER_REFUSED',
      message: expect.stringContaining(
        'Krill does not know who asks: take the admin_token of its krill.conf',
      ),
    });
    expect(JSON.stringify(refused) + String((refused as Error).stack)).not.toContain('another-secret');
  });

  test('a whole set-up and an exchange: each step once, each repetition told', async () => {
    const api = createKrillApi(nodeNet, server);
    const label = (subject: string) => ({ code: 'PEER_REFUSED', details: { subject } });
    expect(await api.version()).toBe('0.16.1');
    await expect(api.proxyId()).rejects.toThrow(
      'The proxy of this Krill is not set up yet: initialise it first.',
    );
    await api.initProxy();
    await expect(api.initProxy()).rejects.toMatchObject(label('ta-initialized'));
    const id = await api.proxyId();
    expect(readIdentity(readJson(id), '').certificateDer.length).toBeGreaterThan(500);
    await expect(api.repositoryContact()).rejects.toMatchObject(label('ta-has-no-repository'));

    const base = `https://localhost:${krill.port}/rrdp/`;
    krill.krillc('pubserver', 'server', 'init', '--rrdp', base, '--rsync', 'rsync://localhost/repo/');
    const asked = krill.file('publisher.xml', utf8(await api.publisherRequestXml()));
    const repository = Buffer.from(krill.krillc('pubserver', 'publishers', 'add', '--request', asked));
    await api.configureRepository(repository);
    await expect(api.configureRepository(repository)).rejects.toMatchObject(label('ta-has-repository'));
    const contact = await api.repositoryContact();
    expect(readRepositoryContact(readJson(contact)).base).toBe('rsync://localhost/repo/');

    const storage = join(folder, 'signer');
    mkdirSync(storage);
    const signer = (...args: string[]): Buffer => Buffer.from(krill.signer(storage, ...args));
    const ids = ['--proxy-id', krill.file('id.json', utf8(id))];
    const contacts = ['--proxy-repository-contact', krill.file('repo.json', utf8(contact))];
    const tal = ['--tal-https', 'https://localhost/ta/ta.cer', '--tal-rsync', 'rsync://localhost/ta/ta.cer'];
    signer('init', ...ids, ...contacts, ...tal);
    await expect(api.updateSigner(signer('show'))).rejects.toMatchObject(label('ta-has-different-signer'));
    await api.addSigner(signer('show'));
    await expect(api.addSigner(signer('show'))).rejects.toMatchObject(label('ta-has-signer'));
    await api.updateSigner(signer('show'));

    krill.krillc('add', '--ca', 'kid');
    const kid = JSON.parse(krill.krillc('--format', 'json', 'show', '--ca', 'kid')) as {
      id_cert: { base64: string };
    };
    const resources = { asn: 'AS0-AS4294967295', ipv4: '0.0.0.0/0', ipv6: '::/0' };
    const child = Buffer.from(JSON.stringify({ handle: 'kid', resources, id_cert: kid.id_cert.base64 }));
    expect(utf8(await api.addChild(child))).toContain('"parent_handle":"ta"');
    await expect(api.addChild(child)).rejects.toThrow('There is a child named "kid" already');
    expect(utf8(await api.parentResponseXml('kid'))).toContain('<parent_response');
    await expect(api.parentResponseXml('none')).rejects.toThrow('There is no child named "none"');

    await expect(api.showRequest()).rejects.toMatchObject(label('ta-has-no-signer-req'));
    await api.makeRequest();
    await expect(api.makeRequest()).rejects.toThrow(
      'A request of this proxy is open already: show it, sign it and send its response before you make another.',
    );
    const request = krill.file('request.json', utf8(await api.showRequest()));
    const response = signer('process', '--request', request);
    const edited = Buffer.from(utf8(response).replace(/"nonce": "./, '"nonce": "z'));
    await expect(api.sendResponse(edited)).rejects.toMatchObject(label('ta-proxy-response-nonce'));
    await api.sendResponse(response);
    await expect(api.sendResponse(response)).rejects.toMatchObject(label('ta-has-no-signer-req'));

    // The socket of whoever runs it needs no token.
    const local = createKrillApi(nodeNet, { server: `unix://${krill.socket}`, token: null, trust: 'system' });
    expect(utf8(await local.proxyId())).toBe(utf8(id));
  });
});
