/** A request before a person: the verdict, what would change, and the approval by digits read on the other machine. */
import { useState } from 'react';
import type { ExchangeReview } from '#shared/contract/ta-review.ts';
import { call } from '../../app/call.ts';
import { hrefOf, navigate } from '../../app/router.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { JobProgress } from '../../components/job-progress.tsx';
import { NotLoaded } from '../../components/not-loaded.tsx';
import { Page } from '../../components/page.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Verdict } from '../../components/verdict.tsx';
import { NumberDialog } from './number-dialog.tsx';
import { RejectDialog } from './reject-dialog.tsx';
import { ReviewBody } from './review-body.tsx';

export interface ChosenNumber {
  value: string;
  reason: string;
}

/** Below the verdict: what is wrong, what differs, what is unusual, one line each. */
function Remarks({ review }: { review: ExchangeReview }) {
  const lines = [
    ...review.faults.map(({ text, clause }) => `${text} (${clause})`),
    ...review.nonce.differs,
    ...review.unusual,
  ];
  return lines.length === 0 ? null : (
    <ul className="verdict-lines">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

/** What the operator reads on the proxy's machine, and signs with. */
function Approval({
  id,
  review,
  onJob,
}: {
  id: string;
  review: ExchangeReview;
  onJob: (job: string) => void;
}) {
  const [typed, setTyped] = useState<Record<number, string>>({});
  const [number, setNumber] = useState<ChosenNumber | null>(null);
  const [dialog, setDialog] = useState<'reject' | 'number' | null>(null);
  const approve = useAction('ta.approve', async () => {
    const groups = review.groups.map((group) => typed[group] ?? '');
    onJob((await call('ta.approve', { id, groups, number })).job);
  });
  const missing = review.groups.filter((group) => (typed[group] ?? '').replaceAll(/\s/g, '').length < 4);
  const why = !review.canSign
    ? 'It cannot be signed'
    : missing.length > 0
      ? `Read group ${missing.join(', ')} on the proxy's machine`
      : null;
  return (
    <div className="action-bar">
      {approve.error ? <ErrorState error={approve.error} /> : null}
      <form
        className="row-wrap"
        onSubmit={(event) => {
          event.preventDefault();
          if (why === null) void approve.run();
        }}
      >
        {review.canSign && review.groups.length > 0 ? (
          <>
            <p className="dim review-ask">
              On the proxy's machine, read these groups of four digits of the file's SHA-256
              <span className="mono"> (sha256sum request.json)</span>
            </p>
            {review.groups.map((group) => (
              <TextField
                key={group}
                label={`Group ${group}`}
                mono
                maxLength={6}
                className="input-group-digits"
                value={typed[group] ?? ''}
                onChange={(text) => setTyped((old) => ({ ...old, [group]: text }))}
              />
            ))}
          </>
        ) : null}
        {review.canSign && !review.airGapped ? <Tag tone="careful">not air-gapped</Tag> : null}
        <span className="push row-wrap">
          <Button onPress={() => setDialog('reject')}>Reject…</Button>
          {review.canSign ? <Button onPress={() => setDialog('number')}>Number…</Button> : null}
          <Button kind="primary" type="submit" busy={approve.busy} whyDisabled={why}>
            {`Sign response ${number?.value ?? review.outcome.number.after}`}
          </Button>
        </span>
      </form>
      <RejectDialog id={id} open={dialog === 'reject'} onClose={() => setDialog(null)} />
      <NumberDialog
        lowest={review.outcome.number.after}
        open={dialog === 'number'}
        onClose={() => setDialog(null)}
        onChosen={setNumber}
      />
    </div>
  );
}

export function Review({ route }: ViewProps) {
  const id = route.params['id'] ?? '';
  const found = useQuery('ta.review', { id }, []);
  const [job, setJob] = useState<string | null>(null);
  const review = found.data;
  const back = { href: hrefOf('trust-anchor'), label: 'Trust anchor' };
  if (!review) return <NotLoaded title="Review" found={found} back={back} />;
  const { file, nonce } = review;
  return (
    <Page
      title={`Review request ${review.outcome.number.after}`}
      tags={
        <>
          <Tag>{file.name}</Tag>
          <HexValue hex={file.sha256} label="SHA-256 of the file" groups={4} />
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
      {job === null ? (
        <>
          <ReviewBody review={review} />
          <Approval id={id} review={review} onJob={setJob} />
        </>
      ) : (
        <JobProgress
          id={job}
          onRetry={() => setJob(null)}
          onEnd={(ended) => {
            if (ended.state === 'done') navigate('ta-exchange', { id: ended.resultIds[0] ?? '' });
            if (ended.state === 'cancelled') setJob(null);
          }}
        />
      )}
    </Page>
  );
}
