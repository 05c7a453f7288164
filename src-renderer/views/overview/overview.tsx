/** What needs you, first; then signers, what is ahead, and what was done lately. All of it from main. */
import { ArrowRight, ShieldPlus } from 'lucide-react';
import { useState } from 'react';
import { goToPath, hrefOf } from '../../app/router.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Dated } from '../../components/dated.tsx';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { Segmented } from '../../components/choices.tsx';
import { SEVERITY_WORD } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState, ErrorState, Loading } from '../../components/state-box.tsx';
import { Dot, SeverityTag, Tag } from '../../components/tag.tsx';
import { Ago, Time } from '../../components/time.tsx';
import { Timeline } from '../../components/validity.tsx';
import { Verdict } from '../../components/verdict.tsx';

const OUTCOME_TONE = { done: 'good', refused: 'careful', failed: 'bad' } as const;

/** Where nothing is yet: an offline station is for a trust anchor's signer first, the others for a root. */
function BeginHere({ offline }: { offline: boolean }) {
  const root = (
    <LinkButton
      kind={offline ? 'plain' : 'primary'}
      href={hrefOf('issue', { draft: 'new' }, { purpose: 'root' })}
    >
      New root authority…
    </LinkButton>
  );
  return (
    <Card>
      <EmptyState
        icon={<ShieldPlus aria-hidden />}
        title={
          offline ? "Begin with a trust anchor's signer, or a root authority" : 'Begin with a root authority'
        }
        action={
          <>
            {offline ? (
              <LinkButton kind="primary" href={hrefOf('trust-anchor')}>
                Trust anchor
              </LinkButton>
            ) : null}
            {root}
            <LinkButton href={hrefOf('inspect')}>Inspect a file</LinkButton>
          </>
        }
      >
        {offline ? 'The signer of a trust anchor holds its key here and answers the proxy by files. ' : null}
        A root signs one or more intermediates, and those sign the certificates of servers and clients. The
        wizard fills in sensible values and shows what will be signed before it is.
      </EmptyState>
    </Card>
  );
}

export function Overview({ session }: Pick<ViewProps, 'session'>) {
  const overview = useQuery('overview.get', {}, [
    'certificates',
    'authorities',
    'keys',
    'drafts',
    'audit',
    'ta',
    'signers',
  ]);
  const [group, setGroup] = useState<'all' | 'ca' | 'leaf'>('all');
  const data = overview.data;
  if (!data) {
    return (
      <Page title="What needs you">
        {overview.error ? (
          <ErrorState error={overview.error} onRetry={overview.reload} />
        ) : (
          <Loading what="the overview" />
        )}
      </Page>
    );
  }
  const lanes = data.lanes.filter((lane) => group === 'all' || lane.group === group);
  const empty =
    data.counts.authorities === 0 && data.counts.certificates === 0 && data.trustAnchor.length === 0;
  return (
    <Page
      title="What needs you"
      actions={
        <span className="quiet">
          checked <Ago at={data.checkedAt} />
        </span>
      }
    >
      {data.attention.length > 0 ? (
        <Card flush>
          <table className="table" data-stack>
            <thead className="visually-hidden">
              <tr>
                <th>Weight</th>
                <th>What</th>
                <th>Why</th>
                <th>Step</th>
              </tr>
            </thead>
            <tbody>
              {data.attention.map((item) => (
                <tr key={`${item.subject} ${item.text}`}>
                  <td>
                    <SeverityTag severity={item.severity} />
                  </td>
                  <td>
                    <b>{item.subject}</b> {item.text}
                  </td>
                  <td className="dim">
                    <Dated text={item.detail} /> {item.at === undefined ? null : <Time at={item.at} clock />}
                  </td>
                  <td className="cell-end">
                    {item.action ? (
                      <Button
                        size="small"
                        kind={item.severity === 'bad' ? 'primary' : 'plain'}
                        onPress={() => goToPath(item.action?.route ?? '')}
                      >
                        {item.action.label}
                      </Button>
                    ) : null}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Card>
      ) : empty ? null : (
        <Verdict severity="good" title="Nothing needs you now">
          <p className="dim">
            No certificate is past its renewal mark, no draft waits, no signer is in trouble.
          </p>
        </Verdict>
      )}
      {empty ? <BeginHere offline={session.workspace?.kind === 'offline'} /> : null}
      <div className="columns">
        <Card title="In this workspace">
          <KeyValue
            items={[
              [
                'Authorities',
                <a key="a" href={hrefOf('authorities')}>
                  {data.counts.authorities}
                </a>,
              ],
              [
                'Certificates',
                <a key="c" href={hrefOf('certificates')}>
                  {data.counts.certificates}
                </a>,
              ],
              [
                'Keys',
                <a key="k" href={hrefOf('keys')}>
                  {data.counts.keys}
                </a>,
              ],
              ['Drafts', String(data.counts.drafts)],
              data.trustAnchor.length > 0 && [
                'Trust anchor',
                <a key="t" href={hrefOf('trust-anchor')}>
                  {data.trustAnchor.join(' and ')}
                </a>,
              ],
            ]}
          />
        </Card>
        <Card title="Signers" flush>
          <table className="table">
            <tbody>
              {data.signers.map((signer) => (
                <tr key={signer.name}>
                  <td>
                    <span className="with-dot">
                      <Dot tone={signer.state} label={SEVERITY_WORD[signer.state]} />
                      {signer.name}
                    </span>
                  </td>
                  <td className="dim num nowrap">
                    {signer.keys} {signer.keys === 1 ? 'key' : 'keys'}
                  </td>
                  <td className="dim wrap">{signer.text}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Card>
      </div>
      {data.lanes.length > 0 ? (
        <Card
          title="Validity, next 24 months"
          note="shaded: past the 2/3 mark"
          aside={
            <Segmented
              label="Which certificates"
              value={group}
              onChange={setGroup}
              options={[
                { value: 'all', label: 'All' },
                { value: 'ca', label: 'CAs' },
                { value: 'leaf', label: 'Leaves' },
              ]}
            />
          }
        >
          <Timeline
            lanes={lanes.map((lane) => ({ ...lane, href: hrefOf('certificate', { id: lane.id }) }))}
          />
        </Card>
      ) : null}
      {data.recent.length > 0 ? (
        <Card
          title="Done lately"
          flush
          aside={
            <a className="button-link" href={hrefOf('audit')}>
              Audit <ArrowRight aria-hidden className="inline-icon" />
            </a>
          }
        >
          <table className="table">
            <tbody>
              {data.recent.map((entry) => (
                <tr key={entry.seq}>
                  <td className="quiet num">{entry.seq}</td>
                  <td>
                    <Time at={entry.at} clock />
                  </td>
                  <td>{entry.summary}</td>
                  <td className="cell-end">
                    <Tag tone={OUTCOME_TONE[entry.outcome]}>{entry.outcome}</Tag>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Card>
      ) : null}
    </Page>
  );
}
