/** The private keys that lie on a device, ours and others'; others' can be taken into the workspace by their public key. */
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Answer } from '#shared/contract/index.ts';
import type { SignerRow } from '#shared/contract/signers.ts';
import { call } from '../../app/call.ts';
import { hrefOf, navigate } from '../../app/router.ts';
import { onTopics } from '../../app/query-store.ts';
import { useQuery } from '../../app/use-query.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { DataTable } from '../../components/data-table.tsx';
import type { Column } from '../../components/data-table.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { EmptyState, ErrorState } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Ago } from '../../components/time.tsx';
import { labelProblem } from '../keys/import-key-dialog.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';

type DeviceKeyRow = NonNullable<Answer<'signers.deviceKeysFound'>>['keys'][number];

function guardText(row: DeviceKeyRow): string {
  if (row.sensitive === null && row.neverExtractable === null) return 'not said';
  const words = [
    row.sensitive === false ? 'may be read' : row.sensitive ? 'sensitive' : '',
    row.neverExtractable === false ? 'may leave' : row.neverExtractable ? 'never extractable' : '',
  ];
  return words.filter(Boolean).join(', ');
}

interface Actions {
  onAdopt: (row: DeviceKeyRow) => void;
  onDestroy: (row: DeviceKeyRow) => void;
}

function Whose({ row, onAdopt, onDestroy }: { row: DeviceKeyRow } & Actions) {
  if (row.identity?.of === 'this') return <Tag tone="accent">identity of the device</Tag>;
  if (row.identity !== null)
    return (
      <Tag>
        identity of “{row.identity.name}”{row.identity.of === 'removed' ? ', removed' : null}
      </Tag>
    );
  if (row.key !== null)
    return (
      <a href={hrefOf('key', { id: row.key.id })}>
        {row.key.label}
        <span className="visually-hidden">, a key of this workspace</span>
      </a>
    );
  if (row.begun === 'examination')
    return (
      <span className="row-wrap">
        <span className="quiet">left by a cancelled examination</span>
        <Button size="small" onPress={() => onDestroy(row)}>
          Destroy…<span className="visually-hidden"> {row.identifier}</span>
        </Button>
      </span>
    );
  if (row.begun !== null)
    return (
      <span className="quiet">
        {row.begun === 'job' ? 'of a job that runs here' : 'made here and not kept, see above'}
      </span>
    );
  return row.adoptable ? (
    <Button size="small" onPress={() => onAdopt(row)}>
      Take it in…
    </Button>
  ) : (
    <span className="quiet">somebody else's</span>
  );
}

function columns(actions: Actions): readonly Column<DeviceKeyRow>[] {
  return [
    {
      id: 'identifier',
      title: 'Identifier',
      width: 'minmax(15rem, 1.5fr)',
      cell: (row) => <span className="mono">{row.identifier}</span>,
    },
    { id: 'label', title: 'Label', width: 'minmax(8rem, 1fr)', cell: (row) => row.label },
    {
      id: 'type',
      title: 'Type',
      width: '9rem',
      cell: (row) => (row.type === '' ? <span className="quiet">unknown</span> : row.type),
    },
    { id: 'uses', title: 'Uses', width: '12rem', drop: 3, cell: (row) => row.uses.join(', ') },
    { id: 'guard', title: 'Guard', width: '20rem', drop: 2, cell: guardText },
    {
      id: 'keyId',
      title: 'Key id',
      width: '17rem',
      drop: 1,
      cell: (row) =>
        row.keyIdentifier === null ? (
          <span className="quiet">no public half</span>
        ) : (
          <HexValue hex={row.keyIdentifier} label="Key identifier" groups={4} />
        ),
    },
    {
      id: 'whose',
      title: 'Whose',
      width: 'minmax(15rem, 1fr)',
      cell: (row) => <Whose row={row} {...actions} />,
    },
  ];
}

function AdoptBody({ signer, row, onClose }: { signer: string; row: DeviceKeyRow; onClose: () => void }) {
  const [label, setLabel] = useState(row.label);
  const adopt = useStartedJob(
    'signers.adopt',
    () => call('signers.adopt', { id: signer, spkiSha256: row.spkiSha256 ?? '', label }),
    (job) => {
      onClose();
      navigate('key', { id: job.resultIds[0] ?? '' });
    },
  );
  return (
    <DialogForm
      action={{ ...adopt.action, busy: adopt.running }}
      why={labelProblem(label)}
      verb="Take it in"
      onClose={onClose}
    >
      <p className="dim">
        The key stays on the device; this workspace remembers its public key and may use it from then on. Take
        in only what you know: whoever made it may hold a copy.
      </p>
      <TextField label="Label" value={label} onChange={setLabel} maxLength={80} autoFocus />
      {adopt.progress}
    </DialogForm>
  );
}

