/** The body of a review: children on the left, one wish beside what was before, what signing will make. For open and past ones. */
import { useState } from 'react';
import type { ChildReview, ExchangeReview } from '#shared/contract/ta-review.ts';
import { useNow } from '../../app/clock.ts';
import { Dated } from '../../components/dated.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { Time } from '../../components/time.tsx';
import { ChildResources, ReviewedChildren, type Wish, WishFacts } from './review-child.tsx';

/** `moves`: what changes although the number stays. */
export function Change({ before, after, moves = '' }: { before: string; after: string; moves?: string }) {
  return before === after ? (
    <span className="num">
      {after}, {moves === '' ? 'unchanged' : moves}
    </span>
  ) : (
    <span className="num">
      {before} → <b>{after}</b>
    </span>
  );
}

/** "1 new, 1 revoked": what becomes of certificates. */
export function movesOf({ children }: { children: readonly ChildReview[] }): string {
  const wishes = children.flatMap((child) => child.wishes);
  const count = (...what: Wish['what'][]): number => wishes.filter((wish) => what.includes(wish.what)).length;
  return [
    [count('new', 'rekey'), 'new'] as const,
    [count('renew'), 'renewed'] as const,
    [count('revoke'), 'revoked'] as const,
  ]
    .filter(([many]) => many > 0)
    .map(([many, word]) => `${many} ${word}`)
    .join(', ');
}

export function Outcome({ review, past = false }: { review: ExchangeReview; past?: boolean }) {
  const { outcome, advisory, signedAt } = review;
  const now = new Date(useNow()).toISOString();
  return (
    <div className="stack">
      <Card title={past ? 'Signing made' : 'Signing will make'}>
        <KeyValue
          items={[
            [
              'Manifest, CRL',
              <span key="value">
                number <Change {...outcome.number} />
              </span>,
            ],
            outcome.numberReason !== null && ['Number chosen, because', outcome.numberReason],
            !past && signedAt !== null && ['Request signed', <Time key="value" at={signedAt} clock />],
            !past && ['This machine’s clock', <Time key="value" at={now} clock />],
            ['Next update', <Time key="value" at={outcome.nextUpdate} />],
            ['Certificates', <Change key="value" {...outcome.certificates} moves={movesOf(review)} />],
            ['Revoked', <Change key="value" {...outcome.revoked} />],
            outcome.taNotAfter !== null && [
              'TA certificate',
              <span key="value">
                unchanged, until <Time at={outcome.taNotAfter} />
              </span>,
            ],
            outcome.key !== null && ['Key', `in ${outcome.key}`],
          ]}
        />
      </Card>
      {advisory.length === 0 ? null : (
        <section className="unsigned" aria-label="Not covered by the signature">
          <h2>Not covered by the signature</h2>
          {advisory.map(({ says, own }) => (
            <p key={says}>
              <Dated text={says} />
              {own === null ? null : (
                <b>
                  {' '}
                  <Dated text={own} />
                </b>
              )}
            </p>
          ))}
        </section>
      )}
    </div>
  );
}

export function ReviewBody({ review, past = false }: { review: ExchangeReview; past?: boolean }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const child = review.children.find(({ handle }) => handle === chosen) ?? review.children[0];
  if (!review.readable)
    return (
      <Card title="What it asks for cannot be read">
        <p className="dim">Nothing can be signed for it: copy it again from the proxy's machine.</p>
      </Card>
    );
  return (
    <div className="review-grid">
      <ReviewedChildren
        asking={review.children}
        selected={child?.handle ?? null}
        onSelect={setChosen}
        failed={past ? 'not done' : 'cannot be signed'}
        foot={
          review.quietChildren === 0
            ? past
              ? 'No other child had a certificate.'
              : 'No other child has a certificate.'
            : `${review.quietChildren} without requests, unchanged`
        }
      />
      {child === undefined ? (
        <Card title="No child asks for anything">
          <p className="dim">Signing renews CRL and manifest, and nothing else.</p>
        </Card>
      ) : (
        <Card title={child.handle} note={child.known ? undefined : 'a new child'} flush>
          <ChildResources child={child} after="This request" />
          {child.wishes.map((wish) => (
            <WishFacts key={wish.keyId} wish={wish} past={past} />
          ))}
        </Card>
      )}
      <Outcome review={review} past={past} />
    </div>
  );
}
