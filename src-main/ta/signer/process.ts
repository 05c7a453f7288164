/**
 * Signs the response to an approved request, as a job: judged again, answered, judged by the validator, stored, and only
 * then there to be carried away. Either all of it is stored or nothing.
 */
import { AppError } from '../../lib/app-error.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import { newId } from '../../lib/ids.ts';
import type { JobContext } from '../../lib/jobs.ts';
import type { Random } from '../../ports.ts';
import type { Session } from '../../store/store-contract.ts';
import type { Request } from '../documents.ts';
import { judgeResponse } from '../judge-response.ts';
import { standOf } from '../past-outcome.ts';
import { factsOf } from '../review/history.ts';
import { readSignerInfo } from '../signer-info.ts';
import { answer } from './answer.ts';
import { type HeldSigner, rememberAnchor } from './held-signer.ts';
import { signerInfoJson, trustAnchorText } from './trust-anchor.ts';

export interface ProcessOrder {
  held: Pick<HeldSigner, 'version' | 'anchor' | 'signing'>;
  request: Request;
  /** The exact file that was reviewed. */
  file: Uint8Array;
  number: bigint;
  numberReason: string;
  /** It was answered before, ahead of time, and the signer went on without that. */
  again: boolean;
  /** When the proxy signed it; null: it does not say. */
  requestAt: string | null;
  /** How it was approved, for the record. */
  approvedBy: string;
  /** Names of the approvers; empty where none were asked. */
  approvers: readonly string[];
}

/** Own response under the same judgement a proxy would give it. Throws AppError INTERNAL. */
function requireValid({ held, request }: ProcessOrder, file: Uint8Array, at: Date): void {
  const { anchor } = held;
  const info = readSignerInfo(signerInfoJson(anchor));
  const knowledge = { signerSpki: anchor.identity.spkiDer, info, previous: anchor.objects, request };
  const { faults } = judgeResponse(file, knowledge, at);
  const [first] = faults;
  if (first !== undefined)
    throw new AppError(
      'INTERNAL',
      `The response does not hold before the validator (${first.text}, ${first.clause}); it was thrown away, nothing was changed.`,
    );
}

/** Answers the id of the exchange. */
export async function processRequest(
  deps: { random: Random; session(): Session; now(): Date },
  order: ProcessOrder,
  job: JobContext,
): Promise<string[]> {
  const { held, request, file, number } = order;
  const { anchor } = held;
  job.commit();
  job.report(0, 'Signing');
  const now = deps.now();
  const made = await answer({ anchor, request, now, number }, held.signing, (done, of) =>
    job.report((0.8 * done) / of, `Signing ${done} of ${of}`),
  );
  job.report(0.85, 'Validating the response');
  requireValid(order, made.file, now);
  job.report(0.95, 'Keeping it');
  const id = newId('exchange', deps.random);
  const facts = {
    ...factsOf(request, made.objects.nextUpdate),
    ...(order.requestAt === null ? {} : { requestAt: order.requestAt }),
    how: `signed here, ${order.approvedBy}`,
    approvedBy: [...order.approvers],
    before: standOf(anchor.objects, now),
    ...(order.numberReason === '' ? {} : { numberReason: order.numberReason }),
  };
  const wishes = facts.children.flatMap((child) => child.wishes);
  const issued = wishes.filter(({ what }) => what === 'issued').length;
  const [requestSha256, responseSha256] = [sha256Hex(file), sha256Hex(made.file)];
  const next = { ...anchor, objects: made.objects };
  const state = trustAnchorText(next);
  const { store } = deps.session();
  await store.run('ta.exchange', {
    half: 'signer',
    version: held.version,
    state,
    keyId: anchor.objects.keyId,
    number,
    numberReason: order.numberReason,
    again: order.again,
    exchange: {
      id,
      nonce: request.nonce,
      at: now.toISOString(),
      number: String(number),
      facts: JSON.stringify(facts),
      requestSha256,
      responseSha256,
      request: file,
      response: made.file,
    },
    audit: {
      action: 'ta.approve',
      outcome: 'done',
      summary:
        `Signed response ${number}: ${issued} issued, ${wishes.length - issued} revoked; ${order.approvedBy}${order.numberReason === '' ? '' : `; number chosen because: ${order.numberReason}`}`.slice(
          0,
          300,
        ),
      subjects: [
        { type: 'request', id: request.nonce, sha256: requestSha256 },
        { type: 'response', id, sha256: responseSha256 },
      ],
    },
  });
  rememberAnchor(store, state, next);
  return [id];
}
