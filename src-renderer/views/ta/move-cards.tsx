/** What a move between krillta and this workspace leaves to be settled: what came along, and keys of the signer that lie elsewhere. */
import { type ReactNode, useState } from 'react';
import type { Moves } from '#shared/contract/ta-move.ts';
import type { SignerView } from '#shared/contract/ta.ts';
import { call } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import { Button } from '../../components/button.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { Time } from '../../components/time.tsx';
import { Notice } from '../../components/verdict.tsx';
import { TIMES } from './timing-fields.tsx';

type Imported = NonNullable<Moves['imported']>;
type Written = NonNullable<Moves['written']>;

/** Both, above the signer; nothing once they are settled. */
export function MoveCards({ signer }: { signer: SignerView }) {
  const found = useQuery('ta.moves', {}, ['ta']);
  const [settling, setSettling] = useState<'imported' | 'written' | null>(null);
  if (!found.data) return null;
  const { imported, written } = found.data;
  return (
    <>
      {written === null ? null : <WrittenNotice written={written} onSettle={() => setSettling('written')} />}
      {imported === null ? null : (
        <ImportedCard imported={imported} signer={signer} onSettle={() => setSettling('imported')} />
      )}
      <Dialog
        open={settling === 'written'}
        onClose={() => setSettling(null)}
        title="This signer goes on, not krillta"
      >
        <Settle which="written" verb="This signer goes on" onClose={() => setSettling(null)}>
          Say so once <span className="mono wrap">{written?.folder}</span> and every copy of it is destroyed.
          If krillta goes on, leave this as it is, and sign nothing here any more.
        </Settle>
      </Dialog>
      <Dialog
        open={settling === 'imported'}
        onClose={() => setSettling(null)}
        title="Taken over, and compared"
      >
        <Settle which="imported" verb="It is settled" onClose={() => setSettling(null)}>
          Say so once what came along is compared, and <span className="mono wrap">{imported?.folder}</span>{' '}
          is taken away: nothing may sign from there any more.
        </Settle>
      </Dialog>
    </>
  );
}

function Settle(props: {
  which: 'imported' | 'written';
  verb: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const { which, verb, onClose, children } = props;
  const settle = useAction('ta.settleMove', async () => {
    await call('ta.settleMove', { which });
    onClose();
  });
  return (
    <DialogForm action={settle} why={null} verb={verb} onClose={onClose}>
      <p>{children}</p>
      <p className="dim">That it was said goes on record.</p>
    </DialogForm>
  );
}

function WrittenNotice({ written, onSettle }: { written: Written; onSettle: () => void }) {
  return (
    <Notice severity="careful">
      <p>
        <b>Its keys lie with krillta, too.</b> This signer was written to{' '}
        <span className="mono wrap">{written.folder}</span> on <Time at={written.at} clock />
        {written.clear ? ', with its keys unencrypted' : ''}. Only one of the two may be used from then on:
        two that sign give the same numbers to different objects.
      </p>
      <Button size="small" onPress={onSettle}>
        This signer goes on…
      </Button>
    </Notice>
  );
}

function ImportedCard(props: { imported: Imported; signer: SignerView; onSettle: () => void }) {
  const { imported, signer, onSettle } = props;
  const { clearKeys } = imported;
  return (
    <Card
      title="What came along from krillta"
      note={
        <>
          taken over <Time at={imported.at} clock />
        </>
      }
      aside={
        <Button size="small" onPress={onSettle}>
          Compared…
        </Button>
      }
    >
      <div className="stack">
        {clearKeys === 0 ? null : (
          <Notice severity="careful">
            <b>krillta's folder still has its keys in the clear:</b> {clearKeys}{' '}
            {clearKeys === 1 ? 'key lies' : 'keys lie'} unencrypted in{' '}
            <span className="mono wrap">{imported.folder}</span>. Take it away, and use only this signer: two
            that sign give the same numbers to different objects.
          </Notice>
        )}
        <div className="columns">
          <KeyValue
            items={[
              ['Exchanges', String(imported.exchanges)],
              ['Last number', imported.number],
              ['Certificates', String(imported.certificates)],
              ['Revocations', String(imported.revoked)],
              ['TA key', <HexValue key="value" hex={signer.keyId} label="Key identifier" groups={10} />],
              [
                'TA certificate',
                <HexValue
                  key="value"
                  hex={signer.certificate.sha256}
                  label="SHA-256 of ta.cer"
                  groups={16}
                />,
              ],
              [
                'Own identity',
                <HexValue
                  key="value"
                  hex={signer.identity.sha256}
                  label="SHA-256 of the signer"
                  groups={16}
                />,
              ],
              [
                'Enrolled proxy',
                <HexValue key="value" hex={signer.proxy.sha256} label="SHA-256 of its proxy" groups={16} />,
              ],
            ]}
          />
          <KeyValue
            items={TIMES.map(({ field, label, unit }) => [
              label,
              <span key={field}>
                <b className="num">{imported.timing[field]}</b>{' '}
                {imported.timing[field] === 1 ? unit.replace(/s$/, '') : unit}
                <span className="dim">: {imported.timesFrom[field]}</span>
              </span>,
            ])}
          />
        </div>
        <p className="dim">
          Compare the fingerprints with krillta's own screen or the proxy's, and the times with [ta_timing] in
          krillta.conf; “Times…” below changes them, and “Reissue…” that of the TA certificate.
        </p>
      </div>
    </Card>
  );
}