/** The next contact destroys what is on the list of unfinished keys and surely the same: this is that contact. */
function DestroyBody(props: { signer: string; row: DeviceKeyRow; onClose: () => void; onDone: () => void }) {
  const { signer, row, onClose, onDone } = props;
  const contact = useStartedJob(
    'signers.login',
    () => call('signers.login', { id: signer }),
    () => {
      onClose();
      onDone();
    },
  );
  return (
    <DialogForm
      action={{ ...contact.action, busy: contact.running }}
      why={null}
      verb="Destroy"
      onClose={onClose}
    >
      <p>
        <span className="mono wrap">{row.identifier}</span> is a test key of an examination that was
        cancelled; nobody uses it.
      </p>
      <p className="dim">
        The device is contacted, and every key that this signer began and did not keep is destroyed on it.
      </p>
      {contact.progress}
    </DialogForm>
  );
}

/** The list, made by a job once the device is ready, when keys changed and when `again` does; one job at a time. */
function useDeviceKeys(id: string, ready: boolean, again: number) {
  const found = useQuery('signers.deviceKeysFound', { id }, [], { skip: !ready });
  /** Something changed while it was listed. */
  const stale = useRef(false);
  const look = useStartedJob(
    'signers.deviceKeys',
    () => call('signers.deviceKeys', { id }),
    () => {
      found.reload();
      if (stale.current) start();
    },
  );
  const latest = useRef(look);
  latest.current = look;
  function start(): void {
    stale.current = false;
    void latest.current.action.run();
  }
  function begin(): void {
    if (latest.current.running) stale.current = true;
    else start();
  }
  useEffect(() => {
    // Asking contacts the device: not before it was, never one that is not there, and not at each event of it.
    if (!ready) return;
    begin();
    return onTopics(['keys'], begin);
  }, [id, ready, again]);
  return { found, look, begin };
}

/** Shorter work is not worth a bar that flashes up. */
const LATE_MS = 400;

function Late({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), LATE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="card-body" hidden={!shown}>
      {children}
    </div>
  );
}

/** `again`: another number after something was done on the device that no event tells. */
export function DeviceKeysCard({ row, again }: { row: SignerRow; again: number }) {
  const ready = row.state === 'ready';
  const { found, look, begin } = useDeviceKeys(row.id, ready, again);
  const error = look.action.error ?? found.error;
  const [adopting, setAdopting] = useState<DeviceKeyRow | null>(null);
  const [destroying, setDestroying] = useState<DeviceKeyRow | null>(null);
  const close = (): void => setAdopting(null);
  const stay = (): void => setDestroying(null);
  return (
    <Card
      title="Keys on the device"
      flush
      {...(found.data
        ? {
            note: (
              <>
                looked at <Ago at={found.data.at} />
              </>
            ),
          }
        : {})}
      {...(ready
        ? {
            aside: (
              <Button size="small" busy={look.running} onPress={begin}>
                {found.data ? 'Look again' : 'List its keys'}
              </Button>
            ),
          }
        : {})}
    >
      {!ready ? (
        <div className="card-body dim">
          They are listed when the device is ready. Test it, or log in.
          {row.keys > 0 ? ` ${row.keys} of this workspace's keys lie there and cannot sign until then.` : ''}
        </div>
      ) : error ? (
        <ErrorState error={error} onRetry={begin} />
      ) : null}
      {look.progress === null ? null : <Late>{look.progress}</Late>}
      {ready && found.data ? (
        <DataTable
          label="Keys on the device"
          plain
          columns={columns({ onAdopt: setAdopting, onDestroy: setDestroying })}
          rows={found.data.keys}
          rowId={(key) => key.identifier}
          empty={
            <EmptyState title="No private key lies on it">
              Make one under Keys, or issue a certificate, with this signer chosen.
            </EmptyState>
          }
        />
      ) : ready && !look.running && !error && !found.loading ? (
        <div className="card-body dim">They were not listed: it was cancelled.</div>
      ) : null}
      <Dialog open={adopting !== null} onClose={close} title="Take a key into the workspace">
        {adopting === null ? null : <AdoptBody signer={row.id} row={adopting} onClose={close} />}
      </Dialog>
      <Dialog open={destroying !== null} onClose={stay} title="Destroy this test key?" alert>
        {destroying === null ? null : (
          <DestroyBody signer={row.id} row={destroying} onClose={stay} onDone={begin} />
        )}
      </Dialog>
    </Card>
  );
}
