/** Moving to the default signer by rolling keys: no key can be copied into a device, so each owner gets a new one (H-030, H-031). */
import { useState } from 'react';
import type { SignerMigration } from '#shared/contract/signer-migration.ts';
import { call } from '../../app/call.ts';
import { hrefOf } from '../../app/router.ts';
import { useQuery } from '../../app/use-query.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { NotLoaded } from '../../components/not-loaded.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState, ErrorState } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import type { Tone } from '../../components/tag.tsx';
import { Notice, Verdict } from '../../components/verdict.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';

type Row = SignerMigration['rows'][number];

const WHAT: Record<Row['what'], string> = {
  root: 'Root CA',
  intermediate: 'Intermediate CA',
  'rpki-child': 'RPKI child',
  'trust-anchor': 'Trust anchor',
  identity: 'Identity key',
};
const STATE: Record<Row['state'], { word: string; tone: Tone }> = {
  there: { word: 'there', tone: 'good' },
  'can-roll': { word: 'can be rolled', tone: 'note' },
  rolling: { word: 'on its way', tone: 'careful' },
  cannot: { word: 'cannot be rolled', tone: 'plain' },
};

function Owner({ row, blocked }: { row: Row; blocked: boolean }) {
  const [asking, setAsking] = useState(false);
  const roll = useStartedJob('signers.roll', () => call('signers.roll', { owner: row.owner }));
  const moves = row.state === 'can-roll' || row.state === 'rolling';
  const verb = row.action;
  return (
    <li className="migration-row">
      <div className="row-wrap">
        <b className="wrap">{row.title}</b>
        <span className="quiet">
          {WHAT[row.what]}, {moves ? `${row.from} → ${row.to}` : `on ${row.from}`}
        </span>
        <span className="push row">
          <Tag tone={STATE[row.state].tone}>{STATE[row.state].word}</Tag>
          {verb !== '' && !blocked ? (
            <Button
              size="small"
              busy={roll.running}
              onPress={() => (row.warning === '' ? void roll.action.run() : setAsking(true))}
            >
              {verb}
              {row.warning === '' ? '' : '…'}
              <span className="visually-hidden"> of {row.title}</span>
            </Button>
          ) : null}
        </span>
      </div>
      <p className="dim wrap">{row.text}</p>
      {row.warning === '' || verb === '' ? null : <Notice severity="careful">{row.warning}</Notice>}
      {roll.action.error ? <ErrorState error={roll.action.error} /> : null}
      {roll.progress}
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`${verb} of “${row.title}”?`}
        lost={[row.warning]}
        verb={verb}
        channel="signers.roll"
        onConfirm={async () => {
          // The refusal is shown in the row, where the progress is.
          void roll.action.run();
        }}
      />
    </li>
  );
}

/** Long-lived keys in files although a device is the default (H-033). */
function SoftwareKeys({ keys }: { keys: NonNullable<SignerMigration['softwareKeys']> }) {
  const { total, rows } = keys;
  if (total === 0)
    return (
      <Notice severity="good">
        No long-lived key file is left in this workspace. This was looked at now.
      </Notice>
    );
  return (
    <Card
      title="Still in this workspace's files"
      note={
        total > rows.length ? `the newest ${rows.length} of ${total} keys` : 'long-lived keys in software'
      }
      flush
    >
      <ul className="object-list" aria-label="Keys in software">
        {rows.map(({ id, label }) => (
          <li key={id}>
            <a className="object-link" href={hrefOf('key', { id })}>
              {label}
            </a>
          </li>
        ))}
      </ul>
      <p className="dim migration-row">
        Destroy a key here when nothing needs it any more; those of leaves go with their next certificate.
      </p>
    </Card>
  );
}

function Progress({ migration }: { migration: SignerMigration }) {
  const { rows, done, to } = migration;
  const rolling = rows.filter(({ state }) => state === 'rolling').length;
  const open = rolling + rows.filter(({ state }) => state === 'can-roll').length;
  const stuck = rows.filter(({ state }) => state === 'cannot').length;
  return (
    <Verdict
      severity={open === 0 ? 'good' : 'note'}
      title={
        open === 0
          ? `All that can move is on “${to}”.`
          : `${done} of ${done + open} that can move ${done === 1 ? 'is' : 'are'} on “${to}”${
              rolling === 0 ? '' : `, ${rolling} ${rolling === 1 ? 'is' : 'are'} on the way`
            }.`
      }
    >
      <progress value={done} max={Math.max(1, done + open)} aria-label="Keys that are moved" />
      {stuck === 0 ? null : (
        <p className="dim">
          {stuck === 1
            ? 'One key stays where it is; the reason stands below it.'
            : `${stuck} keys stay where they are; the reason stands below each.`}
        </p>
      )}
    </Verdict>
  );
}

export function Migration() {
  const found = useQuery('signers.migration', {}, [
    'signers',
    'keys',
    'authorities',
    'certificates',
    'ta',
    'jobs',
  ]);
  const migration = found.data;
  if (!migration)
    return (
      <NotLoaded title="Move keys" found={found} back={{ href: hrefOf('signers'), label: 'All signers' }} />
    );
  return (
    <Page title={`Move keys to “${migration.to}”`} narrow crumb="Move keys">
      {migration.rows.length === 0 ? (
        <EmptyState title="Nothing to move">
          Nobody has a long-lived key yet. New ones are made by the default signer.
        </EmptyState>
      ) : (
        <>
          <Progress migration={migration} />
          {migration.blocked === '' ? null : <Notice severity="bad">{migration.blocked}</Notice>}
          <Card title="Owners of keys" flush>
            <ul className="plain-list">
              {migration.rows.map((row) => (
                <Owner key={row.owner} row={row} blocked={migration.blocked !== ''} />
              ))}
            </ul>
          </Card>
        </>
      )}
      {migration.softwareKeys === null ? null : (
        <>
          <SoftwareKeys keys={migration.softwareKeys} />
          <Notice severity="note">
            Back up “{migration.to}” and this workspace together: the workspace remembers which key on the
            device is whose (its CKA_ID or identifier), and neither is of use without the other.
          </Notice>
        </>
      )}
    </Page>
  );
}
