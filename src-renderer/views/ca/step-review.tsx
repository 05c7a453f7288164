/** Step 5: what will be signed, whole; what is wrong or remarkable; the same by command. */
import type { Review } from '#shared/contract/issue-draft.ts';
import { Card, KeyValue } from '../../components/card.tsx';
import { ChainDrawing } from '../../components/chain-drawing.tsx';
import { CommandBlock } from '../../components/command-block.tsx';
import { Obstacles } from '../../components/draft-page.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { isLong, NameList } from '../../components/name-list.tsx';
import { Tag } from '../../components/tag.tsx';
import { FindingsTable, Verdict } from '../../components/verdict.tsx';
import { type StepId, stepIndex, STEPS } from './issue-model.ts';

function LineValue({ line }: { line: Review['lines'][number] }) {
  if (line.hex) return <HexValue hex={line.value} label={line.label} groups={10} />;
  if (line.names && isLong(line.names)) return <span>{line.names.length} names, listed below</span>;
  if (line.names) return <NameList names={line.names} />;
  return <span className={line.mono ? 'mono wrap' : 'wrap'}>{line.value}</span>;
}

export function StepReview({ review, onStep }: { review: Review; onStep: (step: StepId) => void }) {
  const careful = review.findings.filter(({ severity }) => severity === 'careful').length;
  const named = review.lines.flatMap(({ names }) => names ?? []);
  const many = isLong(named) ? named : [];
  if (review.problems.length > 0)
    return (
      <Obstacles
        problems={review.problems}
        stepTitle={(step) => STEPS[stepIndex(step)]?.title ?? ''}
        onStep={onStep}
      />
    );
  return (
    <>
      <Verdict
        severity={careful > 0 ? 'careful' : 'good'}
        title={careful > 0 ? 'It can be signed; something deserves a second look.' : 'It can be signed.'}
        checks={[
          { ok: true, text: 'names, times and limits' },
          { ok: review.trial?.ok ?? null, text: 'trial signature' },
          { ok: true, text: 'read back and linted' },
        ]}
      />
      <div className="columns">
        <Card title="What will be signed">
          <KeyValue
            items={review.lines.map((line) => [
              line.label,
              <span key={line.label}>
                <LineValue line={line} />{' '}
                {line.note === 'critical' ? <Tag>critical</Tag> : <span className="quiet">{line.note}</span>}
              </span>,
            ])}
          />
        </Card>
        <div className="stack">
          <Card title="Advice" flush>
            <FindingsTable findings={review.findings} empty="Nothing to remark." />
          </Card>
          {review.notGranted.length > 0 ? (
            <Card title="Asked, not granted" note="by the request">
              <ul>
                {review.notGranted.map((line) => (
                  <li key={line} className="wrap">
                    {line}
                  </li>
                ))}
              </ul>
            </Card>
          ) : null}
          <Card title="The chain it makes">
            <ChainDrawing links={review.chain} />
          </Card>
        </div>
      </div>
      {many.length > 0 ? (
        <Card title="Names" note={String(many.length)}>
          <NameList names={many} />
        </Card>
      ) : null}
      <CommandBlock text={review.command} />
    </>
  );
}
