/** The steps around a request, each with what it means: make one, sign the open one anew, withdraw it. */
import { useState } from 'react';
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import { call } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { Dated } from '../../components/dated.tsx';
import { Checkbox } from '../../components/choices.tsx';
import { DialogForm, whyNotReason } from '../../components/dialog-form.tsx';
import { TodayField, whyNotToday } from './today-field.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Notice } from '../../components/verdict.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';

interface BodyProps {
  proxy: ProxyView;
  onClose: () => void;
}

const typed = (today: string): string | null => (today.trim() === '' ? null : today.trim());
const whyNotNow = ({ clockBehind }: ProxyView, today: string): string | null =>
  clockBehind === null ? null : whyNotToday(today);
const fieldError = (action: ReturnType<typeof useStartedJob>['action']): string | null =>
  action.error?.fieldError('today') ?? null;

/** The date from another clock, where this one is behind what was done here last. */
function ClockField(props: {
  proxy: ProxyView;
  value: string;
  onChange: (text: string) => void;
  error: string | null;
}) {
  const { proxy, ...field } = props;
  return proxy.clockBehind === null ? null : <TodayField says={proxy.clockBehind} {...field} />;
}

/** So many wishes are named. */
const SHOWN = 20;

export function MakeBody({ proxy, onClose }: BodyProps) {
  const locals = proxy.children.filter(({ local }) => local).length;
  const [ask, setAsk] = useState(locals > 0);
  const [today, setToday] = useState('');
  const make = useStartedJob(
    'ta.makeRequest',
    () => call('ta.makeRequest', { ask, today: typed(today) }),
    onClose,
  );
  const wishes = [...proxy.waiting, ...(ask ? proxy.wants.wishes : [])];
  if (make.progress !== null) return make.progress;
  return (
    <DialogForm
      action={make.action}
      why={proxy.open === null ? whyNotNow(proxy, today) : 'A request is open already'}
      saidByField={fieldError(make.action) !== null}
      verb="Make the request"
      onClose={onClose}
    >
      {proxy.infoWanted === null ? null : (
        <Notice severity="careful">
          <Dated text={proxy.infoWanted} />
        </Notice>
      )}
      <p>
        {wishes.length === 0
          ? 'No child wants anything at the moment. The request renews manifest and CRL.'
          : wishes.length === 1
            ? 'One wish waits for it.'
            : `${wishes.length} wishes wait for it.`}{' '}
        It gets a new nonce, is signed by the proxy, and stays the same file until you sign it anew on
        purpose.
      </p>
      {wishes.length === 0 ? null : (
        <ul className="verdict-lines">
          {wishes.slice(0, SHOWN).map((wish) => (
            <li key={wish}>{wish}</li>
          ))}
          {wishes.length > SHOWN ? <li>and {wishes.length - SHOWN} more</li> : null}
        </ul>
      )}
      {locals === 0 ? null : (
        <Checkbox value={ask} onChange={setAsk}>
          Ask the CAs of this workspace first what they need
        </Checkbox>
      )}
      <ClockField proxy={proxy} value={today} onChange={setToday} error={fieldError(make.action)} />
    </DialogForm>
  );
}

export function RefreshBody({ proxy, onClose }: BodyProps) {
  const [today, setToday] = useState('');
  const refresh = useStartedJob(
    'ta.refreshRequest',
    () => call('ta.refreshRequest', { today: typed(today) }),
    onClose,
  );
  const outdated = proxy.open?.outdated ?? [];
  if (refresh.progress !== null) return refresh.progress;
  return (
    <DialogForm
      action={refresh.action}
      why={proxy.open === null ? 'No request is open' : whyNotNow(proxy, today)}
      saidByField={fieldError(refresh.action) !== null}
      verb="Sign anew"
      onClose={onClose}
    >
      {outdated.length === 0 ? (
        <p>
          The wishes are the same, so the nonce stays and the request gets{' '}
          {proxy.timing.signedMessageValidityDays} new days. A response to the file that is on its way still
          fits.
        </p>
      ) : (
        <>
          <Notice severity="careful">
            Other wishes make another request, with another nonce. A response to the one that is on its way
            will be refused.
          </Notice>
          <ul className="verdict-lines">
            {outdated.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </>
      )}
      <p className="dim">The file and its digits are new either way: write it and carry it again.</p>
      <ClockField proxy={proxy} value={today} onChange={setToday} error={fieldError(refresh.action)} />
    </DialogForm>
  );
}

export function WithdrawBody({ proxy, onClose }: BodyProps) {
  const [reason, setReason] = useState('');
  const cancel = useAction('ta.cancelRequest', async () => {
    await call('ta.cancelRequest', { reason });
    onClose();
  });
  return (
    <DialogForm
      action={cancel}
      why={proxy.open === null ? 'No request is open' : whyNotReason(reason)}
      verb="Withdraw"
      onClose={onClose}
    >
      <Notice severity="careful">
        A response to this request will be refused, with today's date. Tell the signer's operator, if the file
        is on its way. If the signer signs it anyway, nothing of that is published: take its signer-info.json
        over, so that the next request fits to what it signed.
      </Notice>
      <TextField
        label="Reason"
        value={reason}
        onChange={setReason}
        maxLength={300}
        autoFocus
        help="It goes into the audit."
      />
    </DialogForm>
  );
}
