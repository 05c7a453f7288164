/** One child: its identity, resources and keys, and the steps: its parent's answer, other resources, removal. */
import { useState } from 'react';
import type { ProxyChildView } from '#shared/contract/ta-proxy.ts';
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { Button } from '../../components/button.tsx';
import { KeyValue } from '../../components/card.tsx';
import { ConfirmDialog, Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { Notice } from '../../components/verdict.tsx';
import { ChildAddress } from './child-address.tsx';
import { ExportFileDialog } from './export-file-dialog.tsx';
import { KeyList } from './key-tags.tsx';
import { ResourceFields, saysResources } from './resource-fields.tsx';
import { parentResponse, type TaFile } from './ta-files.ts';

function ResourcesBody({ child, onClose }: { child: ProxyChildView; onClose: () => void }) {
  const [resources, setResources] = useState(child.resources);
  const change = useAction('ta.childResources', async () => {
    await call('ta.childResources', { handle: child.handle, resources });
    onClose();
  });
  return (
    <DialogForm
      action={change}
      why={JSON.stringify(resources) === JSON.stringify(child.resources) ? 'Nothing is changed yet' : null}
      verb="Change the resources"
      saidByField={saysResources(change.error)}
      onClose={onClose}
    >
      <p className="dim">
        From its next certificate on. What it holds stays valid until it asks for a new one and the next
        exchange brings that. A wish for more than it may have now is dropped.
      </p>
      <ResourceFields value={resources} onChange={setResources} error={change.error} />
    </DialogForm>
  );
}

/** Keys that have to be revoked before it is gone. */
const usedKeys = ({ keys }: ProxyChildView): number =>
  keys.filter(({ state }) => state === 'in-use' || state === 'revoking').length;

function lostWith(child: ProxyChildView): string[] {
  const { handle } = child;
  const used = usedKeys(child);
  return used === 0
    ? [`${handle} has no certificate: it is gone at once.`]
    : [
        `${used === 1 ? 'Its certificate is' : `Its ${used} certificates are`} revoked with the next exchange. Everything below ${handle} stops being valid then.`,
        'What it waits for is dropped.',
        'Adding it again later is a new beginning, with new keys.',
      ];
}

const cell = (text: string) => (
  <span key="value" className="mono wrap">
    {text === '' ? 'none' : text}
  </span>
);

export function ChildDetail({ child }: { child: ProxyChildView }) {
  const [dialog, setDialog] = useState<'resources' | 'remove' | null>(null);
  const [file, setFile] = useState<TaFile | null>(null);
  const { handle, resources, leaving } = child;
  const close = (): void => setDialog(null);
  const gone = leaving ? 'It is being removed with the next exchange' : null;
  return (
    <section className="child-detail stack" aria-label={`Child ${handle}`}>
      <div className="row-wrap">
        <h3 className="wrap">{handle}</h3>
        <span className="push row-wrap">
          <Button size="small" onPress={() => setFile(parentResponse(handle))}>
            Write res.xml…
          </Button>
          <Button size="small" whyDisabled={gone} onPress={() => setDialog('resources')}>
            Change resources…
          </Button>
          <Button size="small" whyDisabled={gone} onPress={() => setDialog('remove')}>
            Remove…
          </Button>
        </span>
      </div>
      {leaving ? (
        <Notice severity="careful">Its keys are revoked with the next exchange; then it is gone.</Notice>
      ) : null}
      {(leaving ? [] : child.overhang).map(({ resources: more, asked }, at) => (
        <Notice key={at} severity={asked ? 'note' : 'careful'}>
          It holds a certificate for <span className="mono wrap">{more}</span>, more than it may have now.{' '}
          {asked
            ? 'It has asked for what follows: the next exchange brings it, and until then this one is valid.'
            : child.local
              ? 'Nobody asks for it: press “Ask the parent now” on its page, then make a request.'
              : 'Nobody asks for it: its operator lets it ask its parent, or it does so by itself at its next contact; then make a request. Remove the child if it does not.'}
        </Notice>
      ))}
      <KeyValue
        items={[
          ['AS numbers', cell(resources.asn)],
          ['IPv4', cell(resources.ipv4)],
          ['IPv6', cell(resources.ipv6)],
          [
            'Identity',
            <HexValue key="value" hex={child.identity.sha256} label="SHA-256 of the identity" groups={8} />,
          ],
        ]}
      />
      {child.local || leaving ? null : <ChildAddress handle={handle} />}
      <KeyList keys={child.keys} />
      <ExportFileDialog file={file} onClose={() => setFile(null)} />
      <Dialog open={dialog === 'resources'} onClose={close} title={`Resources of ${handle}`} size="wide">
        <ResourcesBody child={child} onClose={close} />
      </Dialog>
      <ConfirmDialog
        open={dialog === 'remove'}
        onClose={close}
        title={`Remove ${handle}?`}
        lost={lostWith(child)}
        verb="Remove the child"
        typed={{ text: handle, label: 'Handle of the child' }}
        channel="ta.childRemove"
        onConfirm={async () => {
          await call('ta.childRemove', { handle, confirm: handle });
          showToast(
            usedKeys(child) === 0
              ? `${handle} is removed`
              : `${handle} is removed with the next exchange: make a request next`,
          );
        }}
      />
    </section>
  );
}
