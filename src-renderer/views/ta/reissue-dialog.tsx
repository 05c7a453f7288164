/** A new TA certificate for the same key: URIs and years; what must follow is said. */
import { useState } from 'react';
import type { SignerView } from '#shared/contract/ta.ts';
import { call } from '../../app/call.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { NumberField, parseNumber, TextField } from '../../components/text-field.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';
import { Notice } from '../../components/verdict.tsx';

/** As the set-up has it (ta-setup.ts). */
const MOST_YEARS = 500;

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
  const [done, setDone] = useState(false);
  const number = parseNumber(years);
  const { action, progress } = useStartedJob(
    'ta.reissue',
    () =>
      call('ta.reissue', {
        https: https.split(/\s+/).filter((uri) => uri !== ''),
        rsync: rsync.trim(),
        notify: notify.trim() === '' ? null : notify.trim(),
        years: number ?? 0,
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
        <div className="dialog-foot">
          <Button kind="primary" onPress={onClose}>
            Close
          </Button>
        </div>
      </>
    );
  if (progress !== null) return progress;
  const why =
    number === null || !Number.isInteger(number) || number < 1
      ? 'Say for how many years'
      : number > MOST_YEARS
        ? `At most ${MOST_YEARS} years`
        : null;
  return (
    <DialogForm action={action} why={why} verb="Reissue" onClose={onClose}>
      <p className="dim">
        The key and the base <span className="mono">{signer.baseUri}</span> stay for ever.
      </p>
      <TextField label="https URIs" mono lines={3} value={https} onChange={setHttps} help="One a line." />
      <TextField label="rsync URI" mono value={rsync} onChange={setRsync} />
      <TextField label="RRDP notification" mono optional value={notify} onChange={setNotify} />
      <NumberField label="Valid for" unit="years" value={years} onChange={setYears} />
    </DialogForm>
  );
}
