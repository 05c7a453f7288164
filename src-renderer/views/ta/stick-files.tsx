/** The files on a stick as cards: what is expected first with its one action, what is not in red and in words. */
import { CircleX, FileText } from 'lucide-react';
import type { Stick, StickFile, StickOffer } from '#shared/contract/ta-stick.ts';
import { sizeText } from '../../app/blob-upload.ts';
import { useAction } from '../../app/use-action.ts';
import { Dated } from '../../components/dated.tsx';
import { Button } from '../../components/button.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { Tag } from '../../components/tag.tsx';
import { Time } from '../../components/time.tsx';
import { openFromStick } from './stick-open.ts';
import { StickRefusal } from './stick-refusal.tsx';
import { liesThere, shownName, STATE_WORDS } from './stick-words.ts';

const RED: ReadonlySet<StickFile['state']> = new Set(['stale', 'damaged', 'unexpected']);

function FileCard({ stick, file }: { stick: Stick; file: StickFile }) {
  const open = useAction('ta.stickOpen', () => openFromStick(stick, file));
  const { word, tone } = STATE_WORDS[file.state];
  const red = RED.has(file.state);
  const expected = file.state === 'expected';
  const name = shownName(file.name);
  return (
    <li className="settings-row stick-file" {...(red ? { 'data-red': true } : {})}>
      <div className="file-row">
        {red ? <CircleX aria-hidden /> : <FileText aria-hidden />}
        <div className="stack-tight">
          <div className="row-wrap">
            <bdi className="mono wrap stick-name">{name}</bdi>
            <Tag tone={tone}>{word}</Tag>
            <span className={red ? 'small' : 'quiet small'}>
              {sizeText(file.size)}, <Time at={file.modifiedAt} clock />
            </span>
          </div>
          <span className={red ? 'wrap' : 'dim wrap'}>
            <Dated text={file.says} />
          </span>
          {expected && file.sha256 !== null ? (
            <span className="row-wrap small quiet">
              SHA-256 <HexValue hex={file.sha256} label={`SHA-256 of ${name}`} groups={8} />
            </span>
          ) : null}
          {open.error ? <StickRefusal error={open.error} /> : null}
        </div>
      </div>
      {file.opens === null ? null : (
        <Button
          size="small"
          kind={expected ? 'primary' : 'quiet'}
          busy={open.busy}
          onPress={() => void open.run()}
        >
          {expected ? 'Open' : 'Look at it'}
          <span className="visually-hidden"> {name}</span>
        </Button>
      )}
    </li>
  );
}

/** Up to so many strangers are shown each by itself. */
const FEW = 3;
const isStranger = ({ state, kind, opens }: StickFile): boolean =>
  state === 'unexpected' && kind === 'unknown' && opens === null;

/** Files that have nothing to do with a trust anchor, when there are many: named, and out of the way. */
function Strangers({ files }: { files: readonly StickFile[] }) {
  return (
    <li className="stick-file stick-line" data-red>
      <details className="stick-strangers">
        <summary>
          <CircleX aria-hidden />
          <b>{files.length} unexpected files</b>
          <span>: none is a trust anchor’s. Use a stick for this alone.</span>
        </summary>
        <ul className="plain-list name-list">
          {files.map(({ name, says }) => (
            <li key={name} className="wrap">
              <bdi className="mono stick-name">{shownName(name)}</bdi>{' '}
              <span className="small">
                <Dated text={says} />
              </span>
            </li>
          ))}
        </ul>
      </details>
    </li>
  );
}

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** Files that lie there as they are to be written stand in the list above. */
export function StickFiles({ stick, offers }: { stick: Stick; offers: readonly StickOffer[] }) {
  const { hidden, more } = stick;
  const files = stick.files.filter(
    (file) => file.state !== 'own' || !offers.some((offer) => liesThere(offer, file)),
  );
  const strangers = files.filter(isStranger);
  const fold = strangers.length > FEW;
  const rest = [
    ...(more > 0 ? [`${plural(more, 'file more', 'files more')}, not listed`] : []),
    ...(hidden > 0 ? [`${plural(hidden, 'hidden file', 'hidden files')} of systems`] : []),
  ];
  return (
    <>
      {files.length === 0 && stick.files.length > 0 ? null : files.length === 0 ? (
        <p className="dim stick-line">No file lies on it.</p>
      ) : (
        <ul className="object-list" aria-label={`Files on ${stick.label}`}>
          {(fold ? files.filter((file) => !isStranger(file)) : files).map((file) => (
            <FileCard key={file.name} stick={stick} file={file} />
          ))}
          {fold ? <Strangers files={strangers} /> : null}
        </ul>
      )}
      {rest.length === 0 ? null : <p className="quiet small stick-line">{rest.join('; ')}</p>}
    </>
  );
}
