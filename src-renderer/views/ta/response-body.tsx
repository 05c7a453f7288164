/** The evidence below a response's verdict: each child before and after, numbers and dates, files, times of both sides. */
import { useState } from 'react';
import type { ResponseReview } from '#shared/contract/ta-proxy.ts';
import type { ChildReview } from '#shared/contract/ta-review.ts';
import { Card, KeyValue } from '../../components/card.tsx';
import { Left, Time } from '../../components/time.tsx';
import { Change, movesOf } from './review-body.tsx';
import { ChildResources, ReviewedChildren, WishFacts } from './review-child.tsx';
import { TimingTable } from './timing-table.tsx';

const SHOWN = 100;

function Files({
  title,
  names,
  change,
}: {
  title: string;
  names: readonly string[];
  change?: 'added' | 'removed';
}) {
  if (names.length === 0) return null;
  return (
    <div>
      <p className="quiet">
        {title}, {names.length}
      </p>
      {names.slice(0, SHOWN).map((name) => (
        <span key={name} className="chip wrap" {...(change ? { 'data-change': change } : {})}>
          {name}
        </span>
      ))}
      {names.length > SHOWN ? <span className="quiet">and {names.length - SHOWN} more</span> : null}
    </div>
  );
}

function Objects({ objects }: Pick<ResponseReview, 'objects'>) {
  const { added, replaced, withdrawn, unchanged } = objects;
  const none = added.length + replaced.length + withdrawn.length === 0;
  return (
    <Card title="In the repository" note={`${unchanged} unchanged`}>
      <div className="stack">
        {none ? <p className="dim">No file changes.</p> : null}
        <Files title="Added" names={added} change="added" />
        <Files title="Replaced" names={replaced} />
        <Files title="Withdrawn" names={withdrawn} change="removed" />
      </div>
    </Card>
  );
}

/** The child that is chosen: what it has before and after, each wish with what came of it. */
function AnsweredChild({ child, answers }: { child: ChildReview } & Pick<ResponseReview, 'answers'>) {
  return (
    <Card title={child.handle} note={child.known ? undefined : 'a new child'} flush>
      <ChildResources child={child} after="This response" />
      {child.wishes.map((wish) => (
        <WishFacts
          key={wish.keyId}
          wish={wish}
          resources={
            answers.find(({ child: of, keyId }) => of === child.handle && keyId === wish.keyId)?.resources
          }
        />
      ))}
    </Card>
  );
}

export function ResponseBody({ review }: { review: ResponseReview }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const { children, answers, answersOpen, number, nextUpdate, signedAt, goodUntil } = review;
  const child = children.find(({ handle }) => handle === chosen) ?? children[0];
  return (
    <>
      <div className="review-grid">
        <ReviewedChildren
          asking={children}
          selected={child?.handle ?? null}
          onSelect={setChosen}
          failed="not done"
          foot="No other child's certificates were asked for."
        />
        {child === undefined ? (
          <Card title="Nothing to compare">
            <p className="dim">
              {answersOpen
                ? 'The request asked for nothing, so the response renews manifest and CRL only.'
                : 'It does not answer the open request, so there is nothing to compare its answers with.'}
            </p>
          </Card>
        ) : (
          <AnsweredChild child={child} answers={answers} />
        )}
        <Card title="Publishing makes">
          <KeyValue
            items={[
              [
                'Manifest, CRL',
                <span key="value" className="num">
                  number {number.before} <span aria-hidden>→</span>
                  <span className="visually-hidden">becomes</span> <b>{number.after || 'not known'}</b>
                </span>,
              ],
              review.certificates.after !== '' && [
                'Certificates',
                <Change key="value" {...review.certificates} moves={movesOf(review)} />,
              ],
              review.revoked.after !== '' && ['Revoked', <Change key="value" {...review.revoked} />],
              nextUpdate !== null && [
                'Next update',
                <>
                  <Time at={nextUpdate} /> (<Left to={nextUpdate} />)
                </>,
              ],
              signedAt !== null && ['Signed', <Time key="value" at={signedAt} clock />],
              goodUntil !== null && [
                'Good until',
                <>
                  <Time at={goodUntil} clock /> (<Left to={goodUntil} />)
                </>,
              ],
              review.nonce !== '' && [
                'Nonce',
                <span key="value" className="mono wrap">
                  {review.nonce}
                </span>,
              ],
            ]}
          />
        </Card>
      </div>
      <Objects objects={review.objects} />
      <TimingTable timing={review.timing} />
    </>
  );
}
