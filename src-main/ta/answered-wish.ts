/** What became of one wish, out of the response itself: never by the times that are set here now. */
import type { ChildReview } from '#shared/contract/ta-review.ts';
import type { Response } from './response.ts';

const PROBLEM = {
  error: { text: 'the signer answered with an error', clause: 'Krill’s exchange format' },
  missing: { text: 'the signer did not answer it', clause: 'Krill’s exchange format' },
};

/** Until when its certificate is good (null: it got none), and why it was not done. */
export function answeredWish(
  { answers, objects }: Response,
  handle: string,
  keyId: string,
): Pick<ChildReview['wishes'][number], 'validUntil' | 'problems'> {
  const answer = answers.get(handle)?.get(keyId);
  const info = objects.issued.get(keyId);
  const failed = answer === undefined ? 'missing' : answer.type === 'error' ? 'error' : null;
  return {
    validUntil:
      answer?.type === 'issuance' && info !== undefined ? new Date(info.notAfter).toISOString() : null,
    problems: failed === null ? [] : [PROBLEM[failed]],
  };
}
