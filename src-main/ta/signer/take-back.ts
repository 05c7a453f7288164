/**
 * Takes an own response back that a restore took away: its objects are the state again, what it issued and revoked is known again. Where
 * something was signed since without it, CRL and manifest are made anew above that, and the certificates of that go on the CRL.
 */
import { equalBytes, sha256Hex } from '../../lib/bytes.ts';
import { newId } from '../../lib/ids.ts';
import type { JobContext } from '../../lib/jobs.ts';
import { momentText } from '../../lib/moment-text.ts';
import { asnText, ipText } from '../../rpki/resource-text.ts';
import { union } from '../../rpki/ranges.ts';
import type { ResourceSet } from '../../rpki/resource-set.ts';
import type { Random } from '../../ports.ts';
import { TOOK_BACK } from '../../store/commands/ta-take-back.ts';
import type { Session } from '../../store/store-contract.ts';
import { hasEnded } from '../inside.ts';
import type { Revocation, TaObjects } from '../objects.ts';
import type { Response } from '../response.ts';
import { type ExchangeFacts, factsOf } from '../review/history.ts';
import { type HeldSigner, rememberAnchor } from './held-signer.ts';
import { type BackFile, judgeTakeBack, type TakeBack } from './judge-take-back.ts';
import { publish, weeksLater } from './publish.ts';
import { requireAllValid } from './set-up.ts';
import { TAKEN_BACK } from './taken-back.ts';
import { trustAnchorText } from './trust-anchor.ts';

const FAMILIES = ['asn', 'ipv4', 'ipv6'] as const;

/** What its answers tell of each child, where its request is not here. */
function toldBy({ answers, objects }: Response, held: HeldSigner): ExchangeFacts {
  return {
    nextUpdate: objects.nextUpdate,
    children: [...answers].map(([handle, own]) => {
      const set: ResourceSet = { asn: [], ipv4: [], ipv6: [] };
      for (const answer of own.values())
        if (answer.type === 'issuance')
          for (const family of FAMILIES) set[family] = union(set[family], answer.resources[family]);
      const issued = [...own.values()].some(({ type }) => type === 'issuance');
      const { asn, ipv4, ipv6 } = issued ? set : (held.history.children.get(handle)?.resources ?? set);
      return {
        handle,
        resources: { asn: asnText(asn), ipv4: ipText(ipv4, 'ipv4'), ipv6: ipText(ipv6, 'ipv6') },
        wishes: [...own].flatMap(([key, { type }]) =>
          type === 'error'
            ? []
            : [{ key, what: type === 'issuance' ? ('issued' as const) : ('revoked' as const) }],
        ),
      };
    }),
  };
}

/** Facts of the exchange, as they are kept. */
export function factsBack({ response, request, requestAt }: TakeBack, held: HeldSigner): ExchangeFacts {
  return {
    ...(request === null ? toldBy(response, held) : factsOf(request, response.objects.nextUpdate)),
    ...(requestAt === null ? {} : { requestAt: requestAt.toISOString() }),
    how: 'signed by this signer, and taken back after a restore',
  };
}

/** Revocations of both, and certificates that were signed here since: they may be with somebody. */
function revocationsOf(now: Date, mine: TaObjects, back: TaObjects): Revocation[] {
  const known = new Map([...mine.revocations, ...back.revocations].map((one) => [one.serial, one]));
  for (const [key, info] of mine.issued) {
    const kept = back.issued.get(key);
    const same = kept !== undefined && equalBytes(kept.der, info.der);
    if (!same && !hasEnded(info, now) && !known.has(info.serial))
      known.set(info.serial, { serial: info.serial, revokedAt: now.toISOString(), expires: info.notAfter });
  }
  const good = new Set([...back.issued.values()].map(({ serial }) => serial));
  // What was revoked here since is good again where the response has it: nobody was told of the other.
  return [...known.values()].filter(({ serial }) => !good.has(serial));
}

async function objectsAbove(held: HeldSigner, { objects }: Response, now: Date): Promise<TaObjects> {
  const { anchor, highest, signing } = held;
  return publish(
    {
      number: highest + 1n,
      now,
      nextUpdate: weeksLater(now, anchor.timing.mftNextUpdateWeeks),
      keyId: objects.keyId,
      baseUri: objects.baseUri,
      certificateUri: anchor.tal.rsync,
      issued: objects.issued,
      revocations: revocationsOf(now, anchor.objects, objects),
    },
    signing.ta,
    signing,
  );
}

/** Answers the exchange, or "signer" where there is no request to make one of. */
export async function takeBack(
  deps: { random: Random; session(): Session; now(): Date },
  held: HeldSigner,
  file: BackFile,
  job: JobContext,
): Promise<string[]> {
  const now = deps.now();
  const back = judgeTakeBack(held, file, now);
  const { response, above, at, request } = back;
  const { number, keyId } = response.objects;
  job.commit();
  job.report(0.3, above ? 'Making CRL and manifest anew' : 'Keeping it');
  const objects = above ? await objectsAbove(held, response, now) : response.objects;
  const next = { ...held.anchor, objects };
  if (above) requireAllValid(next, now);
  const facts = JSON.stringify(factsBack(back, held));
  const responseSha256 = sha256Hex(file.bytes);
  const id = newId('exchange', deps.random);
  const whole =
    request === null || file.request === null
      ? null
      : {
          ...{
            id,
            nonce: response.nonce,
            at: at.toISOString(),
            number: String(number),
            facts,
            responseSha256,
          },
          requestSha256: sha256Hex(file.request),
          request: file.request,
          response: file.bytes,
        };
  const told = [
    ...held.takenBack,
    { nonce: response.nonce, number: String(number), facts, after: held.past.length },
  ];
  const state = trustAnchorText(next);
  const { store } = deps.session();
  await store.run('ta.takeBack', {
    ...{ version: held.version, state, keyId, number, nonce: response.nonce, exchange: whole },
    next: above ? { number: objects.number, reason: `${TOOK_BACK}${number}` } : null,
    setting: whole === null ? { name: TAKEN_BACK, value: JSON.stringify(told) } : null,
    audit: {
      action: 'ta.takeBack',
      outcome: 'done',
      summary: `Took response ${number} of ${momentText(at)} back, which a restore had taken away${whole === null ? ', without its request' : ''}${above ? `; CRL and manifest were made anew with number ${objects.number}` : ''}`,
      subjects: [
        ...(whole === null ? [] : [{ type: 'request', id: response.nonce, sha256: whole.requestSha256 }]),
        { type: 'response', id: whole?.id ?? String(number), sha256: responseSha256 },
      ],
    },
  });
  rememberAnchor(store, state, next);
  return [whole?.id ?? 'signer'];
}
