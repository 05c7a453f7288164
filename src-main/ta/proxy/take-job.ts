/** Takes an accepted response inside a job: judged again, and stored with both files and what follows from it, at once. */
import { stopped } from '../../lib/sentence.ts';
import { AppError } from '../../lib/app-error.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import { newId } from '../../lib/ids.ts';
import type { JobContext } from '../../lib/jobs.ts';
import type { Request } from '../documents.ts';
import { standOf } from '../past-outcome.ts';
import type { Response } from '../response.ts';
import { factsOf } from '../review/history.ts';
import type { TaDeps } from '../ta.ts';
import { openContent } from './make-request.ts';
import { proxyText } from './proxy-text.ts';
import { reviewResponse } from './review-response.ts';
import type { RunningProxy } from './running-proxy.ts';
import { takeResponse } from './take-response.ts';

/** The wishes that were fulfilled: facts of an exchange are what came of it. */
function withoutErrors(request: Request, { answers }: Response): Request {
  const fulfilled = (child: string, key: string): boolean => answers.get(child)?.get(key)?.type !== 'error';
  return {
    ...request,
    children: request.children.map((child) => ({
      ...child,
      requests: new Map([...child.requests].filter(([key]) => fulfilled(child.handle, key))),
    })),
  };
}

/** Stores what follows from the response, and answers the id of the exchange. */
export async function storeResponse(
  deps: Pick<TaDeps, 'random' | 'session' | 'clock'> & { proxy: RunningProxy },
  file: { name: string; bytes: Uint8Array },
  job: JobContext,
): Promise<string> {
  return deps.proxy.inTurn(async (held) => {
    const { version, state } = held;
    const now = deps.clock.now();
    job.report(0.1, 'Judging it again');
    const { view, response, wrong } = await reviewResponse(held, file, now);
    const { open, signer } = state;
    const [fault] = view.faults;
    if (!view.canPublish || response === null || open === null || signer === null)
      throw new AppError(
        'NOT_ALLOWED_NOW',
        `It cannot be published: ${stopped(fault?.text ?? 'it cannot be read')} Nothing was changed.`,
        // What is no fault of the response, as a clock, is none in the record.
        wrong ? { file: { name: file.name, sha256: sha256Hex(file.bytes), kind: 'response' } } : {},
      );
    job.commit();
    job.report(0.4, 'Keeping it');
    const request = openContent(open);
    const id = newId('exchange', deps.random);
    const [requestSha256, responseSha256] = [sha256Hex(open.file), sha256Hex(file.bytes)];
    const issued = view.answers.filter(({ what }) => what === 'issued').length;
    const revoked = view.answers.filter(({ what }) => what === 'revoked').length;
    await deps.session().store.run('ta.exchange', {
      half: 'proxy',
      version,
      state: proxyText(takeResponse(state, request, response)),
      keyId: signer.objects.keyId,
      number: response.objects.number,
      numberReason: '',
      exchange: {
        id,
        nonce: response.nonce,
        at: now.toISOString(),
        number: String(response.objects.number),
        facts: JSON.stringify({
          ...factsOf(withoutErrors(request, response), response.objects.nextUpdate),
          before: standOf(signer.objects, now),
        }),
        requestSha256,
        responseSha256,
        request: open.file,
        response: file.bytes,
      },
      audit: {
        action: 'ta.takeResponse',
        outcome: 'done',
        summary: `Took response ${response.objects.number}: ${issued} issued, ${revoked} revoked`,
        subjects: [
          { type: 'request', id: response.nonce, sha256: requestSha256 },
          { type: 'response', id, sha256: responseSha256 },
        ],
      },
    });
    return id;
  });
}
