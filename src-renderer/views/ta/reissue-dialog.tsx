/** A new TA certificate for the same key: URIs and years; what must follow is said. */
import { useState } from 'react';
import type { SignerView } from '#shared/contract/ta.ts';
import { call } from '../../app/call.ts';
import { useNow } from '../../app/clock.ts';
import { CloseFoot, Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { NumberField, parseNumber, TextField } from '../../components/text-field.tsx';
import { Time } from '../../components/time.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';
import { Notice } from '../../components/verdict.tsx';
import { useApprovers } from './approver-names.tsx';
import { TodayField, whyNotToday } from './today-field.tsx';

/** As the set-up has it (ta-setup.ts). */
const MOST_YEARS = 500;
/** Those whose refusal stands at the field. */
const FIELDS = ['https', 'rsync', 'notify', 'years'];

export function ReissueDialog(props: { signer: SignerView; open: boolean; onClose: () => void }) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Reissue the TA certificate" size="wide">
      <Body {...props} />
    </Dialog>
  );
}

function Body({ signer, onClose }: { signer: SignerView; onClose: () => void }) {
  const [https, setHttps] = useState(signer.talUris.filter((uri) => uri.startsWith('https:')).join('\n'));
  const [rsync, setRsync] = useState(signer.talUris.find((uri) => uri.startsWith('rsync:')) ?? '');
  const [notify, setNotify] = useState(signer.notify ?? '');
  const [years, setYears] = useState(String(signer.timing.certificateValidityYears));
  const [today, setToday] = useState('');
  const [done, setDone] = useState(false);
  const approvers = useApprovers();
  const now = useNow();
  const number = parseNumber(years);
  const { action, progress } = useStartedJob(
    'ta.reissue',
    () =>
      call('ta.reissue', {
        https: https.split(/\s+/).filter((uri) => uri !== ''),
        rsync: rsync.trim(),
        notify: notify.trim() === '' ? null : notify.trim(),
        years: number ?? 0,
        today: today.trim() === '' ? null : today.trim(),
        names: approvers.names,
      }),
    () => setDone(true),
  );
  if (done)
    return (
      <>
        <Notice severity="good" live>
          The certificate is reissued.
        </Notice>
        <ol>
          <li>
            Bring signer-info.json to the proxy, which takes it over: hand it out from the trust anchor's
            page. With Krill: krillta proxy signer update --info signer-info.json
          </li>
          <li>Put the new ta.cer at every place the TAL names.</li>
          <li>When a URI changed: publish the new ta.tal and tell relying parties.</li>
          <li>
            The next response points at the new place; certificates of children follow when each is renewed.
          </li>
        </ol>
        <CloseFoot onClose={onClose} />
      </>
    );
  if (progress !== null) return progress;
  const wrongYears =
    number === null || !Number.isInteger(number) || number < 1
      ? 'Say for how many years'
      : number > MOST_YEARS
        ? `At most ${MOST_YEARS} years`
        : null;
  const why = wrongYears ?? (signer.dateAsked === null ? null : whyNotToday(today)) ?? approvers.why;
  const { error } = action;
  const refused = (path: string): string | null => error?.fieldError(path) ?? null;
  const from = new Date(now);
  const until = new Date(now);
  until.setUTCFullYear(from.getUTCFullYear() + (wrongYears === null ? (number ?? 0) : 0));
  return (
    <DialogForm
      action={action}
      why={why}
      verb="Reissue"
      onClose={onClose}
      saidByField={[...FIELDS, ...(signer.dateAsked === null ? [] : ['today'])].some(
        (path) => refused(path) !== null,
      )}
    >
      <p className="dim">
        The key and the base <span className="mono">{signer.baseUri}</span> stay for ever.
      </p>
      <TextField
        label="https URIs"
        mono
        lines={3}
        value={https}
        onChange={setHttps}
        help="One a line."
        error={refused('https')}
      />
      <TextField label="rsync URI" mono value={rsync} onChange={setRsync} error={refused('rsync')} />
      <TextField
        label="RRDP notification"
        mono
        optional
        value={notify}
        onChange={setNotify}
        error={refused('notify')}
        help="The whole https URI of the file, which ends in .xml."
      />
      <NumberField
        label="Valid for"
        unit="years"
        value={years}
        onChange={setYears}
        error={wrongYears === null ? refused('years') : `${wrongYears}.`}
      />
      <p className="dim">
        By this machine's clock it is <Time at={from.toISOString()} clock />
        {wrongYears === null ? (
          <>
            : the certificate lasts from then until <Time at={until.toISOString()} />
          </>
        ) : null}
        .
      </p>
      {signer.dateAsked === null ? null : (
        <TodayField says={signer.dateAsked} value={today} onChange={setToday} error={refused('today')} />
      )}
      {approvers.fields}
    </DialogForm>
  );
}
