/** One local child: what it waits for first, then its keys with what is due, its parent and repository, its files. */
import { useState } from 'react';
import type { LocalChildView } from '#shared/contract/ta-child.ts';
import { call } from '../../app/call.ts';
import { hrefOf, navigate } from '../../app/router.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Dated } from '../../components/dated.tsx';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState, ErrorState, Loading } from '../../components/state-box.tsx';
import { Ago } from '../../components/time.tsx';
import { Notice, Verdict } from '../../components/verdict.tsx';
import { AskSaid, type Told } from './ask-said.tsx';
import { ChildFiles } from './child-files.tsx';
import { ChildKeys, KeyWords } from './child-keys.tsx';
import { ChildSetup } from './child-setup.tsx';
import { childSeverity } from './child-words.ts';
import { ForWhom } from './for-whom.tsx';
import { ChildGoOnDialog } from './go-on-dialog.tsx';
import { KeyRollDialog } from './key-roll-dialog.tsx';

const quiet = (text: string) => <span className="quiet">{text}</span>;
const mono = (text: string) => <span className="mono wrap">{text}</span>;

function Heard({ contact }: { contact: NonNullable<LocalChildView['contact']> }) {
  return (
    <>
      <Ago at={contact.at} />
      <div className="dim wrap">
        <Dated text={contact.says} />
      </div>
    </>
  );
}

function Facts({ child }: { child: LocalChildView }) {
  const { parent, repository, resources, contact } = child;
  return (
    <Card title="What it is">
      <KeyValue
        items={[
          ['Parent', parent === null ? quiet('none yet') : parent.handle],
          parent !== null && parent.childHandle !== child.handle && ['Called there', parent.childHandle],
          [
            'Resources',
            resources.length === 0 ? quiet('none until it has a certificate') : mono(resources.join(', ')),
          ],
          ['Publishes at', repository === null ? quiet('not known yet') : mono(repository.base)],
          repository !== null && [
            'RRDP',
            repository.notify === null ? quiet('none: rsync only') : mono(repository.notify),
          ],
          [
            'Own identity',
            <HexValue key="value" hex={child.identity.sha256} label="SHA-256 of the identity" groups={8} />,
          ],
          parent !== null && [
            'Parent’s identity',
            <HexValue key="value" hex={parent.sha256} label="SHA-256 of the parent" groups={8} />,
          ],
          ['Heard from it', contact === null ? quiet('never') : <Heard key="value" contact={contact} />],
        ]}
      />
    </Card>
  );
}

/** What is not there yet has not failed. */
const check = (there: boolean, what: string) => ({
  ok: there ? true : null,
  text: there ? what : `${what}: not yet`,
});

function Answer({ child }: { child: LocalChildView }) {
  const certified = child.keys.some(({ state }) => state === 'active');
  return (
    <Verdict
      severity={childSeverity(child)}
      title={child.next}
      checks={
        child.step === 'removed' || child.step === 'leaving'
          ? []
          : [
              check(child.parent !== null, 'parent'),
              check(child.repository !== null, 'repository'),
              check(certified, 'certificate'),
              check(child.publishes.length > 0, 'CRL and manifest'),
            ]
      }
      {...(child.step === 'parent' || child.step === 'exchange' || child.step === 'leaving'
        ? { action: <LinkButton href={hrefOf('trust-anchor')}>Open the trust anchor</LinkButton> }
        : {})}
    />
  );
}

/** Why the parent cannot be asked yet. */
function whyNot(child: LocalChildView): string | null {
  if (child.step === 'removed') return 'It was removed from the trust anchor';
  if (child.parent === null) return 'It has no parent yet';
  return child.repository === null ? 'It has no repository yet' : null;
}

function Loaded({ child }: { child: LocalChildView }) {
  const [rolling, setRolling] = useState(false);
  const [goingOn, setGoingOn] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const [told, setTold] = useState<readonly Told[]>([]);
  const ask = useAction('ta.localAsk', async () => {
    setTold((await call('ta.localAsk', { handle: child.handle })).told);
  });
  const missing =
    child.step === 'removed'
      ? null
      : child.parent === null
        ? 'parent'
        : child.repository === null
          ? 'repository'
          : null;
  return (
    <Page
      title={child.handle}
      crumb={child.handle}
      tags={<span className="quiet">local child</span>}
      actions={
        <>
          {child.step === 'removed' ? (
            <Button kind="danger" onPress={() => setDeleting(true)}>
              Delete…
            </Button>
          ) : null}
          {child.aheadUntil === null ? null : (
            <Button onPress={() => setGoingOn(true)}>Go on from this clock…</Button>
          )}
          <Button whyDisabled={child.roll === null ? child.rollSays : null} onPress={() => setRolling(true)}>
            {child.roll === 'activate' ? 'Activate the new key…' : 'Roll the key…'}
          </Button>
          <Button
            kind={child.step === 'ask' ? 'primary' : 'plain'}
            busy={ask.busy}
            whyDisabled={whyNot(child)}
            onPress={() => void ask.run()}
          >
            Ask the parent now
          </Button>
        </>
      }
    >
      {child.warnings.map(({ severity, text }) => (
        <Notice key={text} severity={severity}>
          {text}
        </Notice>
      ))}
      <Answer child={child} />
      <AskSaid told={told} error={ask.error} />
      {told.length > 0 || child.step === 'removed' ? null : <KeyWords keys={child.keys} />}
      {missing === null ? null : <ChildSetup child={child} missing={missing} />}
      <ChildKeys keys={child.keys} />
      {child.keys.length === 1 ? null : <p className="dim">Key roll: {child.rollSays}</p>}
      <div className="columns">
        <Facts child={child} />
        <ChildFiles handle={child.handle} />
      </div>
      <ForWhom />
      <ChildGoOnDialog child={child} open={goingOn} onClose={() => setGoingOn(false)} />
      <KeyRollDialog child={child} open={rolling} onClose={() => setRolling(false)} />
      <ConfirmDialog
        open={deleting}
        onClose={() => setDeleting(false)}
        title={`Delete ${child.handle}?`}
        lost={['Its identity and all its keys, for ever.', 'Its files: they can be written no more.']}
        verb="Delete with its keys"
        typed={{ text: child.handle, label: 'Handle of the child' }}
        channel="ta.localRemove"
        onConfirm={async () => {
          await call('ta.localRemove', { handle: child.handle, confirm: child.handle });
          showToast(`${child.handle} is deleted`);
          navigate('trust-anchor');
        }}
      />
    </Page>
  );
}

export function LocalChild({ route }: ViewProps) {
  const found = useQuery('ta.localChildren', {}, ['ta', 'keys']);
  const handle = route.params['id'];
  const child = found.data?.children.find((one) => one.handle === handle);
  if (child !== undefined) return <Loaded key={child.handle} child={child} />;
  return (
    <Page title="Local child">
      {found.error ? (
        <ErrorState error={found.error} onRetry={found.reload} />
      ) : found.data ? (
        <EmptyState
          title={`No local child called ${handle}`}
          action={<LinkButton href={hrefOf('trust-anchor')}>Trust anchor</LinkButton>}
        >
          The children of this workspace are listed with its trust anchor.
        </EmptyState>
      ) : (
        <Loading what="the child" />
      )}
    </Page>
  );
}
