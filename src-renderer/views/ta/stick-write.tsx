/** What should be written to a stick now: each file with its button, what lies there already, and what came of writing. */
import { ArrowRight, Check, Download } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { Stick, StickOffer } from '#shared/contract/ta-stick.ts';
import type { Answer } from '#shared/contract/index.ts';
import { call } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { Dated } from '../../components/dated.tsx';
import { Button } from '../../components/button.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { Tag } from '../../components/tag.tsx';
import { Notice } from '../../components/verdict.tsx';
import { liesThere } from './stick-words.ts';
import { StickRefusal } from './stick-refusal.tsx';

type Written = Answer<'ta.stickWrite'>;

function WrittenNotice({ written, stick }: { written: Written; stick: Stick }) {
  const { name, already, fromMedium, sha256 } = written;
  return (
    <Notice severity="good" live>
      <p>
        {name} {already ? 'was on it already' : 'is on it'}, {fromMedium ? 'read back from it' : 'read back'}{' '}
        and the same.{stick.kind === 'volume' ? ' Eject it before you pull it out.' : ''}
      </p>
      <p className="row-wrap small">
        SHA-256 <HexValue hex={sha256} label={`SHA-256 of ${name}`} groups={8} />
      </p>
    </Notice>
  );
}

interface OfferProps {
  stick: Stick;
  offer: StickOffer;
  primary: boolean;
  onWritten: () => void;
}

function Offer({ stick, offer, primary, onWritten }: OfferProps) {
  const [written, setWritten] = useState<Written | null>(null);
  const write = useAction('ta.stickWrite', async (overwrite: boolean) => {
    setWritten(null);
    const done = await call('ta.stickWrite', { stick: stick.id, order: offer.order, overwrite });
    setWritten(done);
    onWritten();
  });
  const there = stick.files.some((file) => liesThere(offer, file));
  // Its own, taken, or of no use any more: nothing is lost with it.
  const lying = stick.files.find(({ name }) => name === offer.name)?.state;
  const harmless = lying === 'own' || lying === 'done' || lying === 'stale';
  const asks = write.error?.code === 'FILE_EXISTS';
  const question = useRef<HTMLDivElement>(null);
  const row = useRef<HTMLLIElement>(null);
  const asked = useRef(false);
  // The button that was pressed is gone with the question that comes, and with the one that goes.
  useEffect(() => {
    if (asks) question.current?.focus();
    else if (asked.current && document.activeElement === document.body)
      row.current?.querySelector<HTMLElement>(':scope > button')?.focus();
    asked.current = asks;
  }, [asks]);
  const room = stick.freeBytes === 0 ? 'It is full: delete something from it first' : null;
  return (
    <li className="settings-row" ref={row}>
      <div className="file-row">
        <Download aria-hidden />
        <div className="stack-tight">
          <div className="row-wrap">
            <b className="mono wrap">{offer.name}</b>
            <span className="file-way">
              {offer.from}
              <ArrowRight aria-label="to" />
              {offer.to}
            </span>
            {there ? (
              <Tag tone="good">
                <Check aria-hidden />
                on it
              </Tag>
            ) : null}
          </div>
          <span className="dim wrap">
            <Dated text={offer.says} />
          </span>
          {written === null ? null : <WrittenNotice written={written} stick={stick} />}
          {write.error === null ? null : asks ? (
            <div
              ref={question}
              tabIndex={-1}
              className="notice"
              data-severity={harmless ? 'note' : 'careful'}
              role="alert"
            >
              <div className="stack-tight">
                <p className="wrap">
                  <Dated text={write.error.message} />
                </p>
                <div className="row-wrap">
                  <Button size="small" onPress={() => write.clear()}>
                    Leave it
                  </Button>
                  <Button
                    size="small"
                    kind={harmless ? 'plain' : 'danger'}
                    busy={write.busy}
                    onPress={() => void write.run(true)}
                  >
                    Replace {offer.name}
                  </Button>
                </div>
              </div>
            </div>
          ) : (
            <StickRefusal error={write.error} />
          )}
        </div>
      </div>
      {asks ? null : (
        <Button
          size="small"
          kind={primary && !there ? 'primary' : 'plain'}
          busy={write.busy}
          whyDisabled={there ? null : room}
          onPress={() => void write.run(false)}
        >
          {there ? `Compare ${offer.name} again` : `Write ${offer.name} to it`}
        </Button>
      )}
    </li>
  );
}

export function StickWrite(props: {
  stick: Stick;
  offers: readonly StickOffer[];
  primary: boolean;
  onWritten: () => void;
}) {
  const { stick, offers, primary, onWritten } = props;
  if (offers.length === 0) return null;
  return (
    <ul className="object-list" aria-label={`To be written to ${stick.label}`}>
      {offers.map((offer, at) => (
        <Offer
          key={`${JSON.stringify(offer.order)} ${offer.sha256}`}
          stick={stick}
          offer={offer}
          primary={primary && at === 0}
          onWritten={onWritten}
        />
      ))}
    </ul>
  );
}
