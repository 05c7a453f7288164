/** A response before it is published: the verdict, what each child gets, what changes in the repository, the times compared. */
import type { ResponseReview } from '#shared/contract/ta-proxy.ts';
import { call } from '../../app/call.ts';
import { hrefOf, navigate } from '../../app/router.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Dated } from '../../components/dated.tsx';
import { Button, LinkButton } from '../../components/button.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { NotLoaded } from '../../components/not-loaded.tsx';
import { Page } from '../../components/page.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { Verdict } from '../../components/verdict.tsx';
import { ResponseBody } from './response-body.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';

const BACK = { href: hrefOf('trust-anchor'), label: 'Trust anchor' };

function Remarks({ faults, unusual }: ResponseReview) {
  const lines = [...faults.map(({ text, clause }) => `${text} (${clause})`), ...unusual];
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

function PublishBar({ id, review }: { id: string; review: ResponseReview }) {
  const { action, progress } = useStartedJob(
    'ta.takeResponse',
    () => call('ta.takeResponse', { id }),
    (job) => navigate('ta-exchange', { id: job.resultIds[0] ?? '' }),
  );
  if (progress !== null) return <div className="action-bar">{progress}</div>;
  return (
    <div className="action-bar">
      {action.error ? <ErrorState error={action.error} /> : null}
      <span className="dim">
        <Dated text={review.advice} />
      </span>
      <span className="push row-wrap">
        <LinkButton href={BACK.href}>Leave it</LinkButton>
        <Button
          kind="primary"
          busy={action.busy}
          whyDisabled={review.canPublish ? null : 'It is not right: see above'}
          onPress={() => void action.run()}
        >
          {review.canPublish ? `Publish number ${review.number.after}` : 'Publish'}
        </Button>
      </span>
    </div>
  );
}

export function Response({ route }: ViewProps) {
  const id = route.params['id'] ?? '';
  // Asked once: after it is taken, main has forgotten it.
  const found = useQuery('ta.responseReview', { id }, []);
  const review = found.data;
  if (!review) return <NotLoaded title="Response" found={found} back={BACK} />;
  const { file, number } = review;
  return (
    <Page
      title={number.after === '' ? 'Review the response' : `Review response ${number.after}`}
      tags={
        <>
          <Tag>{file.name}</Tag>
          <HexValue hex={file.sha256} label="SHA-256 of the file" groups={4} />
        </>
      }
    >
      <Verdict {...review.verdict}>
        <Remarks {...review} />
      </Verdict>
      <ResponseBody review={review} />
      <PublishBar id={id} review={review} />
    </Page>
  );
}
