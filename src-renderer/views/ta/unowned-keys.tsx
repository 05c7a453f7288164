/** Certificates of the trust anchor for keys that no child here has, each with its one step: to be revoked, or to stay after all. */
import { useState } from 'react';
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { Time } from '../../components/time.tsx';
import { resourceText } from './resource-fields.tsx';

type Unowned = ProxyView['unowned'][number];

const digitsOf = ({ keyId }: Unowned): string => keyId.slice(-8);

const namesOf = ({ mayBe }: Unowned): string => mayBe.map((handle) => `“${handle}”`).join(' or ');

function Row({ one, onRevoke }: { one: Unowned; onRevoke: () => void }) {
  const keep = useAction('ta.unownedKeep', () => call('ta.unownedKeep', { keyId: one.keyId }));
  return (
    <tr>
      <td>
        <HexValue hex={one.keyId} label="Key identifier" groups={6} />
        <div className="quiet mono small wrap">{one.repository}</div>
        {one.mayBe.length === 0 ? null : (
          <div className="small wrap">It may be of {namesOf(one)}: let that child ask first.</div>
        )}
      </td>
      <td className="mono wrap">{resourceText(one.resources)}</td>
      <td>
        <Time at={one.notAfter} />
      </td>
      <td>
        {one.revoking ? <Tag tone="careful">to be revoked</Tag> : null}{' '}
        {one.revoking ? (
          <Button size="small" busy={keep.busy} onPress={() => void keep.run()}>
            Keep it
          </Button>
        ) : (
          <Button size="small" onPress={onRevoke}>
            Revoke…
          </Button>
        )}
        {keep.error ? <ErrorState error={keep.error} /> : null}
      </td>
    </tr>
  );
}

export function UnownedKeys({ keys }: { keys: readonly Unowned[] }) {
  const [chosen, setChosen] = useState<Unowned | null>(null);
  if (keys.length === 0) return null;
  return (
    <Card title="Keys that no child here has" note={String(keys.length)}>
      <p className="dim">
        The trust anchor has certified them, and this workspace does not know for whom: it was restored from
        before, or the signer had another proxy. A child that asks again for its key has it back. What nobody
        uses is to be revoked.
      </p>
      <table className="table" data-stack>
        <thead>
          <tr>
            <th>Key</th>
            <th>Resources</th>
            <th>Ends</th>
            <th>What to do</th>
          </tr>
        </thead>
        <tbody>
          {keys.map((one) => (
            <Row key={one.keyId} one={one} onRevoke={() => setChosen(one)} />
          ))}
        </tbody>
      </table>
      {chosen === null ? null : (
        <ConfirmDialog
          open
          onClose={() => setChosen(null)}
          title={`Revoke the key ${digitsOf(chosen)}?`}
          lost={[
            'Its certificate is revoked with the next exchange, and everything below it stops being valid then.',
            ...(chosen.mayBe.length === 0
              ? []
              : [`It may be the key of ${namesOf(chosen)}, which has not asked for it here yet.`]),
            'If a child still works with it, add that child and let it ask instead.',
          ]}
          verb="Revoke the key"
          typed={{ text: digitsOf(chosen), label: 'Last eight digits of the key' }}
          channel="ta.unownedRevoke"
          onConfirm={async () => {
            await call('ta.unownedRevoke', { keyId: chosen.keyId, confirm: digitsOf(chosen) });
            showToast('Its revocation goes with the next request');
          }}
        />
      )}
    </Card>
  );
}
