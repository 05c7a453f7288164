/** One entry of the record beside the exchanges: when, why, and what it is about, with hashes. */
import type { RecordEvent as Entry } from '#shared/contract/ta-record.ts';
import { hrefOf } from '../../app/router.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Card, KeyValue } from '../../components/card.tsx';
import { Dated } from '../../components/dated.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { NotLoaded } from '../../components/not-loaded.tsx';
import { Page } from '../../components/page.tsx';
import { Tag } from '../../components/tag.tsx';
import { Time } from '../../components/time.tsx';
import { EVENT_WORD, SUBJECT_WORD } from './record-words.ts';

function Subject({ subject: { type, id, sha256 } }: { subject: Entry['subjects'][number] }) {
  return (
    <div className="stack-tight">
      <span className="mono wrap">{id}</span>
      {sha256 === null ? null : (
        <HexValue hex={sha256} label={`SHA-256: ${SUBJECT_WORD[type] ?? type}`} groups={16} />
      )}
    </div>
  );
}

export function RecordEvent({ route }: ViewProps) {
  const id = route.params['id'] ?? '';
  const seq = /^[1-9]\d{0,14}$/.test(id) ? Number(id) : 1;
  const found = useQuery('ta.recordEvent', { seq }, []);
  const back = { href: hrefOf('ta-record'), label: 'Record' };
  if (!found.data) return <NotLoaded title="Record" found={found} back={back} />;
  const { at, half, kind, says, subjects } = found.data.event;
  const { word, title, tone } = EVENT_WORD[kind];
  return (
    <Page title={title} crumb={title} tags={<Tag tone={tone}>{word}</Tag>}>
      <Card title="What happened">
        <KeyValue
          items={[
            ['When', <Time key="value" at={at} clock />],
            ['Half', half],
            [
              'Why',
              <span key="value" className="wrap">
                <Dated text={says} />
              </span>,
            ],
            ...[...Map.groupBy(subjects, ({ type }) => type)].map(([type, of]): [string, React.ReactNode] => [
              SUBJECT_WORD[type] ?? type,
              <div key="value" className="stack-tight">
                {of.map((subject) => (
                  <Subject key={subject.id} subject={subject} />
                ))}
              </div>,
            ]),
            ['In the audit', `entry ${seq}`],
          ]}
        />
      </Card>
    </Page>
  );
}
