import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import { type RoutedKey } from '../signers/router.ts';
import { createSoftwareSigner, SOFTWARE_ALGORITHMS } from '../signers/software/software-signer.ts';
import { testRandom } from '../testing/test-ports.ts';
import { certificateView } from '../x509/certificate-view.ts';
import { toPem } from '../x509/pem.ts';
import { newSerial } from './serial.ts';
import { createIssuing, type IssueRequest } from './issuing.ts';
import type { Order } from './order.ts';
import { fillTemplate } from './profile.ts';
import { PROFILES, type ProfileId } from './profiles/index.ts';
import { routerOf } from '../testing/test-router.ts';

const folder = mkdtempSync(join(tmpdir(), 'baleen-issuing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NOW = new Date('2026-11-24T12:00:00Z');
const DAY = 86_400_000;
const software = createSoftwareSigner({
  sealer: () => ({
    seal: (_id, plain) => Uint8Array.from(plain),
    open: (_id, sealed) => Uint8Array.from(sealed),
  }),
});
let signatures = 0;
const counted = {
  ...software,
  sign: (...args: Parameters<typeof software.sign>) => {
    signatures += 1;
    return software.sign(...args);
  },
};
const router = routerOf({ software: counted });
const issuing = createIssuing({ random: testRandom, router });

function order(profile: ProfileId, name: string, more: Partial<Order> = {}): Order {
  return {
    profile: PROFILES[profile],
    subject: [{ type: 'CN', value: name }],
    names: [],
    validity: { notBefore: new Date(NOW.getTime() - 60_000), notAfter: new Date(NOW.getTime() + DAY) },
    pathLength: PROFILES[profile].pathLength,
    permitted: [],
    status: { crl: [], ocsp: [], caIssuers: [] },
    ...more,
  };
}

let made = 0;
function newKey(algorithm: KeyAlgorithm): Promise<RoutedKey> {
  made += 1;
  return router.create('software', { id: `key-${made}`, algorithm, label: 'a', uses: ['certificate'] });
}

async function issue(request: IssueRequest): Promise<Uint8Array> {
  const prepared = await issuing.prepare(request);
  expect(prepared.trial).toMatchObject({ ok: true });
  if (prepared.token === null) throw new Error('no token');
  return (await issuing.issue(prepared.token)).der;
}

function identity(der: Uint8Array, nameDer: Uint8Array) {
  return { nameDer, keyIdentifier: certificateView(der, { now: NOW }).subjectKeyId ?? '' };
}

test.each(SOFTWARE_ALGORITHMS)(
  'root, intermediate and leaf of %s verify with OpenSSL, strictly',
  async (algorithm) => {
    const { nameDer } = await import('../x509/distinguished-name.ts');
    const [rootKey, intermediateKey, leafKey] = [
      await newKey(algorithm),
      await newKey(algorithm),
      await newKey('p-256'),
    ];
    const years = {
      notBefore: new Date(NOW.getTime() - 60_000),
      notAfter: new Date(NOW.getTime() + 3650 * DAY),
    };
    const root = await issue({
      order: order('step-root', 'Example Root CA', { validity: years }),
      issuer: null,
      signedBy: rootKey,
      subjectKey: rootKey.spkiDer,
    });
    const intermediate = await issue({
      order: order('step-intermediate', 'Example Intermediate CA', {
        validity: years,
        permitted: [
          { type: 'dns', value: 'example.net' },
          { type: 'ip', value: '10.0.0.0/8' },
        ],
      }),
      issuer: identity(root, nameDer([{ type: 'CN', value: 'Example Root CA' }])),
      signedBy: rootKey,
      subjectKey: intermediateKey.spkiDer,
    });
    const leaf = await issue({
      order: order('step-server', 'www.example.net', {
        names: [
          { type: 'dns', value: 'www.example.net' },
          { type: 'ip', value: '10.0.0.20' },
        ],
        status: { crl: ['http://crl.example.net/i.crl'], ocsp: ['http://ocsp.example.net'], caIssuers: [] },
      }),
      issuer: identity(intermediate, nameDer([{ type: 'CN', value: 'Example Intermediate CA' }])),
      signedBy: intermediateKey,
      subjectKey: leafKey.spkiDer,
    });
    for (const [name, der] of Object.entries({ root, intermediate, leaf }))
      writeFileSync(join(folder, `${name}.pem`), toPem('CERTIFICATE', der));
    const at = String(Math.floor(NOW.getTime() / 1000) + 60);
    expect(
      execFileSync(
        'openssl',
        [
          'verify',
          '-x509_strict',
          '-attime',
          at,
          '-purpose',
          'sslserver',
          '-verify_hostname',
          'www.example.net',
          '-CAfile',
          'root.pem',
          '-untrusted',
          'intermediate.pem',
          'leaf.pem',
        ],
        { cwd: folder, encoding: 'utf8' },
      ),
    ).toBe('leaf.pem: OK\n');
    expect(certificateView(leaf, { now: NOW }).findings).toEqual([]);
  },
);

test('a token signs once, and without one the key is not reached', async () => {
  const key = await newKey('p-256');
  const request = { order: order('step-root', 'Once'), issuer: null, signedBy: key, subjectKey: key.spkiDer };
  const before = signatures;
  const { token } = await issuing.prepare(request);
  expect(signatures).toBe(before);
  if (token === null) throw new Error('no token');
  await issuing.issue(token);
  expect(signatures).toBe(before + 1);
  await expect(issuing.issue(token)).rejects.toMatchObject({ code: 'NOT_ALLOWED_NOW' });
  await expect(issuing.issue({ serial: token.serial })).rejects.toMatchObject({ code: 'NOT_ALLOWED_NOW' });
  expect(signatures).toBe(before + 1);
});

test('a review before the keys exist has findings and a trial, but no token', async () => {
  const prepared = await issuing.prepare({
    order: order('step-server', 'a.example', { names: [{ type: 'dns', value: 'a.example' }] }),
    issuer: {
      nameDer: Buffer.from('30 0c 31 0a 30 08 06 03 55 04 03 0c 01 61'.replaceAll(' ', ''), 'hex'),
      keyIdentifier: '00'.repeat(20),
    },
    signedBy: 'rsa-3072',
    subjectKey: 'rsa-4096',
  });
  expect(prepared).toMatchObject({ trial: { ok: true }, token: null, findings: [{ code: 'NO_STATUS' }] });
});

test('what the lint calls bad gets no token', async () => {
  const weak = execFileSync('openssl', ['genrsa', '1024'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const spki = execFileSync('openssl', ['rsa', '-pubout', '-outform', 'DER'], {
    input: weak,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const key = await newKey('p-256');
  const prepared = await issuing.prepare({
    order: order('step-server', 'a.example', { names: [{ type: 'dns', value: 'a.example' }] }),
    issuer: { nameDer: Buffer.from('300c310a300806035504030c0161', 'hex'), keyIdentifier: '00'.repeat(20) },
    signedBy: key,
    subjectKey: spki,
  });
  expect(prepared.token).toBeNull();
  expect(prepared.findings.map(({ code }) => code)).toContain('KEY_WEAK');
});

/** The certificate a profile makes for `values`, with its own subject and names. */
async function fromProfile(id: ProfileId, values: Record<string, string>) {
  const profile = PROFILES[id];
  const key = await newKey(profile.keys.preset);
  const filled = (type: 'dns' | 'ip') =>
    profile.names[type].map((template) => ({ type, value: fillTemplate(template, values) }));
  const notBefore = new Date(NOW.getTime() - profile.backdate.preset * 1000);
  const own = profile.signedBy === 'itself';
  const der = await issue({
    order: order(id, '', {
      subject: profile.subject.map(({ type, value }) => ({ type, value: fillTemplate(value, values) })),
      names: [...filled('dns'), ...filled('ip')],
      validity: { notBefore, notAfter: new Date(notBefore.getTime() + profile.lifetime.preset * 1000) },
    }),
    issuer: own ? null : { nameDer: ISSUER_NAME, keyIdentifier: 'AB'.repeat(20) },
    signedBy: key,
    subjectKey: key.spkiDer,
  });
  return certificateView(der, { now: NOW });
}

const ISSUER_NAME = Buffer.from('300c310a300806035504030c0161', 'hex');

test.each<[ProfileId, Record<string, string>, object, string[]]>([
  // requirements.md 2.1: Go's extension order.
  [
    'mesh-ca',
    { name: 'mesh' },
    { subject: { text: 'O=Muti Metroo, CN=mesh' }, isCa: true, pathLength: 1, names: [] },
    ['2.5.29.15 critical', '2.5.29.19 critical', '2.5.29.14'],
  ],
  [
    'mesh-agent',
    { name: 'agent-1' },
    {
      subject: { text: 'O=Muti Metroo, CN=agent-1' },
      isCa: false,
      keyUsage: ['digitalSignature', 'keyEncipherment'],
      extendedKeyUsage: ['serverAuth', 'clientAuth'],
      names: ['agent-1', 'localhost', '127.0.0.1', '::1'],
    },
    ['2.5.29.15 critical', '2.5.29.37', '2.5.29.19 critical', '2.5.29.35', '2.5.29.17'],
  ],
  [
    'mesh-client',
    { name: 'admin' },
    { subject: { text: 'O=Muti Metroo, CN=admin' }, extendedKeyUsage: ['clientAuth'], names: [] },
    ['2.5.29.15 critical', '2.5.29.37', '2.5.29.19 critical', '2.5.29.35'],
  ],
  // K-024 to K-027.
  [
    'krill-server',
    { name: 'home', ip: '127.0.0.9' },
    {
      subject: { text: 'C=US, ST=Local, L=Local, O=MyOrganization, CN=home.local' },
      names: ['localhost', 'home', 'home.local', '127.0.0.9'],
    },
    ['2.5.29.17', '2.5.29.14'],
  ],
])(
  'profile %s makes the fields of its golden table, in their order',
  async (id, values, fields, extensions) => {
    const view = await fromProfile(id, values);
    expect({ ...view, names: view.names.map(({ value }) => value) }).toMatchObject(fields);
    expect(view.extensions.map(({ oid, critical }) => `${oid}${critical ? ' critical' : ''}`)).toEqual(
      extensions,
    );
    expect(Date.parse(view.notAfter) - Date.parse(view.notBefore)).toBe(PROFILES[id].lifetime.preset * 1000);
  },
);

test('serials have the asked size, never a zero in front, and do not repeat', () => {
  const seen = new Set<string>();
  for (let count = 0; count < 2000; count += 1) {
    const serial = newSerial(159, testRandom);
    expect(serial.length).toBe(20);
    expect(serial[0]).toBeGreaterThan(0);
    expect(serial[0]).toBeLessThan(128);
    seen.add(Buffer.from(serial).toString('hex'));
    expect(newSerial(128, testRandom).length).toBe(16);
  }
  expect(seen.size).toBe(2000);
});
