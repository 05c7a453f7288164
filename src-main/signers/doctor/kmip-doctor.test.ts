import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { KmipSettings } from '#shared/contract/signer-settings.ts';
import { doctored } from '../../testing/doctored.ts';
import { type FakeKmip, fakeKmip, type FakeKmipOptions } from '../../testing/fake-kmip.ts';
import { testAuthority } from '../../testing/issued-tls.ts';
import { missingPeers } from '../../testing/peers.ts';
import { startPykmip } from '../../testing/pykmip.ts';
import { endServers, serve, serveRaw } from '../../testing/test-net.ts';
import { testTls } from '../../testing/test-tls.ts';
import { OBJECT_TYPE } from '../kmip/names.ts';

const folder = mkdtempSync(join(tmpdir(), 'baleen-doctor-'));
afterEach(endServers);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ALL = [
  ...['files', 'name', 'tcp', 'tls', 'trust', 'protocol', 'login', 'operations', 'mechanisms'],
  ...['generate', 'sign', 'verify', 'speed', 'destroy', 'keys', 'binding'],
];
const FAST = { connectTimeoutSeconds: 1, readTimeoutSeconds: 5 };

test('a server that works is good in every line but that it is not checked', async () => {
  const fake = await fakeKmip();
  const { lines, notGood, line, asked } = await doctored(fake.settings());
  expect(lines.map(({ code }) => code)).toEqual(ALL);
  expect(notGood).toEqual(['trust careful']);
  expect(line('trust').text).toMatch(/whoever is on the way can read and change everything/);
  expect(line('trust').fix).toMatch(/take "insecure" away/);
  expect(line('name').text).toBe('127.0.0.1 is an address: no name server is asked.');
  expect(line('tls').details.join('\n')).toMatch(
    /Subject: CN=test\n.*\nSHA-256 fingerprint: [0-9A-F]{4}( [0-9A-F]{4}){15}$/s,
  );
  expect(line('protocol').text).toBe('It speaks KMIP 1.4.');
  expect(line('generate').text).toBe('RSA 2048 and P-256 were made for this test.');
  expect(asked).toBe(0);
  expect(fake.objects.size).toBe(0);
});

test.each([
  ['clientAuth', 'good', /for client authentication and valid now/],
  ['serverAuth', 'careful', /^The client certificate is not for client authentication/],
] as const)('a client certificate for %s: its files are %s', async (purpose, state, text) => {
  const issued = testAuthority(folder, `ca-${purpose}`).issue(`client-${purpose}`, purpose);
  const fake = await fakeKmip();
  const pair = { clientCertPath: issued.certPath, clientCertPrivateKeyPath: issued.keyPath };
  const { line } = await doctored({ ...fake.settings(), ...pair });
  expect(line('files')).toMatchObject({ state, text: expect.stringMatching(text) as unknown });
  if (state === 'careful') expect(line('files').fix).toMatch(/clientAuth/);
});

/** Where the fake server, or another, is asked. */
type Setting = (fake: FakeKmip) => Partial<KmipSettings> | Promise<Partial<KmipSettings>>;
interface Case {
  line: string;
  options?: FakeKmipOptions;
  settings?: Setting;
  text: RegExp;
  cause: RegExp;
  check: RegExp;
  fix: RegExp;
}

const refuse = (operation: string, reason: number): FakeKmipOptions => ({
  before: (asked) => (asked === operation ? reason : null),
});
const garbage = (): string => {
  const path = join(folder, 'garbage.pem');
  writeFileSync(path, 'no certificate');
  return path;
};

