import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sha256Hex } from '../../lib/bytes.ts';
import { vectorPath } from '../../testing/vectors.ts';
import { testKey } from '../../testing/test-proxy.ts';
import { DEFAULT_TIMING } from '../signer/trust-anchor.ts';
import { associate, parseSignerInfo, signerFaults, signerInfoView } from './associate.ts';
import type { AssociatedSigner, ProxyState } from './proxy-state.ts';

type Info = {
  objects: Record<string, unknown> & { issued: Record<string, Record<string, unknown>> };
  ta_cert_details: { cert: Record<string, unknown>; tal: Record<string, unknown> };
};

/** signer-info.json of a real krillta: before anything was issued, and after a reissue. */
const info = (name: 'signer-info' | 'signer-info-reissued'): Info =>
  JSON.parse(readFileSync(vectorPath(`krill-ta/krill-0.16.1/setup/${name}.json`), 'utf8')) as Info;

const read = (value: Info): AssociatedSigner =>
  parseSignerInfo('signer-info.json', Buffer.from(JSON.stringify(value)));

const first = read(info('signer-info'));
const reissued = read(info('signer-info-reissued'));
const NOW = new Date('2026-11-24T02:00:00Z');
const fingerprint = sha256Hex(first.identity.certificateDer);

function stateWith(signer: AssociatedSigner | null): ProxyState {
  return {
    identity: first.identity,
    timing: DEFAULT_TIMING,
    repository: {
      contact: {
        base: first.objects.baseUri,
        notify: first.certificate.rpkiNotify,
        serverSpki: first.identity.spkiDer,
        serviceUri: 'https://localhost:3900/rfc8181/ta/',
      },
      serverIdentityDer: first.identity.certificateDer,
      publisherHandle: 'ta',
      target: { kind: 'folder', path: '/srv/ta' },
    },
    signer,
    children: new Map(),
    open: null,
    cancelled: [],
    revoking: [],
    shown: null,
    published: null,
    out: new Map(),
  };
}

test("a real signer's file is taken, first and after a reissue; each time its fingerprint is compared", () => {
  const state = associate(stateWith(null), first, fingerprint, NOW);
  expect(() => associate(state, reissued, '', NOW)).toThrow(/fingerprint/i);
  expect(() => associate(state, first, 'AB'.repeat(20), NOW)).toThrow(/fingerprint/i);
  const { signer } = associate(state, reissued, fingerprint, NOW);
  expect(signer?.tal.https).toHaveLength(2);
  expect(signer?.certificate.serial).toBe(reissued.certificate.serial);
});

const other = testKey().spkiDer;
test.each<[what: string, said: RegExp, alter: (value: Info) => void]>([
  [
    'the key of another in the TAL and beside the certificate',
    /its key/,
    ({ ta_cert_details: { cert, tal } }) => {
      cert['key'] = Buffer.from(other).toString('base64');
      tal['encoded_ski'] = cert['key'];
    },
  ],
  ['another serial number', /its serial number/, ({ ta_cert_details: { cert } }) => (cert['serial'] = '7')],
  [
    'another end',
    /its end/,
    ({ ta_cert_details: { cert } }) =>
      (cert['validity'] = { ...(cert['validity'] as object), not_after: '2200-01-01T00:00:00Z' }),
  ],
  [
    'other resources',
    /its resources/,
    ({ ta_cert_details: { cert } }) => (cert['resources'] = { asn: 'AS1', ipv4: '', ipv6: '' }),
  ],
  [
    'another notification',
    /its place/,
    ({ ta_cert_details: { cert } }) => (cert['rpki_notify'] = 'https://evil.example.org/n.xml'),
  ],
  [
    'another place of an issued certificate',
    /its place/,
    ({ objects: { issued } }) => {
      for (const one of Object.values(issued)) one['ca_repository'] = 'rsync://evil.example.org/repo/';
    },
  ],
])('%s than the certificate says is refused', (_, said, alter) => {
  const value = info('signer-info-reissued');
  alter(value);
  expect(() => read(value)).toThrow(said);
});

test('objects that do not belong together are refused', () => {
  expect(signerFaults(stateWith(null), reissued, NOW)).toEqual([]);
  const issued = new Map([...reissued.objects.issued].slice(1));
  const missing = { ...reissued, objects: { ...reissued.objects, issued } };
  expect(signerFaults(stateWith(null), missing, NOW).join()).toMatch(/manifest does not list exactly/);
  const older = { ...reissued, objects: { ...reissued.objects, crl: first.objects.crl } };
  expect(signerFaults(stateWith(null), older, NOW).join()).toMatch(/CRL has another number/);
  const forgotten = { ...reissued, objects: { ...reissued.objects, revocations: [] } };
  expect(signerFaults(stateWith(null), forgotten, NOW).join()).toMatch(/another list/);
});

test('a number beside the objects that neither CRL nor manifest has is a fault, the first time and at an update', () => {
  const value = info('signer-info-reissued');
  const revision = value.objects['revision'] as { number: number };
  value.objects['revision'] = { ...revision, number: revision.number + 1000 };
  for (const known of [null, first])
    expect(signerFaults(stateWith(known), read(value), NOW)).toEqual([
      expect.stringMatching(/CRL has another number than stands beside it/),
      expect.stringMatching(/manifest has another number than stands beside it/),
    ]);
});

test('an update brings no objects, because nobody signed which of them are the last; and no older TA certificate', () => {
  const { signer } = associate(stateWith(first), reissued, fingerprint, NOW);
  expect(signer?.objects).toBe(first.objects);
  const back = { ...first, objects: reissued.objects };
  expect(signerFaults(stateWith(reissued), back, NOW).join()).toMatch(/older than the one/);
});

test('an earlier file is called that before anybody thinks of a restored signer', () => {
  const number = reissued.objects.number + 5n;
  const known = { ...reissued, objects: { ...reissued.objects, number } };
  const view = signerInfoView(stateWith(known), 'signer-info.json', reissued, NOW);
  expect(view.older).toBe(true);
  expect(view.faults[0]).toMatch(
    /this file was written earlier, so bring the newest signer-info\.json\. When the newest says the same, the signer was restored/,
  );
  expect(signerInfoView(stateWith(first), 'signer-info.json', reissued, NOW).older).toBe(false);
});

test('a changed certificate is shown by its digest, and the key of the TAL', () => {
  const view = signerInfoView(stateWith(first), 'signer-info.json', reissued, NOW);
  expect(view.changes.map(({ what }) => what)).toEqual([
    'TAL',
    'TA certificate',
    'Manifest number',
    ...[...reissued.objects.issued.keys()].map((key) => `No child here, key ${key.slice(0, 8)}…`),
  ]);
  expect(view.lines).toContainEqual({
    label: 'TAL key (SHA-256)',
    value: sha256Hex(first.certificate.spkiDer),
  });
});
