/** The approval of a request: the digits each approver reads on the proxy's machine, and the three ways on. */
import { useState } from 'react';
import type { ExchangeReview } from '#shared/contract/ta-review.ts';
import { call } from '../../app/call.ts';
import type { CallError } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Notice } from '../../components/verdict.tsx';
import { ApproverName, namesMissing, NO_NAMES, whoApproves } from './approver-names.tsx';
import { NumberDialog } from './number-dialog.tsx';
import { RejectDialog } from './reject-dialog.tsx';
import { TodayField, whyNotToday } from './today-field.tsx';

export interface ChosenNumber {
  value: string;
  reason: string;
}

/** What the approvers typed of a request. */
export interface Typed {
  /** Today's date, where it is asked for. */
  today: string;
  groups: Record<number, string>;
  names: readonly string[];
}

/** The groups of each approver, in the order main asked for them. */
function parts({ groups, approvers }: ExchangeReview): number[][] {
  const each = groups.length / approvers;
  return Array.from({ length: approvers }, (_, at) => groups.slice(at * each, (at + 1) * each));
}

/** Four digits, or two words. What they are is for main to say. */
const isWhole = (text: string): boolean =>
  /^\s*\S\s*\S\s*\S\s*\S\s*$/.test(text) || /^\s*\S{4,}[\s-]+\S{4,}\s*$/.test(text);

function missingText(review: ExchangeReview, { groups, names, today }: Typed): string | null {
  if (!review.canSign) return 'It cannot be signed';
  const missing = review.groups.filter((group) => !isWhole(groups[group] ?? ''));
  if (missing.length > 0) return `Read group ${missing.join(', ')} on the proxy's machine`;
  const late = review.dateAsked === null ? null : whyNotToday(today);
  return late ?? (review.approvers === 2 ? namesMissing(names) : null);
}

/** Digits that are others: of another file, or misread; said at each field as well. */
function OtherDigits({ error }: { error: CallError }) {
  return (
    <div role="alert">
      <Notice severity="bad">
        <b>The digits are not those of this file.</b> {error.message}
      </Notice>
    </div>
  );
}

function Digits(props: {
  review: ExchangeReview;
  typed: Typed;
  onTyped: (typed: Typed) => void;
  errorOf: (group: number) => string | null;
}) {
  const { review, typed, onTyped } = props;
  return (
    <>
      {review.groups.length === 0 ? null : (
        <p className="dim review-ask">
          On the proxy's machine, read these groups of the file's SHA-256: the four digits
          <span className="mono"> (sha256sum request.json)</span> or the two words on the proxy's card
        </p>
      )}
      {parts(review).map((groups, at) => (
        <fieldset key={whoApproves(at)} className="row-wrap review-approver">
          <legend className="visually-hidden">{review.approvers === 2 ? whoApproves(at) : 'Digits'}</legend>
          {review.approvers === 2 ? (
            <ApproverName at={at} names={typed.names} onNames={(names) => onTyped({ ...typed, names })} />
          ) : null}
          {groups.map((group) => (
            <TextField
              key={group}
              label={`Group ${group}`}
              error={props.errorOf(group)}
              mono
              maxLength={40}
              className="input-group-digits"
              value={typed.groups[group] ?? ''}
              onChange={(text) => onTyped({ ...typed, groups: { ...typed.groups, [group]: text } })}
            />
          ))}
        </fieldset>
      ))}
    </>
  );
}

export function Approval(props: {
  id: string;
  review: ExchangeReview;
  /** Another number than the next one. */
  number: ChosenNumber | null;
  onNumber: (number: ChosenNumber) => void;
  onJob: (job: string) => void;
  /** null: nothing yet. */
  typed: Typed | null;
  onTyped: (typed: Typed) => void;
}) {
  const { id, review, number, onNumber, onJob, onTyped: setTyped } = props;
  const nothing: Typed = { today: '', groups: {}, names: review.approvers === 2 ? NO_NAMES : [] };
  const typed = props.typed ?? nothing;
  const [lowest] = useState(review.outcome.number.after);
  const [dialog, setDialog] = useState<'reject' | 'number' | null>(null);
  const approve = useAction('ta.approve', async () => {
    const groups = review.groups.map((group) => typed.groups[group] ?? '');
    const today = review.dateAsked === null ? null : typed.today.trim();
    onJob((await call('ta.approve', { id, groups, names: [...typed.names], number, today })).job);
  });
  const why = missingText(review, typed);
  const refused = (path: string): boolean =>
    approve.error?.details.fields?.some((field) => field.path.startsWith(path)) === true;
  const wrongDate = review.dateAsked === null ? null : (approve.error?.fieldError('today') ?? null);
  return (
    <div className="action-bar">
      {approve.error === null || wrongDate !== null || refused('typed.') ? null : refused('groups.') ? (
        <OtherDigits error={approve.error} />
      ) : (
        <ErrorState error={approve.error} />
      )}
      <form
        className="row-wrap grow"
        onSubmit={(event) => {
          event.preventDefault();
          if (why === null) void approve.run();
        }}
      >
        {review.canSign && (review.groups.length > 0 || review.approvers === 2) ? (
          <Digits
            review={review}
            typed={typed}
            onTyped={setTyped}
            errorOf={(group) =>
              approve.error?.fieldError(`typed.${group}`) ??
              approve.error?.fieldError(`groups.${group}`) ??
              null
            }
          />
        ) : null}
        {review.canSign && review.dateAsked !== null ? (
          <TodayField
            says={review.dateAsked}
            value={typed.today}
            onChange={(today) => setTyped({ ...typed, today })}
            error={wrongDate}
          />
        ) : null}
        {review.canSign && !review.airGapped ? <Tag tone="careful">not air-gapped</Tag> : null}
        <span className="push row-wrap">
          <Button onPress={() => setDialog('reject')}>Reject…</Button>
          {review.canSign ? <Button onPress={() => setDialog('number')}>Number…</Button> : null}
          <Button kind="primary" type="submit" busy={approve.busy} whyDisabled={why}>
            {`Sign response ${number?.value ?? review.outcome.number.after}`}
          </Button>
        </span>
      </form>
      <RejectDialog id={id} open={dialog === 'reject'} onClose={() => setDialog(null)} />
      <NumberDialog
        lowest={lowest}
        open={dialog === 'number'}
        onClose={() => setDialog(null)}
        onChosen={onNumber}
      />
    </div>
  );
}
