/** A trust anchor with two certificates and the means to sign any response in its name, right or wrong. Not shipped. */
import { randomBytes } from 'node:crypto';
import { type JsonValue, readJson, writeJson } from '../lib/json-reader.ts';
import { toJson } from '../lib/json-shape.ts';
import type { Fault } from '../rpki/fault.ts';
import { keyIdName, makeAuthority, makeIdentity, type Sign } from '../rpki/make-certificate.ts';
import { makeCsr } from '../rpki/make-csr.ts';
import { readAsn, readIp } from '../rpki/resource-text.ts';
import type { ResourceSet } from '../rpki/resource-set.ts';
import { testKey, type TestKey } from './test-proxy.ts';
import { keyId } from '../x509/public-key.ts';
import { readRequest, type Request } from '../ta/documents.ts';
import { judgeResponse } from '../ta/judge-response.ts';
import { type CertInfo, objectsJson, type Revocation, type TaObjects } from '../ta/objects.ts';
import { signedFile } from '../ta/signed-file.ts';
import { readSignerInfo } from '../ta/signer-info.ts';
import { answer } from '../ta/signer/answer.ts';
import { makeTrustAnchor } from '../ta/signer/make-trust-anchor.ts';
import { publish, serialOctets, serialOf } from '../ta/signer/publish.ts';
import type { Signing } from '../ta/signer/signing.ts';
import { DEFAULT_TIMING, signerInfoJson, type TrustAnchor } from '../ta/signer/trust-anchor.ts';

/** Everything the real signer's keys can sign, and what the proxy asked it. */
export interface World {
  anchor: TrustAnchor;
  signing: Signing;
  /** Keys of the child "a" that have a certificate, and one that is asked for. */
  kept: TestKey;
  rolled: TestKey;
  asked: TestKey;
  /** A key whose certificate was revoked. */
  gone: TestKey;
  /** A wish for `kept` again. */
  renewal: Awaited<ReturnType<typeof issuance>>;
}

export const BASE = 'rsync://rpki.example.net/repo/';
export const NOTIFY = 'https://rpki.example.net/rrdp/notification.xml';
export const START = Date.parse('2027-03-01T12:00:00.250Z');
export const OWN: ResourceSet = { asn: readAsn('AS64496'), ipv4: readIp('192.0.2.0/24', 'ipv4'), ipv6: [] };
export const OWN_TEXT = { asn: 'AS64496', ipv4: '192.0.2.0/24', ipv6: '' };

export function signingWith(ta: Sign, identity: TestKey): Signing {
  return {
    ta: { certificate: ta, crl: ta },
    identity: { keyId: identity.keyId, certificate: identity.sign, crl: identity.sign },
    oneOff: (use) => use(testKey()),
    serial: () => Uint8Array.from([0x40, ...randomBytes(19)]),
  };
}

export const place = (name: string) => `rsync://child.example.net/repo/${name}/`;

export async function issuance(key: TestKey, at = place('a'), limit: Record<string, string> = {}) {
  const csr = await makeCsr(
    key,
    { repository: at, manifest: `${at}${key.keyId}.mft`, notify: NOTIFY },
    key.sign,
  );
  return { Issuance: { class_name: 'default', limit, csr: Buffer.from(csr).toString('base64') } };
}

export const revocation = (key: TestKey) => ({ Revocation: { class_name: 'default', key: key.keyId } });

let nonces = 0;
/** Clear texts by nonce. */
export const clearTexts = new Map<string, JsonValue>();
export function asking(wishes: Record<string, unknown>, resources = OWN_TEXT): Request {
  nonces += 1;
  const value = toJson({
    nonce: `nonce ${nonces}`,
    child_requests: [{ child: 'a', resources, requests: wishes as Record<string, never> }],
  });
  const request = readRequest(value, 'request');
  clearTexts.set(request.nonce, value);
  return request;
}

export let world: World;
/** For `beforeAll`: makes `world`. */
export async function makeWorld(): Promise<void> {
  const [ta, identity, proxy] = [testKey(), testKey(), testKey()];
  const [kept, rolled, asked] = [testKey(), testKey(), testKey()];
  const signing = signingWith(ta.sign, identity);
  const now = new Date(START);
  const validity = { notBefore: now, notAfter: new Date(START + 1e12) };
  const anchor = await makeTrustAnchor(
    {
      now,
      spkiDer: ta.spkiDer,
      repository: { base: BASE, notify: NOTIFY },
      tal: { https: ['https://rpki.example.net/ta/ta.cer'], rsync: 'rsync://rpki.example.net/ta/ta.cer' },
      identitySpki: identity.spkiDer,
      proxy: {
        spkiDer: proxy.spkiDer,
        certificateDer: await makeIdentity({ ...proxy, validity }, proxy.sign),
        keyId: keyId(proxy.spkiDer),
      },
      timing: DEFAULT_TIMING,
      number: 1n,
    },
    signing,
  );
  // Two certificates, and a third key whose certificate is on the CRL already.
  const gone = testKey();
  const steps = [
    {
      [kept.keyId]: await issuance(kept),
      [rolled.keyId]: await issuance(rolled),
      [gone.keyId]: await issuance(gone),
    },
    { [gone.keyId]: revocation(gone) },
  ];
  let objects = anchor.objects;
  for (const [at, wishes] of steps.entries())
    ({ objects } = await answer(
      {
        anchor: { ...anchor, objects },
        request: asking(wishes),
        now: new Date(START + (at + 1) * 60_000),
        number: BigInt(at + 2),
      },
      signing,
      () => {},
    ));
  world = {
    anchor: { ...anchor, objects },
    signing,
    kept,
    rolled,
    asked,
    gone,
    renewal: await issuance(kept),
  };
}

