/** The exchange clock: who has the ball, how long the message lives, what is due after it. */
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import type { Where } from './guide-steps.ts';
import { Dated } from '../../components/dated.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { Tag } from '../../components/tag.tsx';
import type { Tone } from '../../components/tag.tsx';
import { Left, Time } from '../../components/time.tsx';

const HOLDER: Record<ProxyView['ball']['who'], { word: string; tone: Tone }> = {
  proxy: { word: 'the proxy has it', tone: 'accent' },
  courier: { word: 'the courier has it', tone: 'careful' },
  signer: { word: 'the signer has it', tone: 'note' },
  nobody: { word: 'nothing is open', tone: 'good' },
};

function Place(props: { name: string; holds: boolean; children: React.ReactNode }) {
  return (
    <li className="ball-place" data-holds={props.holds || undefined}>
      <b>{props.name}</b>
      <span className="dim">{props.children}</span>
      {props.holds ? <span className="visually-hidden">has it now</span> : null}
    </li>
  );
}

/** The child certificate that ends first. */
function firstEnd({ children }: ProxyView): { child: string; notAfter: string } | null {
  const ends = children.flatMap(({ handle, keys }) =>
    keys.flatMap(({ notAfter }) => (notAfter === null ? [] : [{ child: handle, notAfter }])),
  );
  return ends.reduce<(typeof ends)[number] | null>(
    (first, one) => (first === null || one.notAfter < first.notAfter ? one : first),
    null,
  );
}

/** `holder`: who has an exchange that is under way, as the guide knows by the files that were handed out; null: as the proxy says. */
export function ExchangeClock(props: { proxy: ProxyView; holder: Where | null }) {
  const { proxy } = props;
  const { open, signer } = proxy;
  const ball = { ...proxy.ball, who: props.holder ?? proxy.ball.who };
  const ends = firstEnd(proxy);
  const { word, tone } = HOLDER[ball.who];
  return (
    <Card title="Exchange clock" aside={<Tag tone={tone}>{word}</Tag>}>
      <div className="stack">
        <ol className="ball" aria-label="Who has the ball">
          <Place name="Proxy" holds={ball.who === 'proxy'}>
            {open === null ? (
              'no request open'
            ) : (
              <>
                request made <Time at={open.madeAt} />
              </>
            )}
          </Place>
          <Place name="Courier" holds={ball.who === 'courier'}>
            {open === null ? (
              'carries nothing'
            ) : (
              <>
                <Left to={open.goodUntil} /> left
              </>
            )}
          </Place>
          <Place name="Signer" holds={ball.who === 'signer'}>
            {signer === null ? 'not associated' : `last number ${signer.shown}`}
          </Place>
        </ol>
        <KeyValue
          items={[
            open !== null && [
              'Request ends',
              <>
                <Time at={open.goodUntil} clock /> (<Left to={open.goodUntil} />)
              </>,
            ],
            signer !== null && [
              'Manifest and CRL',
              <>
                next before <Time at={signer.nextUpdate} /> (<Left to={signer.nextUpdate} />)
              </>,
            ],
            ends !== null && [
              'First child to end',
              <>
                <span className="wrap">{ends.child}</span>, <Time at={ends.notAfter} /> (
                <Left to={ends.notAfter} />)
              </>,
            ],
            signer !== null && [
              'TA certificate',
              <>
                until <Time at={signer.certificate.notAfter} /> (<Left to={signer.certificate.notAfter} />)
              </>,
            ],
          ]}
        />
        {open === null ? (
          <p className="dim">
            <Dated text={ball.text} />
          </p>
        ) : null}
      </div>
    </Card>
  );
}
