/** One audit entry whole, with its place in the chain of hashes. */
import type { AuditRecord } from '#shared/contract/audit.ts';
import { shownText } from '#shared/hidden-characters.ts';
import { useQuery } from '../../app/use-query.ts';
import { KeyValue } from '../../components/card.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { Tag } from '../../components/tag.tsx';
import { Time } from '../../components/time.tsx';
import { Button } from '../../components/button.tsx';

export const OUTCOME_TONE = { done: 'good', refused: 'careful', failed: 'bad' } as const;

export function RecordDialog({ record, onClose }: { record: AuditRecord | null; onClose: () => void }) {
  const whole = useQuery('audit.get', { seq: record?.seq ?? 0 }, [], { skip: record === null });
  return (
    <Dialog
      open={record !== null}
      onClose={onClose}
      title={record === null ? '' : `Entry ${record.seq}`}
      size="wide"
      foot={<Button onPress={onClose}>Close</Button>}
    >
      {record === null ? null : (
        <KeyValue
          items={[
            [
              'What',
              <span className="wrap" key="w">
                {shownText(record.summary)}
              </span>,
            ],
            [
              'Outcome',
              <Tag tone={OUTCOME_TONE[record.outcome]} key="o">
                {record.outcome}
              </Tag>,
            ],
            ['When', <Time at={record.at} clock key="t" />],
            [
              'Action',
              <span className="mono" key="a">
                {record.action}
              </span>,
            ],
            record.subjects.length > 0 && [
              'About',
              <ul className="plain-list" key="s">
                {record.subjects.map((subject, index) => (
                  <li key={index}>
                    {subject.type} <span className="mono wrap">{subject.id}</span>{' '}
                    {subject.sha256 === null ? null : (
                      <HexValue hex={subject.sha256} label={`SHA-256 of the ${subject.type}`} groups={16} />
                    )}
                  </li>
                ))}
              </ul>,
            ],
            ['Baleen', record.version],
            [
              'Hash before',
              <HexValue hex={record.previous} label="Hash of the entry before" groups={16} key="p" />,
            ],
            ['Own hash', <HexValue hex={record.hash} label="Hash of this entry" groups={16} key="h" />],
            whole.data !== null && [
              'Its code',
              <HexValue hex={whole.data.mac} label="Code (MAC) of this entry" groups={16} key="m" />,
            ],
          ]}
        />
      )}
    </Dialog>
  );
}