describe('each line fails alone, with cause, check and fix; what comes after it is not looked at', () => {
  test.each<Case>([
    {
      line: 'files',
      settings: () => ({ insecure: false, serverCaCertPath: garbage() }),
      text: /^No certificate found in this file/,
      cause: /another kind of file/,
      check: /openssl x509/,
      fix: /PEM/,
    },
    {
      line: 'name',
      settings: () => ({ host: 'no-such-host.invalid' }),
      text: /name/,
      cause: /misspelt/,
      check: /getent hosts/,
      fix: /give its address/,
    },
    {
      line: 'tcp',
      async settings() {
        const listener = createServer();
        const port = await serveRaw(listener, () => undefined);
        await new Promise((done) => listener.close(done));
        return { port };
      },
      text: /^Nothing answers at 127\.0\.0\.1:\d+/,
      cause: /does not run, listens on another port/,
      check: /ss -ltn/,
      fix: /Start the server/,
    },
    {
      line: 'tls',
      settings: async () => ({
        port: await serveRaw(createServer(), (socket) => socket.end('SSH-2.0-x\r\n')),
      }),
      text: /speaks no TLS/,
      cause: /no TLS server/,
      check: /openssl s_client/,
      fix: /port of KMIP/,
    },
    {
      line: 'tls',
      async settings() {
        const { certPem, keyPem } = testTls();
        const { certPem: ca } = testAuthority(folder, 'clients');
        const wants = { requestCert: true, rejectUnauthorized: true, ca, maxVersion: 'TLSv1.2' as const };
        const server = createTls({ key: keyPem, cert: certPem, ...wants });
        server.on('tlsClientError', () => undefined);
        return { port: await serveRaw(server, () => undefined) };
      },
      text: /client certificate/,
      cause: /asks for a client certificate/,
      check: /log of the server/,
      fix: /Name a client certificate/,
    },
    {
      line: 'trust',
      settings: () => ({ insecure: false, serverCaCertPath: testAuthority(folder, 'another').certPath }),
      text: /./,
      cause: /of no authority that is named here/,
      check: /show its fingerprint, and compare it/,
      fix: /never tick "insecure"/,
    },
    {
      line: 'protocol',
      settings: async () => ({ port: (await serve({ tls: testTls() }, async () => ({ status: 200 }))).port }),
      text: /no KMIP/,
      cause: /Another kind of server/,
      check: /what runs at this address/,
      fix: /address and port/,
    },
    {
      line: 'login',
      options: { password: { username: 'me', password: 'right' } },
      settings: () => ({ username: 'me' }),
      text: /./,
      cause: /./,
      check: /./,
      fix: /password|certificate/i,
    },
    {
      line: 'login',
      options: { password: { username: 'me', password: 'right' } },
      text: /give it a user name and password/,
      cause: /./,
      check: /./,
      fix: /./,
    },
    {
      line: 'operations',
      options: {
        announced: ['query', 'discoverVersions', 'createKeyPair', 'get', 'sign', 'locate', 'activate'],
      },
      text: /does not announce Destroy|does not announce .*Destroy/,
      cause: /not announce everything/,
      check: /PyKMIP and Modify Attribute/,
      fix: /tick "force"/,
    },
    { line: 'generate', options: refuse('createKeyPair', 12), text: /./, cause: /./, check: /./, fix: /./ },
  ])('$line', async ({ line: code, options = {}, settings, ...words }) => {
    const fake = await fakeKmip(options);
    const { lines, line, notGood } = await doctored(fake.settings({ ...FAST, ...(await settings?.(fake)) }));
    const bad = notGood.filter((one) => one.endsWith('bad'));
    expect(bad).toEqual([`${code} bad`]);
    const after = lines.slice(lines.findIndex((one) => one.code === code) + 1);
    expect(after.map(({ state }) => state)).toEqual(after.map(() => 'skipped'));
    expect(line(code).text).toMatch(words.text);
    expect(line(code).cause).toMatch(words.cause);
    expect(line(code).check).toMatch(words.check);
    expect(line(code).fix).toMatch(words.fix);
    expect(fake.objects.size).toBe(0);
  });

  test('a password that was refused is sent once', async () => {
    const fake = await fakeKmip({ password: { username: 'me', password: 'right' } });
    const { asked, refused } = await doctored(fake.settings({ ...FAST, username: 'me' }));
    expect([asked, refused]).toEqual([1, 1]);
    expect(fake.passwords).toHaveLength(1);
    const good = await doctored(fake.settings({ ...FAST, username: 'me' }), { pin: 'right' });
    expect(good.line('login').state).toBe('good');
  });

  test.each<[code: string, reason: number, operation: 'sign' | 'destroy', gone: boolean]>([
    ['sign', 10, 'sign', true],
    ['destroy', 12, 'destroy', false],
  ])('%s refused with reason %i', async (code, reason, operation, gone) => {
    const fake = await fakeKmip(refuse(operation, reason));
    const { notGood, line } = await doctored(fake.settings(FAST));
    expect(notGood.filter((one) => one.endsWith('bad'))).toEqual([`${code} bad`]);
    expect(line(code).cause).not.toBe('');
    expect(line(code).check).not.toBe('');
    expect(line(code).fix).not.toBe('');
    expect(fake.objects.size === 0).toBe(gone);
    if (!gone) expect(line('destroy').text).toContain('The test keys are still on it: RSA 2048');
  });

  test('verify: a server that signs with another key', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const fake: FakeKmip = await fakeKmip({
      before(operation) {
        if (operation === 'sign')
          for (const one of fake.objects.values())
            if (one.type === OBJECT_TYPE.privateKey && one.key.asymmetricKeyType === 'rsa')
              one.key = privateKey;
        return null;
      },
    });
    const { notGood, line } = await doctored(fake.settings(FAST));
    expect(notGood.filter((one) => one.endsWith('bad'))).toEqual(['verify bad']);
    expect(line('verify').cause).toMatch(/another key than it shows/);
    expect(line('destroy').state).toBe('good');
  });

  test('speed: a server that takes its time', async () => {
    const fake = await fakeKmip({ delayMs: (operation) => (operation === 'sign' ? 1700 : 0) });
    const { notGood, line } = await doctored(fake.settings(FAST));
    expect(notGood).toEqual(['trust careful', 'speed careful']);
    expect(line('speed').text).toMatch(/took 1\.\d s, so no more were made/);
  });

  test('keys and binding: what is missing is named', async () => {
    const fake = await fakeKmip();
    const ours = new Map([['AA'.repeat(32), { label: 'Lost Root', here: true }]]);
    const lost = await doctored(fake.settings(FAST), { ours });
    expect(lost.notGood).toEqual(['trust careful', 'keys bad', 'binding skipped']);
    expect(lost.line('keys').text).toContain('“Lost Root”');
    const spkiDer = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
      format: 'der',
      type: 'spki',
    });
    const binding = { spkiDer, handle: Buffer.from('x'), serial: 'AA', boundAt: '2026-01-02T00:00:00.000Z' };
    const other = await doctored(fake.settings(FAST), { binding });
    expect(other.notGood).toEqual(['trust careful', 'binding bad']);
    expect(other.line('binding').fix).toMatch(/make a new signer/);
  });
});

test.skipIf(missingPeers('pykmip-server').length > 0)(
  'PyKMIP: checked by its authority, used by force, and nothing is left on it',
  async () => {
    const pykmip = await startPykmip(folder);
    try {
      const { notGood, line } = await doctored(pykmip.settings());
      expect(notGood).toEqual(['operations careful', 'mechanisms careful']);
      expect(line('files').text).toBe(
        'Client certificate and key are a pair, for client authentication and valid now.',
      );
      expect(line('trust').text).toMatch(/of the authority that is named/);
      expect(line('operations').text).toMatch(/^The server does not announce Modify Attribute, and is used/);
      const checked = await doctored(pykmip.settings({ force: false }));
      expect(checked.notGood[0]).toBe('operations bad');
      expect(checked.line('operations').text).toMatch(/does not announce Modify Attribute/);
    } finally {
      await pykmip.stop();
    }
  },
);
