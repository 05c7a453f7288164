/** The keys of a local child, a row each: state, certificate, when it is renewed, its manifest, the parent's last word. */
import type { ChildKeyView } from '#shared/contract/ta-child.ts';
import { Dated } from '../../components/dated.tsx';
import { Card } from '../../components/card.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { Hint } from '../../components/hint.tsx';
import { Tag } from '../../components/tag.tsx';
import { Ago, Left, Time } from '../../components/time.tsx';
import { Notice } from '../../components/verdict.tsx';
import { KEY_STATE } from './child-words.ts';

function State({ state }: { state: ChildKeyView['state'] }) {
  const { word, tone, says } = KEY_STATE[state];
  return (
    <Hint text={says} focusable>
      <Tag tone={tone}>{word}</Tag>
    </Hint>
  );
}

function Certificate({ row }: { row: ChildKeyView }) {
  if (row.certificate === null)
    return (
      <span className="quiet">
        {row.csr ? 'none; 1 request is pending' : 'none; its request is not made yet'}
      </span>
    );
  if (row.state === 'revoked')
    return (
      <span className="quiet">
        revoked; it would have ended on <Time at={row.certificate.notAfter} />
      </span>
    );
  return (
    <>
      until <Time at={row.certificate.notAfter} /> (<Left to={row.certificate.notAfter} />)
      {row.renewFrom === null ? null : (
        <div className="dim">
          renewal not due before <Time at={row.renewFrom} />
        </div>
      )}
    </>
  );
}

function Published({ row }: { row: ChildKeyView }) {
  if (row.state === 'revoked') return <span className="quiet">withdrawn</span>;
  if (row.number === null || row.nextUpdate === null) return <span className="quiet">none yet</span>;
  return (
    <>
      number <b className="num">{row.number}</b>, next before <Time at={row.nextUpdate} />
      {row.remakeFrom === null ? null : (
        <div className="dim">
          made anew from <Time at={row.remakeFrom} />
        </div>
      )}
    </>
  );
}

/** The parent's last word about each key that waits: 1104 and 1101 are information. */
export function KeyWords({ keys }: { keys: readonly ChildKeyView[] }) {
  return keys.map(({ keyId, word }) =>
    word === null ? null : (
      <Notice key={keyId} severity={word.severity}>
        <Dated text={word.text} />{' '}
        <span className="quiet">
          (<Ago at={word.at} />)
        </span>
      </Notice>
    ),
  );
}

export function ChildKeys({ keys }: { keys: readonly ChildKeyView[] }) {
  return (
    <Card title="Keys" note={String(keys.length)} flush>
      <table className="table" data-stack>
        <thead>
          <tr>
            <th>State</th>
            <th>Key</th>
            <th>Certificate</th>
            <th>Manifest and CRL</th>
          </tr>
        </thead>
        <tbody>
          {keys.map((row) => (
            <tr key={row.keyId}>
              <td>
                <State state={row.state} />
              </td>
              <td>
                <HexValue hex={row.keyId} label="Key identifier" groups={4} />
              </td>
              <td>
                <Certificate row={row} />
              </td>
              <td>
                <Published row={row} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
