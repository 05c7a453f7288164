/** What relying parties find behind the URIs of the TAL and in the repository: looked at from here, told URI by URI. */
import { Check, CircleHelp, X } from 'lucide-react';
import type { PublicFinding } from '#shared/contract/ta-net.ts';
import { call } from '../../app/call.ts';
import { formatPath, replacePath } from '../../app/router.ts';
import { useQuery } from '../../app/use-query.ts';
import { Dated } from '../../components/dated.tsx';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Ago, Time } from '../../components/time.tsx';
import { Verdict } from '../../components/verdict.tsx';
import { PinnedServers, ShownCertificate } from './public-pins.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';

function Mark({ ok }: { ok: boolean | null }) {
  if (ok === null) return <CircleHelp aria-label="not checked" className="tone-note" />;
  return ok ? <Check aria-label="ok" className="tone-good" /> : <X aria-label="wrong" className="tone-bad" />;
}

function verdictOf(findings: readonly PublicFinding[]) {
  const wrong = new Set(findings.filter(({ ok }) => ok === false).map(({ uri }) => uri)).size;
  const open = findings.some(({ ok }) => ok === null);
  if (wrong > 0)
    return {
      severity: 'bad' as const,
      title: wrong === 1 ? 'Something is wrong at one URI' : `Something is wrong at ${wrong} URIs`,
    };
  return open
    ? { severity: 'note' as const, title: 'What could be checked is right' }
    : { severity: 'good' as const, title: 'Relying parties find what they should' };
}

function Findings(props: { findings: readonly PublicFinding[]; onPinned: () => void }) {
  const { findings, onPinned } = props;
  return (
    <ul className="plain-list findings">
      {[...Map.groupBy(findings, ({ uri }) => uri)].map(([uri, of]) => (
        <li key={uri}>
          <span className="mono wrap">{uri}</span>
          <ul className="plain-list">
            {of.map(({ ok, text, shown }) => (
              <li key={text}>
                <Mark ok={ok} />
                <span className="wrap">
                  <Dated text={text} />
                  {shown === undefined ? null : <ShownCertificate shown={shown} onPinned={onPinned} />}
                </span>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

/** `some`: there is a trust anchor to look for. `findings`: the check that was made last. `screen`: where the card stands. */
export function PublicCard(props: {
  some: boolean;
  findings: string | null;
  screen?: 'ta-network' | 'ta-put-out';
}) {
  const { some, findings, screen = 'ta-network' } = props;
  const found = useQuery('ta.publicFindings', { id: findings ?? '' }, [], { skip: findings === null });
  const check = useStartedJob(
    'ta.checkPublic',
    () => call('ta.checkPublic', {}),
    ({ resultIds: [id] }) => replacePath(formatPath(screen, {}, { findings: id })),
  );
  // A check of an earlier unlocking is gone from memory: then it is simply not made yet.
  const last = found.data;
  return (
    <Card
      title="What relying parties find"
      {...(last === null
        ? {}
        : {
            note: (
              <>
                looked at <Ago at={last.at} />
              </>
            ),
          })}
      aside={
        <Button
          size="small"
          busy={check.running}
          whyDisabled={some ? null : 'There is no trust anchor in this workspace to look for'}
          onPress={() => void check.action.run()}
        >
          {last === null ? 'Look' : 'Look again'}
        </Button>
      }
    >
      <div className="stack">
        {check.action.error ? <ErrorState error={check.action.error} /> : null}
        {check.progress}
        {last === null ? (
          <p className="dim">
            Not looked at yet. It fetches every https URI of the TAL and the RRDP repository as a validator
            does, and compares key, dates and numbers with this workspace. Nothing is changed.
          </p>
        ) : (
          <>
            <Verdict {...verdictOf(last.findings)} />
            <Findings findings={last.findings} onPinned={() => void check.action.run()} />
            <p className="dim">
              Looked at on <Time at={last.at} clock />.
            </p>
          </>
        )}
        <PinnedServers />
      </div>
    </Card>
  );
}