export const NOW = new Date(START + 600_000);

export type Clear = {
  nonce: string;
  objects: Record<string, unknown>;
  child_responses: Record<string, Record<string, unknown>>;
};

/** What a signer that holds the right keys can put into its response. */
export interface Altered {
  /** What the signer believes it was asked: others than the proxy. */
  request?: Request;
  number?: bigint;
  now?: Date;
  issued?(issued: Map<string, CertInfo>): void | Promise<void>;
  revocations?(revocations: readonly Revocation[]): Revocation[];
  /** The clear text, last of all, before it is signed. */
  clear?(clear: Clear, objects: TaObjects): void;
  identity?: TestKey;
  /** Signs CRL and manifest. */
  ta?: TestKey;
  /** Of the certificate in the manifest. */
  serial?(): Uint8Array;
}

/** The response to `request`, validly signed with the altered content. */
export async function respond(request: Request, altered: Altered): Promise<Uint8Array> {
  const { anchor, signing } = world;
  const now = altered.now ?? NOW;
  const number = altered.number ?? anchor.objects.number + 1n;
  const made = await answer({ anchor, request: altered.request ?? request, now, number }, signing, () => {});
  const issued = new Map(made.objects.issued);
  await altered.issued?.(issued);
  const revocations = altered.revocations?.(made.objects.revocations) ?? made.objects.revocations;
  const objects = await publish(
    {
      number,
      now,
      nextUpdate: new Date(made.objects.nextUpdate),
      keyId: anchor.objects.keyId,
      baseUri: anchor.objects.baseUri,
      certificateUri: anchor.tal.rsync,
      issued,
      revocations,
    },
    altered.ta === undefined ? signing.ta : { certificate: altered.ta.sign, crl: altered.ta.sign },
    { ...signing, serial: altered.serial ?? signing.serial },
  );
  const text = JSON.parse(Buffer.from(made.file).toString('utf8')) as { response: Clear };
  const clear = {
    ...text.response,
    nonce: request.nonce,
    objects: JSON.parse(writeJson(objectsJson(objects))) as Record<string, unknown>,
  };
  altered.clear?.(clear, objects);
  const by = altered.identity ?? null;
  return signedFile(
    'response',
    readJson(Buffer.from(JSON.stringify(clear))),
    by === null ? signing : signingWith(by.sign, by),
    { now, days: 14 },
  );
}

export function verdict(bytes: Uint8Array, request: Request): ReturnType<typeof judgeResponse> {
  const { anchor } = world;
  return judgeResponse(
    bytes,
    {
      signerSpki: anchor.identity.spkiDer,
      info: readSignerInfo(signerInfoJson(anchor)),
      previous: anchor.objects,
      request,
    },
    NOW,
  );
}

export const judged = (bytes: Uint8Array, request: Request): Fault[] => verdict(bytes, request).faults;

/** A certificate for `key` as the TA's own key can sign it. */
export async function certificate(
  key: TestKey,
  more: {
    resources?: ResourceSet;
    at?: string;
    manifest?: string;
    notify?: string | null;
    crl?: string;
    issuer?: string;
    serial?: bigint;
  } = {},
): Promise<CertInfo> {
  const { resources = OWN, at = place('a'), notify = NOTIFY } = more;
  const manifest = more.manifest ?? `${at}${key.keyId}.mft`;
  const { anchor, signing } = world;
  const validity = {
    notBefore: new Date(NOW.getTime() - 300_000),
    notAfter: new Date(NOW.getTime() + 86_400_000),
  };
  const serial = more.serial === undefined ? signing.serial() : serialOctets(more.serial);
  const der = await makeAuthority(
    { serial, issuerKeyId: anchor.objects.keyId, keyId: key.keyId, spkiDer: key.spkiDer, validity },
    { repository: at, manifest, notify },
    {
      crlUri: more.crl ?? `${BASE}${anchor.objects.keyId}.crl`,
      certificateUri: more.issuer ?? anchor.tal.rsync,
    },
    resources,
    signing.ta.certificate,
  );
  return {
    uri: `${BASE}${key.keyId}.cer`,
    resources,
    limit: {},
    notBefore: validity.notBefore.toISOString(),
    notAfter: validity.notAfter.toISOString(),
    serial: serialOf(serial),
    caRepository: at,
    rpkiManifest: manifest,
    rpkiNotify: notify,
    spkiDer: key.spkiDer,
    subjectDer: keyIdName(key.keyId),
    der,
  };
}

/** Puts `info` in the place of what is issued, and into the answer. */
export function instead(key: TestKey, made: () => Promise<CertInfo>): Altered {
  let info: CertInfo | null = null;
  return {
    async issued(issued) {
      info = await made();
      issued.set(key.keyId, info);
    },
    clear(clear) {
      const answered = clear.child_responses['a']?.[key.keyId] as
        | { Issuance: Record<string, unknown> }
        | undefined;
      if (answered === undefined || info === null) return;
      answered.Issuance['not_after'] = info.notAfter;
      answered.Issuance['issued_cert'] = {
        uri: info.uri,
        req_limit: {},
        cert: Buffer.from(info.der).toString('base64'),
      };
    },
  };
}

export function inside(clear: Clear, key: TestKey): Record<string, unknown> {
  const answered = clear.child_responses['a']?.[key.keyId] as
    | { Issuance?: Record<string, unknown> }
    | undefined;
  if (answered?.Issuance === undefined) throw new Error('nothing was issued');
  return answered.Issuance;
}
