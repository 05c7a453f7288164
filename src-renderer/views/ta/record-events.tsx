/** What stands in the record beside the exchanges, newest first: reissues, and messages that were refused, rejected or withdrawn. */
import type { RecordEvent } from '#shared/contract/ta-record.ts';
import { navigate } from '../../app/router.ts';
import { usePages } from '../../app/use-query.ts';
import { Card } from '../../components/card.tsx';
import { DataTable } from '../../components/data-table.tsx';
import type { Column } from '../../components/data-table.tsx';
import { datedText } from '../../components/dated.tsx';
import { Tag } from '../../components/tag.tsx';
import { Time } from '../../components/time.tsx';
import { EVENT_WORD } from './record-words.ts';

const COLUMNS: readonly Column<RecordEvent>[] = [
  { id: 'at', title: 'When', width: '17rem', cell: ({ at }) => <Time at={at} clock /> },
  { id: 'half', title: 'Half', width: '8rem', drop: 1, cell: ({ half }) => half },
  {
    id: 'kind',
    title: 'What',
    width: '12rem',
    cell: ({ kind }) => <Tag tone={EVENT_WORD[kind].tone}>{EVENT_WORD[kind].word}</Tag>,
  },
  { id: 'says', title: 'Why', width: 'minmax(20rem, 3fr)', cell: ({ says }) => datedText(says) },
];

/** `halves`: those of the other half may be among them. */
export function RecordEvents({ halves }: { halves: boolean }) {
  const pages = usePages('ta.recordEvents', { limit: 100, half: null }, ['ta']);
  return (
    <Card title="Reissues and refusals" note={String(pages.total)} flush>
      <DataTable
        label="Reissues and refusals"
        plain
        columns={halves ? COLUMNS : COLUMNS.filter(({ id }) => id !== 'half')}
        {...pages}
        rowId={({ seq }) => String(seq)}
        onOpen={({ seq }) => navigate('ta-record-event', { id: String(seq) })}
        maxRows={12}
        empty={
          <p className="load-line">
            Nothing yet. Reissues stand here, and requests and responses that were refused, rejected or
            withdrawn.
          </p>
        }
      />
    </Card>
  );
}
