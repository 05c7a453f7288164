/** One key: its public half, who uses it, and the three things that can be done with it. */
import { useState } from 'react';
import type { KeyRow } from '#shared/contract/keys.ts';
import { call } from '../../app/call.ts';
import { hrefOf, navigate } from '../../app/router.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Button } from '../../components/button.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { ConfirmDialog, Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { HexValue, hexGroups } from '../../components/hex-value.tsx';
import { NotLoaded } from '../../components/not-loaded.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Notice } from '../../components/verdict.tsx';
import { Time } from '../../components/time.tsx';
import { ExportKeyDialog } from './export-key-dialog.tsx';
import { labelProblem } from './import-key-dialog.tsx';
import { usesText } from './key-words.ts';

function RenameDialog({ row, open, onClose }: { row: KeyRow; open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Rename the key">
      <RenameBody row={row} onClose={onClose} />
    </Dialog>
  );
}

function RenameBody({ row, onClose }: { row: KeyRow; onClose: () => void }) {
  const [label, setLabel] = useState(row.label);
  const why = labelProblem(label);
  const rename = useAction('keys.rename', async () => {
    await call('keys.rename', { id: row.id, label });
    onClose();
  });
  return (
    <DialogForm action={rename} why={why} verb="Rename" onClose={onClose}>
      <TextField label="Label" value={label} onChange={setLabel} maxLength={80} autoFocus />
    </DialogForm>
  );
}

/** Its signer is gone or was not there when it was tried last: it cannot sign (H-026). */
function Unreachable({ row }: { row: KeyRow }) {
  return (
    <Notice severity="careful">
      This key is on “{row.signerName}”, which is not configured or cannot be reached: it cannot sign until
      that is mended. <a href={hrefOf('signer', { id: row.signer })}>Look at the signer</a>
    </Notice>
  );
}

/** What is gone with it, and what is not: a backup of the workspace holds no key of a device. */
function lostWith(row: KeyRow): string[] {
  const [used] = row.certificates;
  return [
    row.signer === 'software'
      ? 'The private key, for ever. There is no undo and no trash.'
      : `The private key on “${row.signerName}”, for ever. There is no undo and no trash.`,
    ...(used === undefined ? [] : [`What ${used.name} could sign or renew with it.`]),
    row.signer === 'software'
      ? 'Backups made before still hold it.'
      : 'No backup of this workspace holds it; only a backup of the device itself may.',
  ];
}

/** What a device holds and was not made here was on it already: no file is read into a device. */
function cameFrom({ source, signer }: KeyRow): string {
  if (source === 'generated') return 'made here';
  return signer === 'software' ? 'a file' : 'was on the device already';
}

export function Key({ route }: ViewProps) {
  const id = route.params['id'] ?? '';
  const found = useQuery('keys.get', { id }, ['keys', 'certificates'], { ids: [id] });
  const [dialog, setDialog] = useState<'rename' | 'export' | 'destroy' | null>(null);
  const row = found.data;
  const close = (): void => setDialog(null);
  if (!row) return <NotLoaded title="Key" found={found} back={{ href: hrefOf('keys'), label: 'All keys' }} />;
  const digits = row.key.keyId.slice(-8);
  return (
    <Page
      title={row.label}
      crumb={row.label}
      narrow
      tags={<Tag>{row.key.text}</Tag>}
      actions={
        <>
          <Button onPress={() => setDialog('rename')}>Rename…</Button>
          <Button
            whyDisabled={row.exportable ? null : 'It lies in a device and cannot leave it'}
            onPress={() => setDialog('export')}
          >
            Export…
          </Button>
          <Button kind="danger" whyDisabled={row.kept} onPress={() => setDialog('destroy')}>
            Destroy…
          </Button>
        </>
      }
    >
      {row.reachable ? null : <Unreachable row={row} />}
      {row.mayLeave ? (
        <Notice severity="careful">
          “{row.signerName}” may give this key away: it does not say that it keeps the private half to itself.
          Use a key of another signer for what must not be copied.
        </Notice>
      ) : null}
      <Card title="Key">
        <KeyValue
          items={[
            ['Type', row.key.text],
            [
              'Held by',
              row.signer === 'software' ? (
                'this workspace, encrypted'
              ) : (
                <a key="s" href={hrefOf('signer', { id: row.signer })}>
                  {row.signerName}
                </a>
              ),
            ],
            ['May sign', usesText(row.uses)],
            ['Came from', cameFrom(row)],
            ['Since', <Time at={row.createdAt} clock key="t" />],
            ['Key id', <HexValue hex={row.key.keyId} label="Key identifier" groups={10} key="k" />],
            [
              'Public key SHA-256',
              <HexValue hex={row.key.spkiSha256} label="SHA-256 of the public key" groups={16} key="s" />,
            ],
          ]}
        />
      </Card>
      <Card title="Used by" flush>
        {row.owner === '' ? (
          <EmptyState title="Nobody uses it yet">
            Choose it as “a key that is here already” when you issue a certificate.
          </EmptyState>
        ) : (
          <ul className="object-list">
            {row.trustAnchor === null ? null : (
              <li>
                <a className="object-link" href={hrefOf('trust-anchor')}>
                  {row.trustAnchor}
                </a>
              </li>
            )}
            {row.child === null ? null : (
              <li>
                <a className="object-link" href={hrefOf('ta-child', { id: row.child })}>
                  Child {row.child}
                </a>
              </li>
            )}
            {row.certificates.map((certificate) => (
              <li key={certificate.id}>
                <a className="object-link" href={hrefOf('certificate', { id: certificate.id })}>
                  {certificate.name}
                </a>
              </li>
            ))}
          </ul>
        )}
      </Card>
      {row.kept === null ? null : <Notice severity="note">{row.kept}</Notice>}
      <RenameDialog row={row} open={dialog === 'rename'} onClose={close} />
      <ExportKeyDialog row={row} open={dialog === 'export'} onClose={close} />
      <ConfirmDialog
        open={dialog === 'destroy'}
        onClose={close}
        title={`Destroy the key “${row.label}”?`}
        lost={lostWith(row)}
        verb="Destroy key"
        typed={{
          text: digits,
          label: `Type the end of its key id, ${hexGroups(digits).join(' ')}`,
        }}
        channel="keys.destroy"
        onConfirm={async () => {
          await call('keys.destroy', { id: row.id, confirm: digits });
          showToast(`The key “${row.label}” is destroyed`);
          navigate('keys');
        }}
      />
    </Page>
  );
}
