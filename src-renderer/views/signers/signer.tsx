/** One signer: its state first, then the device, what it can do, its settings and the keys that lie on it. */
import { useState } from 'react';
import type { SignerRow } from '#shared/contract/signers.ts';
import { call } from '../../app/call.ts';
import type { CallError } from '../../app/call.ts';
import { hrefOf } from '../../app/router.ts';
import type { Route } from '../../app/router.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { useDialog } from '../../app/use-dialog.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { NotLoaded } from '../../components/not-loaded.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState, ErrorState } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { Notice } from '../../components/verdict.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';
import { CapabilitiesCard, DeviceCard, SettingsCard } from './device-cards.tsx';
import { DeviceKeysCard } from './device-keys-card.tsx';
import { ChangePinDialog, RemoveSignerDialog, RenameSignerDialog } from './signer-dialogs.tsx';
import { KIND_WORD, listed, WAITING_WORD } from './signer-words.ts';
import type { ListedSigner, SignerList } from './signer-words.ts';
import { StateCard } from './state-card.tsx';
import { UnfinishedKeys } from './unfinished-keys.tsx';

const BACK = { href: hrefOf('signers'), label: 'All signers' };
type SignerDialog = 'rename' | 'pin' | 'remove';
type OpenDialog = SignerDialog | null;

/** Test, log in and log out of a device; what runs is shown below the buttons. `onTested`: keys were made and destroyed on it. */
function useContact(row: SignerRow, onTested: () => void) {
  const test = useStartedJob(
    'signers.probe',
    () => call('signers.probe', { id: row.id }),
    () => {
      showToast('It made, used and destroyed a key of each kind');
      onTested();
    },
  );
  const login = useStartedJob('signers.login', () => call('signers.login', { id: row.id }));
  const logout = useAction('signers.logout', () => call('signers.logout', { id: row.id }));
  const busy = test.running || login.running;
  const error = test.action.error ?? login.action.error ?? logout.error;
  /** What the last step said is over with the next one. */
  const begin = (step: () => Promise<boolean>) => (): void => {
    for (const one of [test.action, login.action, logout]) one.clear();
    void step();
  };
  const asksSecret =
    row.settings?.kind === 'pkcs11' ? row.settings.login : (row.settings?.username ?? null) !== null;
  return {
    login: begin(login.action.run),
    buttons: (
      <>
        <Button
          kind={row.state === 'ready' ? 'plain' : 'primary'}
          busy={test.running}
          whyDisabled={busy ? 'It is being contacted' : null}
          onPress={begin(test.action.run)}
        >
          Test
        </Button>
        {!asksSecret ? null : row.state === 'ready' ? (
          <Button busy={logout.busy} onPress={begin(logout.run)}>
            Log out
          </Button>
        ) : (
          <Button
            busy={login.running}
            whyDisabled={busy ? 'It is being contacted' : null}
            onPress={begin(login.action.run)}
          >
            Log in
          </Button>
        )}
      </>
    ),
    progress: (
      <>
        {test.progress}
        {login.progress}
        {/* What is wrong with the device itself stands in its state below. */}
        {error && error.message !== row.trouble?.text ? <ErrorState error={error} /> : null}
      </>
    ),
  };
}

function ConfigButtons({ one, onOpen }: { one: ListedSigner; onOpen: (dialog: OpenDialog) => void }) {
  const device = one.kind !== 'software';
  const gone = one.waiting === 'removed' ? 'It is removed once the changes are applied' : null;
  return (
    <>
      {device ? (
        <>
          <LinkButton href={hrefOf('signer-doctor', { id: one.id })}>Doctor</LinkButton>
          {gone === null ? (
            <LinkButton href={hrefOf('signer-edit', { id: one.id })}>Settings of this signer</LinkButton>
          ) : null}
        </>
      ) : null}
      {one.kind === 'pkcs11' && one.row !== null ? (
        <Button
          whyDisabled={
            one.row.settings?.kind === 'pkcs11' && one.row.settings.login ? null : 'It has no login'
          }
          onPress={() => onOpen('pin')}
        >
          Change PIN…
        </Button>
      ) : null}
      <Button whyDisabled={gone} onPress={() => onOpen('rename')}>
        Rename…
      </Button>
      {device ? (
        <Button kind="danger" whyDisabled={gone} onPress={() => onOpen('remove')}>
          Remove…
        </Button>
      ) : null}
    </>
  );
}

function InForce({
  row,
  one,
  onOpen,
}: {
  row: SignerRow;
  one: ListedSigner;
  onOpen: (d: OpenDialog) => void;
}) {
  const [tests, setTests] = useState(0);
  const contact = useContact(row, () => setTests((count) => count + 1));
  return (
    <>
      <div className="row-wrap">
        {contact.buttons}
        <ConfigButtons one={one} onOpen={onOpen} />
      </div>
      {contact.progress}
      <StateCard row={row} onAgain={contact.login} />
      {row.sameDevice.length === 0 ? null : (
        <Notice severity="careful">
          It is the same device as {row.sameDevice.map((name) => `“${name}”`).join(' and ')}: a new PIN, a
          restored backup or a destroyed key concerns each of them.
        </Notice>
      )}
      <UnfinishedKeys row={row} />
      <div className="columns">
        <div className="stack">
          <DeviceCard row={row} />
          {row.settings === null ? null : (
            <SettingsCard
              settings={row.settings}
              secretStored={row.secretStored}
              secretHeld={row.secretHeld}
              met={row.device?.serial ?? null}
            />
          )}
        </div>
        <CapabilitiesCard row={row} />
      </div>
      {/* What was listed during a test may hold a key of it. */}
      <DeviceKeysCard row={row} again={tests} />
    </>
  );
}

