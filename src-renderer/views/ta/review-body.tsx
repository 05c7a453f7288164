/** The body of a review: children on the left, one wish beside what was before, what signing will make. For open and past ones. */
import { useState } from 'react';
import type { ChildReview, ExchangeReview } from '#shared/contract/ta-review.ts';
import { useNow } from '../../app/clock.ts';
import { Dated } from '../../components/dated.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { Tag } from '../../components/tag.tsx';
import type { Tone } from '../../components/tag.tsx';
import { Time } from '../../components/time.tsx';
import { Notice } from '../../components/verdict.tsx';

type Wish = ChildReview['wishes'][number];

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

function Children(props: {
  review: ExchangeReview;
  selected: string | null;
  onSelect: (handle: string) => void;
}) {
  const { children, quietChildren } = props.review;
  return (
    <Card title="Children" note={`${children.length} ask`} flush>
      <ul className="object-list review-children">
        {children.map((child) => (
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
                  <Tag tone="bad">cannot be signed</Tag>
                ) : null}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <p className="load-line">
        {quietChildren === 0
          ? 'No other child has a certificate.'
          : `${quietChildren} without requests, unchanged`}
      </p>
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

function Resources({ child }: { child: ChildReview }) {
  return (
    <table className="table">
      <thead>
        <tr>
          <th>Resources</th>
          <th>{child.known ? 'Before' : 'Before: not known here'}</th>
          <th>This request</th>
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

function WishFacts({ wish }: { wish: Wish }) {
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
          wish.before !== null && [
            wish.what === 'revoke' ? 'Ends early' : 'Replaces',
            <span key="value">
              a certificate until <Time at={wish.before.notAfter} />
            </span>,
          ],
          wish.what !== 'revoke' && ['Request key', 'RSA 2048, proof of possession verified'],
          wish.validUntil !== null && [
            'Will be valid',
            <span key="value">
              until <Time at={wish.validUntil} />
            </span>,
          ],
        ]}
      />
    </div>
  );
}

/** `moves`: what changes although the number stays. */
function Change({ before, after, moves = '' }: { before: string; after: string; moves?: string }) {
  return before === after ? (
    <span className="num">
      {after}, {moves === '' ? 'unchanged' : moves}
    </span>
  ) : (
    <span className="num">
      {before} → <b>{after}</b>
    </span>
  );
}

/** "1 new, 1 revoked": what signing does to certificates. */
function movesOf({ children }: ExchangeReview): string {
  const wishes = children.flatMap((child) => child.wishes);
  const count = (...what: Wish['what'][]): number => wishes.filter((wish) => what.includes(wish.what)).length;
  return [
    [count('new', 'rekey'), 'new'] as const,
    [count('renew'), 'renewed'] as const,
    [count('revoke'), 'revoked'] as const,
  ]
    .filter(([many]) => many > 0)
    .map(([many, word]) => `${many} ${word}`)
    .join(', ');
}

export function Outcome({ review, past = false }: { review: ExchangeReview; past?: boolean }) {
  const { outcome, advisory, signedAt } = review;
  const now = new Date(useNow()).toISOString();
  return (
    <div className="stack">
      <Card title={past ? 'Signing made' : 'Signing will make'}>
        <KeyValue
          items={[
            [
              'Manifest, CRL',
              <span key="value">
                number <Change {...outcome.number} />
              </span>,
            ],
            !past && signedAt !== null && ['Request signed', <Time key="value" at={signedAt} clock />],
            !past && ['This machine’s clock', <Time key="value" at={now} clock />],
            ['Next update', <Time key="value" at={outcome.nextUpdate} />],
            ['Certificates', <Change key="value" {...outcome.certificates} moves={movesOf(review)} />],
            ['Revoked', <Change key="value" {...outcome.revoked} />],
            [
              'TA certificate',
              <span key="value">
                unchanged, until <Time at={outcome.taNotAfter} />
              </span>,
            ],
            ['Key', `in ${outcome.key}`],
          ]}
        />
      </Card>
      {advisory.length === 0 ? null : (
        <section className="unsigned" aria-label="Not covered by the signature">
          <h2>Not covered by the signature</h2>
          {advisory.map(({ says, own }) => (
            <p key={says}>
              <Dated text={says} />{' '}
              <b>
                <Dated text={own} />
              </b>
            </p>
          ))}
        </section>
      )}
    </div>
  );
}

export function ReviewBody({ review, past = false }: { review: ExchangeReview; past?: boolean }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const child = review.children.find(({ handle }) => handle === chosen) ?? review.children[0];
  if (!review.readable)
    return (
      <Card title="What it asks for cannot be read">
        <p className="dim">Nothing can be signed for it: copy it again from the proxy's machine.</p>
      </Card>
    );
  return (
    <div className="review-grid">
      <Children review={review} selected={child?.handle ?? null} onSelect={setChosen} />
      {child === undefined ? (
        <Card title="No child asks for anything">
          <p className="dim">Signing renews CRL and manifest, and nothing else.</p>
        </Card>
      ) : (
        <Card title={child.handle} note={child.known ? undefined : 'a new child'} flush>
          <Resources child={child} />
          {child.wishes.map((wish) => (
            <WishFacts key={wish.keyId} wish={wish} />
          ))}
        </Card>
      )}
      <Outcome review={review} past={past} />
    </div>
  );
}
