import { expect, test } from 'vitest';
import { readAsn } from '../../rpki/resource-text.ts';
import { makeCsr } from '../../rpki/make-csr.ts';
import { testKey, type TestKey } from '../../testing/test-proxy.ts';
import type { ChildRequest } from '../documents.ts';
import type { CertInfo, TaObjects } from '../objects.ts';
import { childReview, unusualOf } from './child-review.ts';
import { factsOf, historyOf } from './history.ts';

const NOW = new Date('2027-03-01T12:00:00Z');
const resources = { asn: readAsn('AS1'), ipv4: [], ipv6: [] };
const NOTIFY = 'https://child.example.net/n.xml';
const OLD = 'rsync://child.example.net/repo/a/';

/** As far as it is compared. */
const certificate = (key: TestKey, at = OLD): CertInfo =>
  ({
    caRepository: at,
    rpkiManifest: `${at}${key.keyId}.mft`,
    rpkiNotify: NOTIFY,
    notAfter: '2027-04-01T00:00:00Z',
  }) as CertInfo;

async function wish(key: TestKey, repository: string, notify: string | null): Promise<ChildRequest> {
  const at = { repository, manifest: `${repository}${key.keyId}.mft`, notify };
  return { type: 'issuance', className: 'default', limit: {}, csrDer: await makeCsr(key, at, key.sign) };
}

const [present, fresh] = [testKey(), testKey()];

async function unusual(key: TestKey, repository: string, notify: string | null = NOTIFY): Promise<string[]> {
  const context = {
    of: 'request' as const,
    known: { resources, keys: new Set([present.keyId]) },
    objects: { issued: new Map([[present.keyId, certificate(present)]]) } as TaObjects,
    revoked: new Map<string, string>(),
    validUntil: NOW.toISOString(),
    faults: [],
  };
  const child = {
    handle: 'a',
    resources,
    requests: new Map([[key.keyId, await wish(key, repository, notify)]]),
  };
  return unusualOf(childReview(child, context), child, context, NOW, 90 * 86_400_000);
}

test('another repository or notification is unusual, for a renewal and for a new key of a known child', async () => {
  for (const key of [present, fresh]) {
    expect(await unusual(key, OLD)).toEqual([]);
    expect(await unusual(key, 'RSYNC://CHILD.example.net/repo/a/')).toEqual([]);
    expect(await unusual(key, 'rsync://evil.example.org/repo/a/')).toEqual([
      `a would publish at another place: rsync://evil.example.org/repo/a/ instead of ${OLD}.`,
    ]);
    expect(await unusual(key, OLD, 'https://evil.example.org/n.xml')).toEqual([
      `a would publish at another place: https://evil.example.org/n.xml instead of ${NOTIFY}.`,
    ]);
    expect(await unusual(key, OLD, null)).toEqual([
      `a would publish at another place: no notification instead of ${NOTIFY}.`,
    ]);
  }
});

test('a key that went to another child is its former owner’s no more', async () => {
  const issued = (handle: string, nonce: string) => ({
    nonce,
    requests: new Map([[present.keyId, { type: 'issuance' } as ChildRequest]]),
    handle,
  });
  const past = [issued('a', '1'), issued('b', '2')].map(({ nonce, handle, requests }) => ({
    nonce,
    number: nonce,
    facts: JSON.stringify(factsOf({ nonce, children: [{ handle, resources, requests }] }, NOW.toISOString())),
  }));
  const { children, owners } = historyOf(past);
  expect(owners.get(present.keyId)).toBe('b');
  expect(children.get('a')?.keys.size).toBe(0);
  expect(children.get('b')?.keys.size).toBe(1);
});

test('a renewal before it is due is unusual, unless the key gets other resources than it has', async () => {
  const early = async (has: CertInfo['resources'], limit: Partial<CertInfo['resources']> = {}) => {
    const context = {
      of: 'request' as const,
      known: { resources, keys: new Set([present.keyId]) },
      objects: {
        issued: new Map([
          [present.keyId, { ...certificate(present), resources: has, notAfter: '2028-02-28T00:00:00Z' }],
        ]),
      } as unknown as TaObjects,
      revoked: new Map<string, string>(),
      validUntil: NOW.toISOString(),
      faults: [],
    };
    const asked = { ...(await wish(present, OLD, NOTIFY)), limit } as ChildRequest;
    const child = { handle: 'a', resources, requests: new Map([[present.keyId, asked]]) };
    return unusualOf(childReview(child, context), child, context, NOW, 90 * 86_400_000).join();
  };
  expect(await early(resources)).toMatch(/may never have used the last response/);
  expect(await early({ ...resources, asn: readAsn('AS1-AS2') })).toBe('');
  expect(await early({ ...resources, asn: readAsn('AS2') }, { asn: readAsn('AS1') })).toBe('');
  expect(await early(resources, { asn: readAsn('AS1') })).toMatch(/may never have used/);
});

test('only a child that has a certificate can be left without one', async () => {
  const revoked = (issued: TaObjects['issued']) => {
    const context = {
      of: 'request' as const,
      known: { resources, keys: new Set([present.keyId]) },
      objects: { issued } as TaObjects,
      revoked: new Map<string, string>(),
      validUntil: NOW.toISOString(),
      faults: [],
    };
    const wishes = new Map<string, ChildRequest>([
      [present.keyId, { type: 'revocation', className: 'default', key: present.keyId }],
    ]);
    const child = { handle: 'a', resources, requests: wishes };
    return unusualOf(childReview(child, context), child, context, NOW, 90 * 86_400_000).join();
  };
  expect(revoked(new Map([[present.keyId, certificate(present)]]))).toMatch(/left without any certificate/);
  expect(revoked(new Map())).not.toMatch(/left without/);
});

test('a key that was revoked in an earlier exchange is unusual by its name and that exchange', async () => {
  const ask = (requested: ChildRequest) => {
    const context = {
      of: 'request' as const,
      known: { resources, keys: new Set([present.keyId]) },
      objects: { issued: new Map([[present.keyId, certificate(present)]]) } as TaObjects,
      revoked: new Map([[fresh.keyId, '5']]),
      validUntil: NOW.toISOString(),
      faults: [],
    };
    const child = { handle: 'a', resources, requests: new Map([[fresh.keyId, requested]]) };
    return unusualOf(childReview(child, context), child, context, NOW, 90 * 86_400_000);
  };
  expect(ask(await wish(fresh, OLD, NOTIFY))).toEqual([
    expect.stringMatching(/^a asks for key [0-9A-F]{8}…?, which was revoked in exchange 5: /),
  ]);
  expect(ask({ type: 'revocation', className: 'default', key: fresh.keyId })).toEqual([]);
});
