/** The evidence below a response's verdict: answers by child, numbers and dates, files, times of both sides. */
import { useState } from 'react';
import type { ResponseReview } from '#shared/contract/ta-proxy.ts';
import { Button } from '../../components/button.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { DataTable } from '../../components/data-table.tsx';
import type { Column } from '../../components/data-table.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { cutHex, HexValue } from '../../components/hex-value.tsx';
import { Tag } from '../../components/tag.tsx';
import type { Tone } from '../../components/tag.tsx';
import { Left, Time } from '../../components/time.tsx';
import { TimingTable } from './timing-table.tsx';

type Answer = ResponseReview['answers'][number];

const WHAT: Record<Answer['what'], { word: string; tone: Tone }> = {
  issued: { word: 'certificate', tone: 'good' },
  revoked: { word: 'revoked', tone: 'careful' },
  error: { word: 'refused', tone: 'bad' },
  missing: { word: 'not answered', tone: 'bad' },
};

const COLUMNS: readonly Column<Answer>[] = [
  {
    id: 'child',
    title: 'Child',
    width: 'minmax(9rem, 1fr)',
    cell: (row) => <b className="truncate">{row.child}</b>,
  },
  {
    id: 'what',
    title: 'Answer',
    width: '10.5rem',
    cell: (row) => <Tag tone={WHAT[row.what].tone}>{WHAT[row.what].word}</Tag>,
  },
  {
    id: 'key',
    title: 'Key',
    width: '18rem',
    cell: (row) => <HexValue hex={row.keyId} label="Key identifier" groups={4} />,
  },
  {
    id: 'resources',
    title: 'Resources',
    width: 'minmax(14rem, 2fr)',
    cell: (row) => <span className="mono truncate">{row.resources.join(', ')}</span>,
  },
  {
    id: 'ends',
    title: 'Until',
    width: '11rem',
    drop: 1,
    cell: (row) => (row.notAfter === null ? null : <Time at={row.notAfter} />),
  },
];

const SHOWN = 100;

function Files({
  title,
  names,
  change,
}: {
  title: string;
  names: readonly string[];
  change?: 'added' | 'removed';
}) {
  if (names.length === 0) return null;
  return (
    <div>
      <p className="quiet">
        {title}, {names.length}
      </p>
      {names.slice(0, SHOWN).map((name) => (
        <span key={name} className="chip wrap" {...(change ? { 'data-change': change } : {})}>
          {name}
        </span>
      ))}
      {names.length > SHOWN ? <span className="quiet">and {names.length - SHOWN} more</span> : null}
    </div>
  );
}

function Objects({ objects }: Pick<ResponseReview, 'objects'>) {
  const { added, replaced, withdrawn, unchanged } = objects;
  const none = added.length + replaced.length + withdrawn.length === 0;
  return (
    <Card title="In the repository" note={`${unchanged} unchanged`}>
      <div className="stack">
        {none ? <p className="dim">No file changes.</p> : null}
        <Files title="Added" names={added} change="added" />
        <Files title="Replaced" names={replaced} />
        <Files title="Withdrawn" names={withdrawn} change="removed" />
      </div>
    </Card>
  );
}

/** One answer in full: a row has one line, and a long list of resources must be readable before it is published. */
function AnswerDialog({ answer, onClose }: { answer: Answer | null; onClose: () => void }) {
  return (
    <Dialog
      open={answer !== null}
      onClose={onClose}
      title={answer === null ? '' : `Answer to ${answer.child}`}
      size="wide"
      foot={<Button onPress={onClose}>Close</Button>}
    >
      {answer === null ? null : (
        <KeyValue
          items={[
            [
              'Answer',
              <Tag key="value" tone={WHAT[answer.what].tone}>
                {WHAT[answer.what].word}
              </Tag>,
            ],
            ['Key', <HexValue key="value" hex={answer.keyId} label="Key identifier" groups={10} />],
            answer.resources.length > 0 && [
              'Resources',
              <span key="value" className="mono wrap">
                {answer.resources.join(', ')}
              </span>,
            ],
            answer.notAfter !== null && ['Until', <Time key="value" at={answer.notAfter} />],
          ]}
        />
      )}
    </Dialog>
  );
}

/** What a row has room for, in signs, and how many longer lists stand below the rows. */
const ROW_SIGNS = 40;
const MOST_LISTS = 6;

/** Lists of resources that no row has room for: the same list once, with every key that gets it. */
function LongLists({ answers }: { answers: readonly Answer[] }) {
  const lists = [...Map.groupBy(answers, ({ resources }) => resources.join(', '))].filter(
    ([text]) => text.length > ROW_SIGNS,
  );
  if (lists.length === 0) return null;
  return (
    <section className="child-detail stack" aria-label="Resources in full">
      {lists.slice(0, MOST_LISTS).map(([text, of]) => (
        <div key={text} className="stack-tight">
          <p className="quiet wrap">
            {of
              .slice(0, MOST_LISTS)
              .map(({ child, keyId }) => `${child}, key ${cutHex(keyId, 4)}`)
              .join('; ')}
            {of.length > MOST_LISTS ? `; and ${of.length - MOST_LISTS} more` : ''}
          </p>
          <p className="mono wrap">{text}</p>
        </div>
      ))}
      {lists.length > MOST_LISTS ? (
        <p className="quiet">and {lists.length - MOST_LISTS} more: open a row to see its own.</p>
      ) : null}
    </section>
  );
}

const answerId = (row: Answer): string => `${row.child} ${row.keyId}`;

export function ResponseBody({ review }: { review: ResponseReview }) {
  const [shown, setShown] = useState<Answer | null>(null);
  const { answers, answersOpen, number, nextUpdate, signedAt, goodUntil } = review;
  return (
    <>
      <Card title="Answers" note={String(answers.length)} flush>
        <DataTable
          label="Answers"
          plain
          columns={COLUMNS}
          rows={answers}
          rowId={answerId}
          onOpen={setShown}
          maxRows={10}
          empty={
            <p className="load-line">
              {answersOpen
                ? 'The request asked for nothing, so the response renews manifest and CRL only.'
                : 'It does not answer the open request, so there is nothing to compare its answers with.'}
            </p>
          }
        />
        <LongLists answers={answers} />
        <AnswerDialog answer={shown} onClose={() => setShown(null)} />
      </Card>
      <div className="columns">
        <Card title="Publishing makes">
          <KeyValue
            items={[
              [
                'Manifest, CRL',
                <span key="value" className="num">
                  number {number.before} <span aria-hidden>→</span>
                  <span className="visually-hidden">becomes</span> <b>{number.after || 'not known'}</b>
                </span>,
              ],
              nextUpdate !== null && [
                'Next update',
                <>
                  <Time at={nextUpdate} /> (<Left to={nextUpdate} />)
                </>,
              ],
              signedAt !== null && ['Signed', <Time key="value" at={signedAt} clock />],
              goodUntil !== null && [
                'Good until',
                <>
                  <Time at={goodUntil} clock /> (<Left to={goodUntil} />)
                </>,
              ],
              review.nonce !== '' && [
                'Nonce',
                <span key="value" className="mono wrap">
                  {review.nonce}
                </span>,
              ],
            ]}
          />
        </Card>
        <Objects objects={review.objects} />
      </div>
      <TimingTable timing={review.timing} />
    </>
  );
}
