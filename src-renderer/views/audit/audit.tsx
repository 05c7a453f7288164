/** Who did what when, newest first; the head to write down; and the check that nothing was altered since. */
import { ScrollText } from 'lucide-react';
import { useState } from 'react';
import type { AuditRecord } from '#shared/contract/audit.ts';
import { shownText } from '#shared/hidden-characters.ts';
import { useDialog } from '../../app/use-dialog.ts';
import { useQuery, usePages } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Segmented, Select } from '../../components/choices.tsx';
import { DataTable } from '../../components/data-table.tsx';
import type { Column } from '../../components/data-table.tsx';
import { CopyButton } from '../../components/hex-value.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Time } from '../../components/time.tsx';
import { AuditVerdict } from './audit-verdict.tsx';
import { ExportAudit } from './export-audit.tsx';
import { OUTCOME_TONE, RecordDialog } from './record-dialog.tsx';
import { VerifyAudit } from './verify-audit.tsx';

const COLUMNS: readonly Column<AuditRecord>[] = [
  {
    id: 'seq',
    title: 'Entry',
    width: '7rem',
    align: 'end',
    cell: (row) => <span className="num">{row.seq}</span>,
  },
  { id: 'at', title: 'When', width: '19rem', cell: (row) => <Time at={row.at} clock /> },
  { id: 'summary', title: 'What', width: 'minmax(18rem, 3fr)', cell: (row) => shownText(row.summary) },
  {
    id: 'action',
    title: 'Action',
    width: 'minmax(12rem, 1fr)',
    drop: 1,
    cell: (row) => <span className="mono quiet">{row.action}</span>,
  },
  {
    id: 'outcome',
    title: 'Outcome',
    width: '9rem',
    cell: (row) => <Tag tone={OUTCOME_TONE[row.outcome]}>{row.outcome}</Tag>,
  },
];

const PERIODS = [
  { value: 'all', label: 'Any time', days: null },
  { value: 'day', label: 'Last 24 hours', days: 1 },
  { value: 'week', label: 'Last 7 days', days: 7 },
  { value: 'quarter', label: 'Last 90 days', days: 90 },
] as const;
type Period = (typeof PERIODS)[number]['value'];

/** Rounded to the hour, so that the same question is asked again and not a new one at each render. */
function since(period: Period): string | null {
  const days = PERIODS.find(({ value }) => value === period)?.days ?? null;
  return days === null
    ? null
    : new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - days * 86_400_000).toISOString();
}

export function Audit({ route }: ViewProps) {
  const [query, setQuery] = useState('');
  const [outcome, setOutcome] = useState<'all' | AuditRecord['outcome']>('all');
  const [period, setPeriod] = useState<Period>('all');
  const [open, setOpen] = useState<AuditRecord | null>(null);
  const [dialog, setDialog] = useDialog(route, ['verify', 'export']);
  const head = useQuery('audit.head', {}, ['audit']);
  const pages = usePages(
    'audit.list',
    { query, outcome: outcome === 'all' ? null : outcome, from: since(period), limit: 100 },
    ['audit'],
  );
  const filtered = query !== '' || outcome !== 'all' || period !== 'all';
  return (
    <Page
      title="Audit"
      fill
      tags={<span className="quiet num">{pages.total} entries</span>}
      actions={
        <>
          <Button onPress={() => setDialog('export')}>Export…</Button>
          <Button kind="primary" onPress={() => setDialog('verify')}>
            Verify…
          </Button>
        </>
      }
    >
      <AuditVerdict />
      {head.data ? (
        <Card>
          <div className="row-wrap">
            <span>
              Head <b className="mono">{head.data.short}</b>
            </span>
            <CopyButton text={head.data.short} what="Head" />
            <span className="dim">
              Write it down now and then: a shorter or rewritten audit is then found out, whoever rewrote it.
            </span>
          </div>
        </Card>
      ) : null}
      <div className="row-wrap">
        <div className="search-field">
          <TextField
            label="Search the audit"
            hideLabel
            value={query}
            onChange={setQuery}
            placeholder="Search words, actions, ids, hashes"
          />
        </div>
        <Segmented
          label="Outcome"
          value={outcome}
          onChange={setOutcome}
          options={[
            { value: 'all', label: 'All' },
            { value: 'done', label: 'Done' },
            { value: 'refused', label: 'Refused' },
            { value: 'failed', label: 'Failed' },
          ]}
        />
        <Select label="Period" hideLabel value={period} onChange={setPeriod} options={PERIODS} />
      </div>
      <DataTable
        label="Audit entries"
        fill
        columns={COLUMNS}
        {...pages}
        rowId={(row) => String(row.seq)}
        onOpen={setOpen}
        empty={
          <EmptyState
            icon={<ScrollText aria-hidden />}
            title={filtered ? 'No entry fits' : 'Nothing was done yet'}
          >
            {filtered
              ? 'Other words, another outcome or a longer period may find it.'
              : 'Every change, done or refused, leaves one entry here.'}
          </EmptyState>
        }
      />
      <RecordDialog record={open} onClose={() => setOpen(null)} />
      <VerifyAudit open={dialog === 'verify'} onClose={() => setDialog(null)} />
      <ExportAudit open={dialog === 'export'} onClose={() => setDialog(null)} />
    </Page>
  );
}
