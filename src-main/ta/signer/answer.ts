/**
 * Answers a judged request (krill-ta.md 6.2): certificates and revocations for every wish, then CRL and manifest, then the
 * signed response. It relies on the judgement before it and is judged itself by the validator after it; nothing is stored.
 */
import type { JsonObject, JsonValue } from '../../lib/json-reader.ts';
import { type Plain, toJson } from '../../lib/json-shape.ts';
import { Faults } from '../../rpki/fault.ts';
import { readChildCsr } from '../child-csr.ts';
import type { ResourceSet } from '../../rpki/resource-set.ts';
import type { Child, ChildRequest, Request } from '../documents.ts';
import { type CertInfo, objectsJson, resourcesJson, type Revocation, type TaObjects } from '../objects.ts';
import { signedFile } from '../signed-file.ts';
import { certify } from './certify.ts';
import { publish, weeksLater } from './publish.ts';
import { type Signing, withKeysAhead } from './signing.ts';
import type { TrustAnchor } from './trust-anchor.ts';

/** Signatures under way at the same time: a software signer uses every core, a token works them off. */
const AT_ONCE = 16;
const FAMILIES = ['asn', 'ipv4', 'ipv6'] as const;

export interface AnswerOrder {
  anchor: TrustAnchor;
  request: Request;
  now: Date;
  number: bigint;
}

export interface Answered {
  objects: TaObjects;
  /** response.json: pretty JSON as krillta prints it. */
  file: Uint8Array;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** The child's resources under the limit it asked for. */
function granted(child: Child, limit: Partial<ResourceSet>): ResourceSet {
  const [asn, ipv4, ipv6] = FAMILIES.map((family) => limit[family] ?? child.resources[family]);
  return { asn: asn ?? [], ipv4: ipv4 ?? [], ipv6: ipv6 ?? [] };
}

async function issue(
  order: AnswerOrder,
  child: Child,
  wish: ChildRequest & { type: 'issuance' },
  signing: Signing,
): Promise<CertInfo> {
  const csr = readChildCsr(wish.csrDer, new Faults());
  if (csr === null) throw new Error('a request that was judged right cannot be read');
  const { keyId, caRepository: folder, rpkiManifest, rpkiNotify, spkiDer } = csr;
  const resources = granted(child, wish.limit);
  const caRepository = folder.endsWith('/') ? folder : `${folder}/`;
  return certify(
    order,
    { keyId, resources, limit: wish.limit, caRepository, rpkiManifest, rpkiNotify, spkiDer },
    signing,
  );
}

function issuanceJson(made: CertInfo, anchor: TrustAnchor): Plain {
  return {
    Issuance: {
      class_name: 'default',
      resource_set: resourcesJson(made.resources),
      not_after: made.notAfter,
      issued_cert: { uri: made.uri, req_limit: resourcesJson(made.limit), cert: base64(made.der) },
      signing_cert: { url: anchor.tal.rsync, cert: base64(anchor.certificate.der) },
    },
  };
}

/**
 * All of them, in their order, AT_ONCE under way at any time: while keys sign, the next certificates are built. After a failure none
 * is begun, and it is thrown when those under way have ended: nothing signs behind a refusal.
 */
async function inTurns<T, R>(
  items: readonly T[],
  one: (item: T) => Promise<R>,
  step: (done: number, of: number) => void,
): Promise<R[]> {
  const results: R[] = [];
  let [next, done, failed] = [0, 0, false];
  const worker = async (): Promise<void> => {
    while (!failed) {
      const at = next;
      const item = items[at];
      if (item === undefined) return;
      next += 1;
      try {
        results[at] = await one(item);
      } catch (error) {
        failed = true;
        throw error;
      }
      done += 1;
      if (done % AT_ONCE === 0 || done === items.length) step(done, items.length);
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  for (const worked of ended) if (worked.status === 'rejected') throw worked.reason;
  return results;
}

/** Makes the response. `step` is told how many of the wishes are done. */
export function answer(
  order: AnswerOrder,
  signing: Signing,
  step: (done: number, of: number) => void,
): Promise<Answered> {
  // One for the manifest, one for the message.
  return withKeysAhead(signing, 2, (oneOff) => answerWith(order, { ...signing, oneOff }, step));
}

async function answerWith(
  order: AnswerOrder,
  signing: Signing,
  step: (done: number, of: number) => void,
): Promise<Answered> {
  const { anchor, request, now, number } = order;
  const issued = new Map(anchor.objects.issued);
  const revocations: Revocation[] = [...anchor.objects.revocations];
  const revoke = (key: string): void => {
    const old = issued.get(key);
    if (old === undefined) return;
    revocations.push({ serial: old.serial, revokedAt: now.toISOString(), expires: old.notAfter });
    issued.delete(key);
  };
  const wishes = request.children.flatMap((child) =>
    [...child.requests].map(([key, wish]) => ({ child, key, wish })),
  );
  // Handles are data: maps, because a child may be called "__proto__".
  const answers: JsonObject = new Map();
  for (const { handle } of request.children) answers.set(handle, new Map());
  const made = await inTurns(
    wishes,
    ({ child, wish }) =>
      wish.type === 'issuance' ? issue(order, child, wish, signing) : Promise.resolve(null),
    step,
  );
  for (const [at, { child, key, wish }] of wishes.entries()) {
    const info = made[at] ?? null;
    revoke(key);
    if (info !== null) issued.set(key, info);
    const said =
      info === null ? { Revocation: { class_name: wish.className, key } } : issuanceJson(info, anchor);
    const own = answers.get(child.handle);
    if (own instanceof Map) own.set(key, toJson(said));
  }
  const objects = await publish(
    {
      number,
      now,
      nextUpdate: weeksLater(now, anchor.timing.mftNextUpdateWeeks),
      keyId: anchor.objects.keyId,
      baseUri: anchor.objects.baseUri,
      certificateUri: anchor.tal.rsync,
      issued,
      revocations,
    },
    signing.ta,
    signing,
  );
  const clear: JsonValue = new Map<string, JsonValue>([
    ['nonce', request.nonce],
    ['objects', objectsJson(objects)],
    ['child_responses', answers],
  ]);
  const file = await signedFile('response', clear, signing, {
    now,
    days: anchor.timing.signedMessageValidityDays,
  });
  return { objects, file };
}
