/** A request before a person: the verdict, what would change, and the approval by digits read on the other machine. */
import { useEffect, useState } from 'react';
import type { ExchangeReview } from '#shared/contract/ta-review.ts';
import { hrefOf, navigate } from '../../app/router.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Dated } from '../../components/dated.tsx';
import { LinkButton } from '../../components/button.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { JobProgress } from '../../components/job-progress.tsx';
import { NotLoaded } from '../../components/not-loaded.tsx';
import { Page } from '../../components/page.tsx';
import { Tag } from '../../components/tag.tsx';
import { Verdict } from '../../components/verdict.tsx';
import { Approval, type ChosenNumber, type Typed } from './approval.tsx';
import { ReviewBody } from './review-body.tsx';

/** Below the verdict: what is wrong, what differs, what is unusual, one line each. */
function Remarks({ review }: { review: ExchangeReview }) {
  const lines = [
    ...review.faults.map(({ text, clause }) => `${text} (${clause})`),
    ...review.nonce.differs,
    // What was answered is signed no more: how it looks beside what came of it says nothing.
    ...(review.nonce.state === 'answered' ? [] : review.unusual),
  ];
  return lines.length === 0 ? null : (
    <ul className="verdict-lines">
      {lines.map((line) => (
        <li key={line}>
          <Dated text={line} />
        </li>
      ))}
    </ul>
  );
}

export function Review({ route }: ViewProps) {
  const id = route.params['id'] ?? '';
  const [number, setNumber] = useState<ChosenNumber | null>(null);
  const found = useQuery('ta.review', { id, number }, []);
  const [job, setJob] = useState<string | null>(null);
  /** The job that failed last: its error stands above what it was about. */
  const [failed, setFailed] = useState<string | null>(null);
  // Kept here: a PIN that was refused costs nobody the digits.
  const [typed, setTyped] = useState<Typed | null>(null);
  // With another number it is asked for anew; what was typed below stays meanwhile.
  const [shown, setShown] = useState<ExchangeReview | null>(null);
  useEffect(() => {
    if (found.data !== null) setShown(found.data);
  }, [found.data]);
  const review = found.data ?? (found.error === null ? shown : null);
  const back = { href: hrefOf('trust-anchor'), label: 'Trust anchor' };
  if (!review) return <NotLoaded title="Review" found={found} back={back} />;
  const { file, nonce } = review;
  return (
    <Page
      title={
        nonce.state === 'answered'
          ? `Answered with response ${nonce.number ?? ''}`
          : `Review request ${review.outcome.number.after}`
      }
      tags={
        <>
          <Tag>{file.name}</Tag>
          {file.sha256 === null ? null : (
            <HexValue hex={file.sha256} label="SHA-256 of the file" groups={4} />
          )}
        </>
      }
    >
      <Verdict
        {...review.verdict}
        action={
          nonce.state === 'answered' && nonce.exchange !== null ? (
            <LinkButton href={hrefOf('ta-exchange', { id: nonce.exchange })}>Open its response</LinkButton>
          ) : undefined
        }
      >
        <Remarks review={review} />
      </Verdict>
      {nonce.state === 'answered' ? (
        <p className="dim">
          Nothing can be signed for it again. What it asked, and what was made of it, is shown with its
          response.
        </p>
      ) : (
        <>
          {job === null ? null : (
            <JobProgress
              id={job}
              onRetry={() => setJob(null)}
              onEnd={(ended) => {
                if (ended.state === 'done') navigate('ta-exchange', { id: ended.resultIds[0] ?? '' });
                if (ended.state === 'cancelled') setJob(null);
                if (ended.state === 'failed') setFailed(ended.id);
              }}
            />
          )}
          {job !== null && failed !== job ? null : (
            <>
              <ReviewBody review={review} />
              <Approval
                {...{ id, review, number, typed }}
                onNumber={setNumber}
                onJob={setJob}
                onTyped={setTyped}
              />
            </>
          )}
        </>
      )}
    </Page>
  );
}
