/** One child of a request or a response: what it asks for in a list of all, its resources before and after, each wish in full. */
import type { ChildReview } from '#shared/contract/ta-review.ts';
import { Dated } from '../../components/dated.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { Tag } from '../../components/tag.tsx';
import type { Tone } from '../../components/tag.tsx';
import { Time } from '../../components/time.tsx';
import { Notice } from '../../components/verdict.tsx';

export type Wish = ChildReview['wishes'][number];

const WHAT: Record<Wish['what'], { word: string; tone: Tone }> = {
  new: { word: 'new certificate', tone: 'good' },
  rekey: { word: 'new key', tone: 'good' },
  renew: { word: 'renew, same key', tone: 'note' },
  revoke: { word: 'revoke', tone: 'bad' },
};

function counts(wishes: readonly Wish[]): { text: string; tone: Tone }[] {
  const issue = wishes.filter(({ what }) => what === 'new' || what === 'rekey').length;
  const renew = wishes.filter(({ what }) => what === 'renew').length;
  const revoke = wishes.filter(({ what }) => what === 'revoke').length;
  return [
    ...(issue > 0 ? [{ text: `+${issue} issue`, tone: 'good' as const }] : []),
    ...(renew > 0 ? [{ text: `${renew} renew`, tone: 'note' as const }] : []),
    ...(revoke > 0 ? [{ text: `−${revoke} revoke`, tone: 'bad' as const }] : []),
  ];
}

/** The children that are in it, one to choose. `failed`: said of one with a problem. `foot`: what is not in the list. */
export function ReviewedChildren(props: {
  asking: readonly ChildReview[];
  selected: string | null;
  onSelect: (handle: string) => void;
  failed: string;
  foot: string;
}) {
  const { asking, failed, foot } = props;
  return (
    <Card title="Children" note={`${asking.length} ask`} flush>
      <ul className="object-list review-children">
        {asking.map((child) => (
          <li key={child.handle}>
            <button
              type="button"
              className="object-link"
              aria-current={child.handle === props.selected}
              onClick={() => props.onSelect(child.handle)}
            >
              <b className="wrap">{child.handle}</b>
              <span className="push">
                {counts(child.wishes).map(({ text, tone }) => (
                  <Tag key={text} tone={tone}>
                    {text}
                  </Tag>
                ))}
                {child.wishes.some(({ problems }) => problems.length > 0) ? (
                  <Tag tone="bad">{failed}</Tag>
                ) : null}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <p className="load-line">{foot}</p>
    </Card>
  );
}

function Chips({ items, change }: { items: readonly string[]; change?: 'added' | 'removed' }) {
  return items.map((item) => (
    <span key={item} className="chip" {...(change ? { 'data-change': change } : {})}>
      {item}
      {change ? <span className="visually-hidden"> {change}</span> : null}
    </span>
  ));
}

const FAMILIES = [
  ['asn', 'ASN'],
  ['ipv4', 'IPv4'],
  ['ipv6', 'IPv6'],
] as const;

/** Resources before and after, as sets. `after`: the head over what comes. */
export function ChildResources({ child, after }: { child: ChildReview; after: string }) {
  return (
    <table className="table">
      <thead>
        <tr>
          <th>Resources</th>
          <th>{child.known ? 'Before' : 'Before: not known here'}</th>
          <th>{after}</th>
        </tr>
      </thead>
      <tbody>
        {FAMILIES.map(([family, label]) => {
          const { kept, added, removed } = child[family];
          return (
            <tr key={family}>
              <td className="quiet">{label}</td>
              <td>
                <Chips items={kept} />
                <Chips items={removed} change="removed" />
                {child.known && kept.length + removed.length === 0 ? (
                  <span className="quiet">none</span>
                ) : null}
              </td>
              <td>
                <Chips items={kept} />
                <Chips items={added} change="added" />
                {kept.length + added.length === 0 ? <span className="quiet">none</span> : null}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** `resources`: what its certificate has, where there is one by now. `past`: it was done. */
export function WishFacts(props: { wish: Wish; resources?: readonly string[] | undefined; past?: boolean }) {
  const { wish, resources, past = false } = props;
  const { word, tone } = WHAT[wish.what];
  return (
    <div className="review-wish">
      <div className="row-wrap">
        <span className="quiet">{wish.what === 'revoke' ? 'certificate of key' : 'certificate for key'}</span>
        <HexValue hex={wish.keyId} label="Key identifier" groups={10} />
        <Tag tone={tone}>{word}</Tag>
      </div>
      {wish.problems.map(({ text, clause }) => (
        <Notice key={text} severity="bad">
          <Dated text={text} /> <span className="quiet">{clause}</span>
        </Notice>
      ))}
      <KeyValue
        items={[
          wish.repository !== '' && [
            'Publishes at',
            <span key="value" className="mono wrap">
              {wish.repository}
            </span>,
          ],
          wish.manifest !== '' && [
            'Manifest',
            <span key="value" className="mono wrap">
              {wish.manifest}
            </span>,
          ],
          wish.notify !== '' && [
            'RRDP',
            <span key="value" className="mono wrap">
              {wish.notify}
            </span>,
          ],
          wish.limit.length > 0 && [
            'Limited to',
            <span key="value" className="mono wrap">
              {wish.limit.join(', ')}
            </span>,
          ],
          resources !== undefined &&
            resources.length > 0 && [
              'Certifies',
              <span key="value" className="mono wrap">
                {resources.join(', ')}
              </span>,
            ],
          wish.before !== null && [
            wish.what === 'revoke' ? 'Ends early' : 'Replaces',
            <span key="value">
              a certificate until <Time at={wish.before.notAfter} />
            </span>,
          ],
          wish.what !== 'revoke' && ['Request key', 'RSA 2048, proof of possession verified'],
          wish.validUntil !== null && [
            past ? 'Its certificate' : 'Will be valid',
            <span key="value">
              {past ? 'valid until' : 'until'} <Time at={wish.validUntil} />
            </span>,
          ],
        ]}
      />
    </div>
  );
}
