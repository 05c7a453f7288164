/** signer-info.json before it is believed: what it says, what it changes, and the fingerprint read on the signer's machine. */
import { useEffect, useRef, useState } from 'react';
import type { SignerInfoView } from '#shared/contract/ta-proxy-files.ts';
import { call } from '../../app/call.ts';
import { hrefOf, navigate } from '../../app/router.ts';
import { showToast } from '../../app/state.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Dated } from '../../components/dated.tsx';
import { Button } from '../../components/button.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { NotLoaded } from '../../components/not-loaded.tsx';
import { Page } from '../../components/page.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Time } from '../../components/time.tsx';
import { Verdict } from '../../components/verdict.tsx';
import { filesToPutOut, PutOut } from './put-out.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';

const BACK = { href: hrefOf('trust-anchor'), label: 'Trust anchor' };

function InfoVerdict({ info }: { info: SignerInfoView }) {
  const [title, severity] = info.older
    ? (['This file is older than what is here: bring the newest signer-info.json', 'bad'] as const)
    : info.faults.length > 0
      ? ([
          info.early === null
            ? 'This cannot be the signer of this proxy'
            : 'Not yet: this file is from the future. Compare the clocks of both machines',
          'bad',
        ] as const)
      : info.changes.length > 0
        ? (['The same trust anchor, with something new', 'careful'] as const)
        : info.known
          ? (['The signer is associated as it says here: nothing in it is new', 'good'] as const)
          : (['It fits, once its fingerprint is compared', 'note'] as const);
  return (
    <Verdict
      severity={severity}
      title={title}
      checks={[
        info.faults.length === 0
          ? { ok: true, text: "every object holds, and fits to this proxy's repository" }
          : { ok: false, text: 'something in it does not hold or does not fit: see below' },
        { ok: null, text: 'nobody signed the file: its identity must be compared' },
        ...(info.changes.some(({ what }) => what === 'Manifest number')
          ? [{ ok: null, text: 'what was signed since is published with the next response, not before' }]
          : []),
      ]}
    >
      {info.early === null ? null : (
        <p>
          If this clock is behind, set it and open the file again. If the signer's was ahead, the file can be
          taken from <Time at={info.early} clock /> on; to go on sooner, its operator sets the clock, presses
          “Go on from this clock…” there, and writes signer-info.json again.
        </p>
      )}
      {info.faults.length === 0 ? null : (
        <ul className="verdict-lines">
          {info.faults.map((fault) => (
            <li key={fault}>{fault}</li>
          ))}
        </ul>
      )}
    </Verdict>
  );
}

function Changes({ changes }: { changes: SignerInfoView['changes'] }) {
  return (
    <Card title="What changes" flush>
      <table className="table">
        <thead>
          <tr>
            <th>What</th>
            <th>Until now</th>
            <th>From now on</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ what, before, after }) => (
            <tr key={what}>
              <td className="quiet">{what}</td>
              <td className="wrap">
                <span className="chip wrap" data-change="removed">
                  <Dated text={before} />
                </span>
              </td>
              <td className="wrap">
                <span className="chip wrap" data-change="added">
                  <Dated text={after} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function Associate(props: { id: string; info: SignerInfoView; onTaken: () => void }) {
  const { id, info } = props;
  const [fingerprint, setFingerprint] = useState('');
  const { action, progress } = useStartedJob(
    'ta.associate',
    () => call('ta.associate', { id, fingerprint }),
    props.onTaken,
  );
  const own = useQuery('ta.signer', {}, ['ta']).data?.signer?.identity.sha256 ?? null;
  const error = action.error?.fieldError('fingerprint') ?? null;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // In a low window the field may lie below the fold.
    if (error !== null) form.current?.querySelector('input')?.focus();
    if (error !== null) form.current?.scrollIntoView({ block: 'end' });
  }, [error]);
  const verb = info.known ? 'Take it over' : 'Associate and publish';
  const why =
    info.faults.length > 0
      ? 'It cannot be the signer: see above'
      : info.known && info.changes.length === 0
        ? 'Nothing in it is new'
        : fingerprint.trim() === ''
          ? "Type the fingerprint from the signer's screen"
          : null;
  if (progress !== null) return <div className="action-bar">{progress}</div>;
  return (
    <form
      ref={form}
      className="action-bar"
      onSubmit={(event) => {
        event.preventDefault();
        if (why === null) void action.run();
      }}
    >
      {action.error && error === null ? <ErrorState error={action.error} /> : null}
      {info.faults.length === 0 ? (
        <div className="grow">
          <TextField
            label="Fingerprint on the signer's screen (SHA-256)"
            mono
            value={fingerprint}
            onChange={setFingerprint}
            maxLength={200}
            error={error}
            help="“Fingerprint…” on the signer's page shows it; at least the first 32 digits."
          />
          {own === null ? null : (
            <Button size="small" onPress={() => setFingerprint(own)}>
              Take it from the signer of this workspace
            </Button>
          )}
        </div>
      ) : null}
      <span className="push">
        <Button kind="primary" type="submit" busy={action.busy} whyDisabled={why}>
          {verb}
        </Button>
      </span>
    </form>
  );
}

export function SignerInfo({ route }: ViewProps) {
  const id = route.params['id'] ?? '';
  // Asked once: after it is taken, main has forgotten it.
  const found = useQuery('ta.signerInfo', { id }, []);
  const [taken, setTaken] = useState(false);
  const info = found.data;
  if (!info) return <NotLoaded title="Signer" found={found} back={BACK} />;
  const files = filesToPutOut(info.changes);
  if (taken)
    return <PutOut files={files} signed={info.changes.some(({ what }) => what === 'Manifest number')} />;
  return (
    <Page title="The signer's file" tags={<Tag>{info.name}</Tag>}>
      <InfoVerdict info={info} />
      {info.changes.length > 0 ? <Changes changes={info.changes} /> : null}
      <Card title="What it says">
        <KeyValue
          items={[...Map.groupBy(info.lines, ({ label }) => label)].map(([label, lines]) => [
            label,
            <>
              {lines.map(({ value }) => (
                <div key={value} className="mono wrap">
                  <Dated text={value} />
                </div>
              ))}
            </>,
          ])}
        />
      </Card>
      <Associate
        id={id}
        info={info}
        onTaken={() => {
          if (files.length > 0) setTaken(true);
          else {
            if (info.known)
              showToast(
                `${info.name} is taken over; what the signer made since is published with the next response`,
              );
            navigate('trust-anchor');
          }
        }}
      />
    </Page>
  );
}
