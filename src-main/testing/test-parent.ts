/**
 * A parent for local children with real keys: a trust anchor whose signer answers when a test says so, and the not-performed
 * codes of Krill's proxy until then (krill-ta.md 7.3). The real proxy is ta/proxy. Not shipped.
 */
import { randomBytes } from 'node:crypto';
import { Faults } from '../rpki/fault.ts';
import { notPerformedWords, type Payload, type ResourceClass } from '../rpki/provisioning-message.ts';
import type { ResourceSet } from '../rpki/resource-set.ts';
import { readChildCsr } from '../ta/child-csr.ts';
import type { Parent } from '../ta/child/parent.ts';
import type { ChildRequest } from '../ta/documents.ts';
import { answer } from '../ta/signer/answer.ts';
import { ALL_RESOURCES, makeIdentityOf, makeTrustAnchor } from '../ta/signer/make-trust-anchor.ts';
import type { Signing } from '../ta/signer/signing.ts';
import { DEFAULT_TIMING, type Timing, type TrustAnchor } from '../ta/signer/trust-anchor.ts';
import { testKey, type TestKey } from './test-proxy.ts';

const WEEK_MS = 7 * 86_400_000;

export function signingWith(key: TestKey): Signing {
  const both = { certificate: key.sign, crl: key.sign };
  return {
    ta: both,
    identity: { keyId: key.keyId, ...both },
    oneOff: (use) => use(testKey()),
    serial: () => Uint8Array.from([0x40, ...randomBytes(19)]),
  };
}

interface Enrolled {
  resources: ResourceSet;
  used: Set<string>;
  open: Map<string, ChildRequest>;
  answered: Map<string, ChildRequest['type']>;
}

export interface TestParent extends Parent {
  readonly anchor: TrustAnchor;
  readonly timing: () => Promise<Timing>;
  base: string;
  notify: string;
  identityDer: Uint8Array;
  /** Every query it heard, by type. */
  heard: Payload['type'][];
  /** Children it knows; a test may change what one has. */
  children: Map<string, Enrolled>;
  add(handle: string, resources?: ResourceSet): void;
  /** The signer answers everything that is open. */
  exchange(): Promise<void>;
  /** What the next query is answered instead. */
  instead: ((reply: Payload) => Payload) | null;
  /** The times it works with. */
  timingIs: Timing;
}

const keyOf = (csrDer: Uint8Array): string => readChildCsr(csrDer, new Faults())?.keyId ?? '';

export async function testParent(now: () => Date, host = 'rpki.example.net'): Promise<TestParent> {
  const [ta, own] = [testKey(), testKey()];
  const signing = signingWith(ta);
  const identity = await makeIdentityOf(own.spkiDer, now(), own.sign);
  const base = `rsync://${host}/repo/`;
  const notify = `https://${host}/rrdp/notification.xml`;
  let anchor = await makeTrustAnchor(
    {
      now: now(),
      spkiDer: ta.spkiDer,
      repository: { base, notify },
      tal: { https: [`https://${host}/ta/ta.cer`], rsync: `rsync://${host}/ta/ta.cer` },
      identitySpki: ta.spkiDer,
      proxy: identity,
      timing: DEFAULT_TIMING,
      number: 1n,
    },
    signing,
  );

  function classFor(child: Enrolled, only: string | null): ResourceClass {
    const { timingIs } = parent;
    const issued = [...child.used].flatMap((key) => anchor.objects.issued.get(key) ?? []);
    const dueAt = now().getTime() + timingIs.issuedCertificateReissueWeeksBefore * WEEK_MS;
    const lasting = issued.map(({ notAfter }) => Date.parse(notAfter)).filter((end) => end > dueAt);
    const fresh = now().getTime() + timingIs.issuedCertificateValidityWeeks * WEEK_MS;
    return {
      className: 'default',
      certUrls: [anchor.tal.rsync],
      resources: child.resources,
      notAfter: new Date(lasting.length > 0 ? Math.max(...lasting) : fresh),
      suggestedSiaHead: null,
      certificates: issued
        .filter(({ uri }) => only === null || uri.endsWith(`/${only}.cer`))
        .map(({ uri, limit, der }) => ({ urls: [uri], limit, der })),
      issuerDer: anchor.certificate.der,
    };
  }

  const refusal = (status: number): Payload => ({
    type: 'error_response',
    status,
    description: notPerformedWords(status),
  });

  function answered(child: Enrolled, query: Payload): Payload {
    if (query.type === 'list') return { type: 'list_response', classes: [classFor(child, null)] };
    if (query.type !== 'issue' && query.type !== 'revoke') return refusal(2001);
    const key = query.type === 'issue' ? keyOf(query.csrDer) : query.keyId;
    const type = query.type === 'issue' ? 'issuance' : 'revocation';
    if (child.answered.get(key) === type) {
      child.answered.delete(key);
      return query.type === 'issue'
        ? { type: 'issue_response', resourceClass: classFor(child, key) }
        : { type: 'revoke_response', className: 'default', keyId: key };
    }
    if (query.type === 'revoke' && !child.used.has(key)) return refusal(1302);
    if (child.open.has(key)) return refusal(1101);
    child.open.set(
      key,
      query.type === 'issue'
        ? { type: 'issuance', className: 'default', limit: query.limit, csrDer: query.csrDer }
        : { type: 'revocation', className: 'default', key },
    );
    return refusal(1104);
  }

  const parent: TestParent = {
    get anchor() {
      return anchor;
    },
    base,
    notify,
    identityDer: identity.certificateDer,
    heard: [],
    children: new Map(),
    instead: null,
    timingIs: DEFAULT_TIMING,
    add(handle, resources = ALL_RESOURCES) {
      parent.children.set(handle, { resources, used: new Set(), open: new Map(), answered: new Map() });
    },
    identity: () => Promise.resolve(identity.certificateDer),
    timing: () => Promise.resolve(parent.timingIs),
    ask(handle, query) {
      const child = parent.children.get(handle);
      if (child === undefined) throw new Error(`no child ${handle}`);
      parent.heard.push(query.type);
      const reply = answered(child, query);
      return Promise.resolve(parent.instead?.(reply) ?? reply);
    },
    async exchange() {
      const children = [...parent.children].map(([handle, { resources, open }]) => ({
        handle,
        resources,
        requests: new Map(open),
      }));
      const { objects } = await answer(
        {
          anchor,
          request: { nonce: 'test', children },
          now: now(),
          number: anchor.objects.number + 1n,
        },
        signing,
        () => undefined,
      );
      anchor = { ...anchor, objects };
      for (const child of parent.children.values()) {
        for (const [key, { type }] of child.open) {
          child.answered.set(key, type);
          if (type === 'issuance') child.used.add(key);
          else child.used.delete(key);
        }
        child.open.clear();
      }
    },
  };
  return parent;
}