function Software({
  row,
  one,
  onOpen,
}: {
  row: SignerRow;
  one: ListedSigner;
  onOpen: (d: OpenDialog) => void;
}) {
  return (
    <>
      <div className="row-wrap">
        <ConfigButtons one={one} onOpen={onOpen} />
      </div>
      <StateCard row={row} onAgain={() => undefined} />
      <EmptyState
        title={`${row.keys} ${row.keys === 1 ? 'key' : 'keys'} in software`}
        action={<LinkButton href={hrefOf('keys')}>All keys</LinkButton>}
      >
        They lie encrypted in this workspace and are used in main's memory while it is unlocked. A backup of
        the workspace holds them, too.
      </EmptyState>
    </>
  );
}

function NotYet({ one, onOpen }: { one: ListedSigner; onOpen: (dialog: OpenDialog) => void }) {
  return (
    <>
      <div className="row-wrap">
        <ConfigButtons one={one} onOpen={onOpen} />
      </div>
      <Notice severity="note">
        It is not in use yet: <a href={BACK.href}>apply the changes</a> first. The doctor can examine it
        before.
      </Notice>
      {one.pending?.settings ? (
        <SettingsCard
          settings={one.pending.settings}
          secretStored={one.pending.secretStored}
          secretHeld={false}
          met={null}
        />
      ) : null}
    </>
  );
}

/** What its buttons open, an address may, too. */
function dialogsOf({ kind, row, waiting }: ListedSigner): SignerDialog[] {
  if (waiting === 'removed') return [];
  const pin = row?.settings?.kind === 'pkcs11' && row.settings.login;
  return ['rename', ...(kind === 'software' ? [] : ['remove' as const]), ...(pin ? ['pin' as const] : [])];
}

interface ShownProps {
  route: Route;
  one: ListedSigner;
  list: SignerList;
  /** The last answer was a refusal: what is shown may be old. */
  stale: CallError | null;
  onRetry: () => void;
}

function Shown({ route, one, list, stale, onRetry }: ShownProps) {
  const [dialog, setDialog] = useDialog(route, dialogsOf(one));
  const shared = {
    id: one.id,
    name: one.row?.name ?? one.name,
    revision: list.pending.revision,
    onClose: () => setDialog(null),
  };
  const roles = one.row?.roles ?? [];
  return (
    <Page
      title={one.row?.name ?? one.name}
      crumb={one.row?.name ?? one.name}
      tags={
        <>
          <Tag>{KIND_WORD[one.kind]}</Tag>
          {roles.includes('default') ? <Tag tone="accent">default</Tag> : null}
          {roles.includes('one-off') ? (
            <Tag>{list.oneOffImplied ? 'one-off, implied' : 'one-off'}</Tag>
          ) : null}
          {one.waiting === null ? null : <Tag tone="careful">{WAITING_WORD[one.waiting]}</Tag>}
        </>
      }
    >
      {stale ? <ErrorState error={stale} onRetry={onRetry} /> : null}
      {one.waiting === 'changed' || one.waiting === 'removed' ? (
        <Notice severity="careful">
          What you see is in force. A change waits: <a href={BACK.href}>apply or discard it</a>.
        </Notice>
      ) : null}
      {one.row === null ? (
        <NotYet one={one} onOpen={setDialog} />
      ) : one.kind === 'software' ? (
        <Software row={one.row} one={one} onOpen={setDialog} />
      ) : (
        <InForce row={one.row} one={one} onOpen={setDialog} />
      )}
      <RenameSignerDialog {...shared} name={one.name} open={dialog === 'rename'} />
      <ChangePinDialog {...shared} open={dialog === 'pin'} />
      <RemoveSignerDialog {...shared} one={one} open={dialog === 'remove'} />
    </Page>
  );
}

export function Signer({ route }: ViewProps) {
  const id = route.params['id'] ?? '';
  const found = useQuery('signers.list', {}, ['signers', 'keys']);
  if (!found.data) return <NotLoaded title="Signer" found={found} back={BACK} />;
  const one = listed(found.data).find((signer) => signer.id === id);
  if (one === undefined)
    return (
      <Page title="Signer" narrow>
        <Notice severity="note">This signer is not configured here any more.</Notice>
        <div>
          <LinkButton href={BACK.href}>{BACK.label}</LinkButton>
        </div>
      </Page>
    );
  return <Shown route={route} one={one} list={found.data} stale={found.error} onRetry={found.reload} />;
}
