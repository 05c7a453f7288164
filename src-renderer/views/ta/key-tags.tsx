/** The keys of a child by their state: counted in a table, one by one where there is room. */
import type { ProxyChildView } from '#shared/contract/ta-proxy.ts';
import { HexValue } from '../../components/hex-value.tsx';
import { Tag } from '../../components/tag.tsx';
import type { Tone } from '../../components/tag.tsx';
import { Time } from '../../components/time.tsx';

type Key = ProxyChildView['keys'][number];

const STATES: Record<Key['state'], { word: string; tone: Tone }> = {
  'in-use': { word: 'in use', tone: 'good' },
  asked: { word: 'asked', tone: 'note' },
  revoking: { word: 'to be revoked', tone: 'careful' },
  revoked: { word: 'revoked', tone: 'plain' },
};

const ORDER: readonly Key['state'][] = ['in-use', 'asked', 'revoking', 'revoked'];

export function KeyTags({ keys }: { keys: readonly Key[] }) {
  if (keys.length === 0) return <span className="quiet">none</span>;
  return ORDER.map((state) => {
    const count = keys.filter((key) => key.state === state).length;
    return count === 0 ? null : (
      <Tag key={state} tone={STATES[state].tone}>
        {count} {STATES[state].word}
      </Tag>
    );
  });
}

export function KeyList({ keys }: { keys: readonly Key[] }) {
  if (keys.length === 0)
    return <p className="dim">It has asked for nothing yet: it needs res.xml, and then it asks by itself.</p>;
  return (
    <table className="table" data-stack>
      <thead>
        <tr>
          <th>Key</th>
          <th>State</th>
          <th>Due</th>
          <th>Ends</th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.keyId}>
            <td>
              <HexValue hex={key.keyId} label="Key identifier" groups={6} />
              {key.repository === '' ? null : <div className="quiet mono small wrap">{key.repository}</div>}
            </td>
            <td>
              <Tag tone={STATES[key.state].tone}>{STATES[key.state].word}</Tag>{' '}
              {key.waiting ? <Tag tone="note">answer waits to be fetched</Tag> : null}
            </td>
            <td>
              {key.renewAt === null ? <span className="quiet">no date</span> : <Time at={key.renewAt} />}
            </td>
            <td>
              {key.notAfter === null ? (
                <span className="quiet">no certificate</span>
              ) : (
                <Time at={key.notAfter} />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
