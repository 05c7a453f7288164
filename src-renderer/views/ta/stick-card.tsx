/**
 * The exchange station on the trust anchor's page: every stick that is plugged in, or the folder that stands in for one, with
 * what lies on it and what should be written to it. What a file is and whether it is wanted, main says.
 */
import { FolderOpen, Usb } from 'lucide-react';
import type { Stick, StickOffer } from '#shared/contract/ta-stick.ts';
import { call } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { EmptyState, ErrorState, Loading } from '../../components/state-box.tsx';
import { Notice } from '../../components/verdict.tsx';
import { StickFiles } from './stick-files.tsx';
import { roomText, shownName } from './stick-words.ts';
import { StickWrite } from './stick-write.tsx';
import { useSticks } from './use-sticks.ts';

function ChooseFolder({ label, onChosen }: { label: string; onChosen: () => void }) {
  const choose = useAction('ta.stickFolder', async () => {
    const { chosen } = await call('dialogs.folder', { purpose: 'stick' });
    if (chosen === null) return;
    await call('ta.stickFolder', { folder: chosen.ticket });
    onChosen();
  });
  return (
    <>
      <Button
        size="small"
        icon={<FolderOpen aria-hidden />}
        busy={choose.busy}
        onPress={() => void choose.run()}
      >
        {label}
      </Button>
      {choose.error ? <ErrorState error={choose.error} /> : null}
    </>
  );
}

function ForgetFolder({ onForgotten }: { onForgotten: () => void }) {
  const forget = useAction('ta.forgetStickFolder', async () => {
    await call('ta.forgetStickFolder', {});
    onForgotten();
  });
  return (
    <>
      <Button size="small" kind="quiet" busy={forget.busy} onPress={() => void forget.run()}>
        Forget this folder
      </Button>
      {forget.error ? <ErrorState error={forget.error} /> : null}
    </>
  );
}

interface StickProps {
  stick: Stick;
  offers: readonly StickOffer[];
  /** The first place: its next step is the button that stands out. */
  first: boolean;
  reload: () => void;
}

function StickPane({ stick, offers, first, reload }: StickProps) {
  const { kind, path, totalBytes, freeBytes, problem } = stick;
  const label = shownName(stick.label);
  const isFolder = kind === 'folder';
  const toOpen = stick.files.some(({ state }) => state === 'expected');
  return (
    <section className="stick" aria-label={isFolder ? `Folder ${label}` : `Stick ${label}`}>
      <header className="stick-head">
        {isFolder ? <FolderOpen aria-hidden /> : <Usb aria-hidden />}
        <div className="stick-title">
          <h3>
            <bdi className="wrap">{label}</bdi>
          </h3>
          <span className="quiet small wrap">
            <span className="mono">{shownName(path)}</span>
            {isFolder ? ', stands in for a stick' : ''}
            {freeBytes === null || totalBytes === null
              ? ''
              : `, ${roomText(freeBytes)} free of ${roomText(totalBytes)}`}
          </span>
        </div>
        {isFolder ? <ForgetFolder onForgotten={reload} /> : null}
      </header>
      {problem === null ? (
        <>
          <StickWrite stick={stick} offers={offers} primary={first && !toOpen} onWritten={reload} />
          <StickFiles stick={stick} offers={offers} />
        </>
      ) : (
        <div className="stick-line">
          <Notice severity="bad">{problem}</Notice>
        </div>
      )}
    </section>
  );
}

export function StickCard() {
  const found = useSticks();
  const { data, error, reload } = found;
  if (data === null)
    return (
      <Card title="Exchange station">
        {error ? <ErrorState error={error} onRetry={reload} /> : <Loading what="the sticks" />}
      </Card>
    );
  const { sticks, offers, waits } = data;
  const hasFolder = sticks.some(({ kind }) => kind === 'folder');
  return (
    <Card
      title="Exchange station"
      note="sticks, or a folder in the place of one"
      aside={
        sticks.length === 0 ? null : (
          <ChooseFolder label={hasFolder ? 'Another folder…' : 'Choose a folder…'} onChosen={reload} />
        )
      }
      flush
    >
      {error ? (
        <div className="stick-line">
          <ErrorState error={error} onRetry={reload} />
        </div>
      ) : null}
      {waits.length === 0 ? null : (
        <ul className="plain-list dim stick-line" aria-label="What is waited for">
          {waits.map((line) => (
            <li key={line} className="wrap">
              {line}
            </li>
          ))}
        </ul>
      )}
      {sticks.length === 0 ? (
        <EmptyState
          icon={<Usb aria-hidden />}
          title="Plug in a stick, or choose a folder that stands in for it"
          action={<ChooseFolder label="Choose a folder…" onChosen={reload} />}
        >
          Files for the other half are written to it, and files from there are opened from it. It appears here
          by itself.
        </EmptyState>
      ) : (
        sticks.map((stick, at) => (
          <StickPane key={stick.id} stick={stick} offers={offers} first={at === 0} reload={reload} />
        ))
      )}
    </Card>
  );
}
