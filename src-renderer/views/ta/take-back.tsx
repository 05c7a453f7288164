/** Taking an own response back at a signer that was restored from before it: chosen, shown in short, confirmed. */
import { useState } from 'react';
import type { SignerView } from '#shared/contract/ta.ts';
import type { TakeBackReview } from '#shared/contract/ta-take-back.ts';
import { uploadBlob } from '../../app/blob-upload.ts';
import { call } from '../../app/call.ts';
import { replacePath } from '../../app/router.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import { Button } from '../../components/button.tsx';
import { KeyValue } from '../../components/card.tsx';
import { Dated } from '../../components/dated.tsx';
import { CloseFoot, Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { FileButton } from '../../components/file-button.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { ErrorState, Loading } from '../../components/state-box.tsx';
import { Time } from '../../components/time.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';
import { Notice } from '../../components/verdict.tsx';

/** The button, and the dialog behind it. `opened`: what main holds of a file that was dropped or lay on a stick; null: none. */
export function TakeBack({ signer, opened }: { signer: SignerView; opened: string | null }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [choosing, setChoosing] = useState(false);
  const back = opened ?? chosen;
  const close = (): void => {
    setChosen(null);
    setChoosing(false);
    if (opened !== null) replacePath('/trust-anchor');
  };
  return (
    <>
      <div className="row-wrap">
        <Button onPress={() => setChoosing(true)}>Take a response back…</Button>
        <span className="dim">
          {signer.missingUpTo === null
            ? 'After a restore: a response.json that this signer made and no longer knows.'
            : 'The oldest of those that are missing first; with its request.json it is a whole exchange again.'}
        </span>
      </div>
      <Dialog open={choosing || back !== null} onClose={close} title="Take a response back" size="wide">
        {back === null ? (
          <Choose onOpened={setChosen} onClose={close} />
        ) : (
          <Review id={back} onClose={close} />
        )}
      </Dialog>
    </>
  );
}

function Choose({ onOpened, onClose }: { onOpened: (id: string) => void; onClose: () => void }) {
  const open = useAction('ta.openTakeBack', async (file: File) => {
    const blob = await uploadBlob(file, { use: 'transfer' });
    onOpened((await call('ta.openTakeBack', { blob })).back);
  });
  return (
    <div className="stack">
      <p>
        Choose a response.json that this signer made after its backup. It is judged before anything is
        changed. It may be on the stick; a proxy of Baleen writes its last one again, under Files of the
        proxy.
      </p>
      <div>
        <FileButton label="Choose response.json…" busy={open.busy} onFile={(file) => void open.run(file)} />
      </div>
      {open.error ? <ErrorState error={open.error} /> : null}
      <CloseFoot onClose={onClose} />
    </div>
  );
}

function Wishes({ wishes }: Pick<TakeBackReview, 'wishes'>) {
  if (wishes.length === 0)
    return <p className="dim">It issued and revoked nothing: it renewed CRL and manifest.</p>;
  return (
    <table className="table">
      <thead>
        <tr>
          <th>Child</th>
          <th>Key</th>
          <th>What it did</th>
        </tr>
      </thead>
      <tbody>
        {wishes.map(({ child, keyId, what, resources, notAfter }) => (
          <tr key={`${child} ${keyId}`}>
            <td className="wrap">{child}</td>
            <td>
              <HexValue hex={keyId} label="Key identifier" groups={4} />
            </td>
            <td className="wrap">
              {what}
              {notAfter === null ? null : (
                <>
                  {' '}
                  until <Time at={notAfter} />: <span className="mono">{resources.join(', ')}</span>
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const grown = ({ before, after }: { before: number; after: number }): string => `${before} → ${after}`;

function Review({ id, onClose }: { id: string; onClose: () => void }) {
  // Asked again when it has got its request; after it is taken, main has forgotten it.
  const found = useQuery('ta.takeBackReview', { id }, []);
  const add = useAction('ta.takeBackRequest', async (file: File) => {
    const blob = await uploadBlob(file, { use: 'transfer' });
    await call('ta.takeBackRequest', { id, blob });
    found.reload();
  });
  const { action, progress } = useStartedJob(
    'ta.takeBack',
    () => call('ta.takeBack', { id }),
    () => {
      showToast('The response is taken back');
      onClose();
    },
  );
  if (found.error)
    return (
      <div className="stack">
        <ErrorState error={found.error} />
        <CloseFoot onClose={onClose} />
      </div>
    );
  const review = found.data;
  if (!review) return <Loading what="the response" />;
  if (progress !== null) return progress;
  return (
    <DialogForm action={action} why={null} verb={`Take response ${review.number} back`} onClose={onClose}>
      <p>This signer made it, all of it holds, and it is not in this workspace any more.</p>
      {review.remarks.map((text) => (
        <Notice key={text} severity="careful">
          <Dated text={text} />
        </Notice>
      ))}
      <KeyValue
        items={[
          ['Signed', <Time key="value" at={review.at} clock />],
          [
            'Nonce',
            <span key="value" className="mono wrap">
              {review.nonce}
            </span>,
          ],
          [
            'Manifest, CRL',
            <span key="value" className="num">{`number ${review.before} → ${review.after}`}</span>,
          ],
          [
            'Certificates',
            <span key="value" className="num">
              {grown(review.certificates)}
            </span>,
          ],
          [
            'Revoked',
            <span key="value" className="num">
              {grown(review.revoked)}
            </span>,
          ],
          [
            'SHA-256',
            <HexValue key="value" hex={review.file.sha256} label="SHA-256 of the file" groups={8} />,
          ],
        ]}
      />
      <Wishes wishes={review.wishes} />
      {review.request ? (
        <p className="dim">Its request is here too: it is a whole exchange again.</p>
      ) : (
        <div className="row-wrap">
          <FileButton
            size="small"
            label="Add its request.json…"
            busy={add.busy}
            onFile={(file) => void add.run(file)}
          />
        </div>
      )}
      {add.error ? <ErrorState error={add.error} /> : null}
    </DialogForm>
  );
}
