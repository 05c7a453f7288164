/**
 * Appearance for everybody; locking, passphrase, recovery key, backup and closing for an open workspace.
 * Each dangerous step has a dialog of its own (settings-dialogs.tsx).
 */

import type { ReactNode } from 'react';
import { closeNow } from '../../app/actions.ts';
import { nextZoom, setAppearance } from '../../app/appearance.ts';
import { call } from '../../app/call.ts';
import { KEYBOARD_MAP } from '../../app/keyboard-map.ts';
import { SERVING_LOST } from '../../app/quit-dialog.tsx';
import { useServing } from '../../app/serving.ts';
import { useView } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { useDialog } from '../../app/use-dialog.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Button } from '../../components/button.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { Segmented, Select, Switch } from '../../components/choices.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { Page } from '../../components/page.tsx';
import { ErrorState, Loading } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { Time } from '../../components/time.tsx';
import { KIND_NAMES } from './kind.tsx';
import { RestoreDialog } from './restore-dialog.tsx';
import { SettleCopyDialog } from './settle-copy.tsx';
import { BackupDialog, PassphraseDialog, RecoveryDialog } from './settings-dialogs.tsx';

function Row({ title, text, children }: { title: string; text: ReactNode; children: ReactNode }) {
  return (
    <div className="settings-row">
      <div>
        <b>{title}</b>
        <div className="dim">{text}</div>
      </div>
      <div>{children}</div>
    </div>
  );
}

function AppearanceCard() {
  const { theme, zoom } = useView((state) => state.appearance);
  const change = useAction('app.setAppearance', setAppearance);
  return (
    <Card title="Appearance" flush>
      <Row title="Theme" text="“System” follows the desktop, its wish for contrast included.">
        <Segmented
          label="Theme"
          value={theme}
          onChange={(next) => void change.run({ theme: next })}
          options={[
            { value: 'system', label: 'System' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
            { value: 'contrast', label: 'High contrast' },
          ]}
        />
      </Row>
      <Row title="Size" text="Also by Ctrl +, Ctrl − and Ctrl 0 on every screen.">
        <div className="row">
          <Button label="Smaller" icon="−" onPress={() => void change.run({ zoom: nextZoom(zoom, -1) })} />
          <span className="num" role="status">
            {Math.round(zoom * 100)} %
          </span>
          <Button label="Larger" icon="+" onPress={() => void change.run({ zoom: nextZoom(zoom, 1) })} />
          <Button onPress={() => void change.run({ zoom: 1 })}>100 %</Button>
        </div>
      </Row>
      {change.error ? <ErrorState error={change.error} /> : null}
    </Card>
  );
}

const MINUTES = ['1', '3', '5', '10', '15', '30', '60', '120', '240'];

function LockingCard() {
  const settings = useQuery('workspace.settings', {}, ['settings', 'workspace']);
  const save = useAction('workspace.setSettings', async (autoLockMinutes: number, lockOnSuspend: boolean) => {
    await call('workspace.setSettings', { autoLockMinutes, lockOnSuspend });
    settings.reload();
  });
  if (!settings.data) {
    return settings.error ? (
      <ErrorState error={settings.error} onRetry={settings.reload} />
    ) : (
      <Loading what="settings" />
    );
  }
  const { autoLockMinutes, lockOnSuspend } = settings.data;
  const minutes = [...new Set([...MINUTES, String(autoLockMinutes)])].toSorted(
    (a, b) => Number(a) - Number(b),
  );
  return (
    <Card title="Locking" flush>
      <Row
        title="Lock by itself"
        text="After this long without a key or a click. Keys leave the memory, the window forgets what it showed."
      >
        <Select
          label="Idle minutes before locking"
          hideLabel
          value={String(autoLockMinutes)}
          onChange={(value) => void save.run(Number(value), lockOnSuspend)}
          options={minutes.map((value) => ({ value, label: `${value} min` }))}
        />
      </Row>
      <Row title="Lock on suspend" text="When the computer goes to sleep or the session is locked.">
        <Switch value={lockOnSuspend} onChange={(value) => void save.run(autoLockMinutes, value)}>
          <span className="visually-hidden">Lock on suspend</span>
        </Switch>
      </Row>
      {save.error ? <ErrorState error={save.error} /> : null}
    </Card>
  );
}

const DIALOGS = ['passphrase', 'recovery', 'backup', 'restore', 'copy', 'close'] as const;

export function Settings({ route, session }: ViewProps) {
  const [open, setOpen] = useDialog(route, DIALOGS);
  const info = useQuery('app.info', {}, []);
  const workspace = session.workspace;
  const done = (): void => setOpen(null);
  const serves = useServing(session.state)?.running === true;
  return (
    <Page title="Settings" narrow>
      <AppearanceCard />
      {session.state === 'unlocked' && workspace ? (
        <>
          <LockingCard />
          <Card title="Ways in" flush>
            <Row title="Passphrase" text="The present one is asked. Nothing needs to be encrypted again.">
              <Button onPress={() => setOpen('passphrase')}>Change passphrase…</Button>
            </Row>
            <Row
              title="Recovery key"
              text={
                workspace.recoveryVerified ? (
                  <>
                    Checked. A new one makes the printed sheet worthless. <Tag tone="good">checked</Tag>
                  </>
                ) : (
                  <>
                    Nobody has typed it back yet. <Tag tone="careful">not checked</Tag>
                  </>
                )
              }
            >
              <Button onPress={() => setOpen('recovery')}>Make a new one…</Button>
            </Row>
          </Card>
          <Card title="Backup" flush>
            <Row title="Back up" text="One encrypted file, read back and compared before it counts.">
              <Button onPress={() => setOpen('backup')}>Back up…</Button>
            </Row>
            <Row title="Restore" text="Serial numbers, exchange numbers and the audit never go back.">
              <Button onPress={() => setOpen('restore')}>Restore…</Button>
            </Row>
          </Card>
          <Card
            title="This workspace"
            aside={<Button onPress={() => setOpen('close')}>Close workspace…</Button>}
          >
            <KeyValue
              items={[
                ['Name', workspace.name],
                ['Kind', `${KIND_NAMES[workspace.kind]}, for ever`],
                [
                  'Folder',
                  <span className="mono" key="path">
                    {workspace.path}
                  </span>,
                ],
                ['Made', <Time at={workspace.createdAt} clock key="made" />],
              ]}
            />
          </Card>
        </>
      ) : null}
      <Card title="Keyboard">
        <KeyValue
          items={KEYBOARD_MAP.map(({ keys, does }) => [does, <kbd key={keys}>{keys}</kbd>] as const)}
        />
      </Card>
      {info.data ? (
        <Card title="About">
          <KeyValue
            items={[
              ['Baleen', info.data.version],
              ['Platform', info.data.platform],
              info.data.missingAlgorithms.length > 0 && [
                'Software keys lack',
                info.data.missingAlgorithms.join(', '),
              ],
            ]}
          />
        </Card>
      ) : null}
      <PassphraseDialog open={open === 'passphrase'} onClose={done} />
      <RecoveryDialog open={open === 'recovery'} onClose={done} workspace={workspace} />
      <BackupDialog open={open === 'backup'} onClose={done} workspaceName={workspace?.name ?? ''} />
      <SettleCopyDialog open={open === 'copy' && session.state === 'unlocked'} onClose={done} />
      <RestoreDialog open={open === 'restore'} onClose={done} inPlace={session.state === 'unlocked'} />
      <ConfirmDialog
        open={open === 'close'}
        onClose={done}
        title={`Close “${workspace?.name ?? ''}”?`}
        lost={[
          'Nothing is lost. It is locked, and the passphrase is needed to open it again.',
          ...(serves ? [SERVING_LOST] : []),
        ]}
        verb="Close workspace"
        channel="workspace.close"
        onConfirm={closeNow}
      />
    </Page>
  );
}
