/** The doctor: what was looked at, top to bottom as it comes; each failure with its cause, where to look and how to mend it. */
import { CircleCheck, CircleDashed, CircleX, Copy, LoaderCircle, TriangleAlert } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { DoctorLine, DoctorReport } from '#shared/contract/signer-doctor.ts';
import { hsmAddress, whyNotExamined } from '#shared/offline-hsm.ts';
import { call, toastError } from '../../app/call.ts';
import { hrefOf } from '../../app/router.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { CommandBlock } from '../../components/command-block.tsx';
import { copyText } from '../../components/hex-value.tsx';
import { NotLoaded } from '../../components/not-loaded.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState, ErrorState } from '../../components/state-box.tsx';
import { Time } from '../../components/time.tsx';
import { Notice, Verdict } from '../../components/verdict.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';
import { PinServerDialog } from './pin-server-dialog.tsx';
import { type ListedSigner, listed, type SignerList } from './signer-words.ts';
import { CauseCheckFix, LookForSlots } from './state-card.tsx';

const ICON = {
  running: LoaderCircle,
  good: CircleCheck,
  careful: TriangleAlert,
  bad: CircleX,
  skipped: CircleDashed,
} as const;
const WORD = {
  running: 'looking',
  good: 'good',
  careful: 'careful',
  bad: 'bad',
  skipped: 'not looked at',
} as const;

const lineId = (code: string): string => `doctor-line-${code}`;

/** By keyboard one goes on from there. */
function goTo(code: string): void {
  const line = document.getElementById(lineId(code));
  line?.scrollIntoView({ block: 'center' });
  line?.focus({ preventScroll: true });
}

function Line({ line, action }: { line: DoctorLine; action: ReactNode }) {
  const Icon = ICON[line.state];
  return (
    <li className="doctor-line" data-state={line.state} id={lineId(line.code)} tabIndex={-1}>
      <Icon aria-hidden />
      <div className="stack-tight">
        <p className="doctor-head">
          <b>{line.title}</b> <span className="doctor-word">{WORD[line.state]}</span>
        </p>
        <p className="dim wrap">{line.text}</p>
        <CauseCheckFix {...line} />
        {action}
        {line.details.length === 0 ? null : (
          <details className="details">
            <summary>
              Details<span className="visually-hidden"> of {line.title}</span>
            </summary>
            <pre className="code">{line.details.join('\n')}</pre>
          </details>
        )}
      </div>
    </li>
  );
}

const titles = (lines: readonly DoctorLine[]): string => lines.map((line) => `“${line.title}”`).join(', ');

/** SECURITY: "It works" only where each line was looked at. `first`: what it stops at. */
function verdictOf(lines: readonly DoctorLine[]): {
  severity: 'good' | 'careful' | 'bad';
  title: string;
  first: DoctorLine | undefined;
} {
  const bad = lines.find(({ state }) => state === 'bad');
  if (bad) return { severity: 'bad', title: `It stops at “${bad.title}”.`, first: bad };
  const first = lines.find(({ state }) => state === 'skipped' || state === 'running');
  if (first) {
    const why = first.stop === '' ? 'it was not looked at' : first.stop;
    return { severity: 'careful', title: `It stops at “${first.title}”: ${why}.`, first };
  }
  if (lines.length === 0) return { severity: 'careful', title: 'Nothing was looked at.', first };
  const careful = lines.filter(({ state }) => state === 'careful');
  if (careful.length === 0)
    return { severity: 'good', title: 'It works, from the library to a signature.', first };
  const count = careful.length === 1 ? 'one thing deserves' : `${careful.length} things deserve`;
  return { severity: 'careful', title: `It works, and ${count} a look: ${titles(careful)}.`, first };
}

function Summary({ report }: { report: DoctorReport }) {
  const { severity, title, first } = verdictOf(report.lines);
  const led = first ?? report.lines.find(({ state }) => state === 'careful');
  if (!report.done) return null;
  if (report.otherSettings)
    return (
      <Verdict
        severity="careful"
        title={`Examined with other settings on ${report.at.slice(0, 10)}: examine it again.`}
      >
        <p className="dim">
          Its settings were changed since. What stands below was seen <Time at={report.at} clock /> with the
          ones of then.
        </p>
      </Verdict>
    );
  return (
    <Verdict
      severity={severity}
      title={title}
      action={
        led === undefined ? undefined : <Button onPress={() => goTo(led.code)}>Go to “{led.title}”</Button>
      }
    >
      {first ? (
        <>
          <p className="wrap">{first.text}</p>
          <CauseCheckFix cause={first.cause} check="" fix={first.fix} />
        </>
      ) : null}
      {first?.code === 'token' || first?.code === 'slots' ? <LookForSlots id={report.signer} /> : null}
      <p className="dim">
        Examined <Time at={report.at} clock />
      </p>
    </Verdict>
  );
}

/** What an offline station is about to reach, before it does; null: nothing by a socket of ours. */
function offlineNotice(
  list: SignerList,
  one: ListedSigner | undefined,
): { text: string; why: string | null } | null {
  const settings = one?.pending?.settings ?? null;
  const address = hsmAddress(settings);
  if (address === null) return null;
  const why = whyNotExamined(settings, {
    inForce: list.rows.map((row) => row.settings),
    pending: list.pending.signers.map((signer) => signer.settings),
  });
  const text = `This is an offline station. The doctor connects to ${address} and to nothing else; the address stands in the status bar and in the audit record.`;
  return { text: why ?? text, why };
}

/** Where the server showed a certificate that is not the pinned one of what is pending. */
function PinServer(props: { one: ListedSigner | undefined; list: SignerList; report: DoctorReport }) {
  const { one, list, report } = props;
  const shown = report.certificate;
  const [open, setOpen] = useState(false);
  const settings = one?.pending?.settings;
  if (one === undefined || settings?.kind !== 'kmip' || shown === null) return null;
  if (settings.serverSha256 === shown.sha256)
    return (
      <p className="quiet">
        Pinned{settings.serverSha256 === pinOf(one.row) ? '' : ' once the changes are applied'}.
      </p>
    );
  // Of another place, perhaps.
  if (report.otherSettings) return null;
  return (
    <div>
      <Button size="small" onPress={() => setOpen(true)}>
        Pin this certificate…
      </Button>
      <PinServerDialog
        {...{ id: one.id, name: one.name, revision: list.pending.revision, certificate: shown, open }}
        onClose={() => setOpen(false)}
      />
    </div>
  );
}

const pinOf = (row: ListedSigner['row']): string | null =>
  row?.settings?.kind === 'kmip' ? row.settings.serverSha256 : null;

export function Doctor({ route, session }: ViewProps) {
  const id = route.params['id'] ?? '';
  const found = useQuery('signers.list', {}, ['signers']);
  // Lines come one by one; each is told by an event of the signer or of the job.
  const said = useQuery('signers.report', { id }, ['signers', 'jobs']);
  const run = useStartedJob('signers.examine', () => call('signers.examine', { id }));
  const back = { href: hrefOf('signers'), label: 'All signers' };
  if (!found.data) return <NotLoaded title="Doctor" found={found} back={back} />;
  const one = listed(found.data).find((signer) => signer.id === id);
  const report = said.data;
  const offline = session.workspace?.kind === 'offline' ? offlineNotice(found.data, one) : null;
  const pin = report?.done ? <PinServer {...{ one, report, list: found.data }} /> : null;
  const button = (
    <Button
      kind="primary"
      busy={run.running}
      whyDisabled={offline === null || offline.why === null ? null : 'Another HSM is in force or pending'}
      onPress={() => void run.action.run()}
    >
      {report === null ? 'Examine it' : 'Examine again'}
    </Button>
  );
  return (
    <Page
      title={one === undefined ? 'Doctor' : `Doctor of “${one.name}”`}
      crumb={one?.name ?? null}
      narrow
      actions={
        report === null ? undefined : (
          <>
            {report.done ? (
              <Button
                icon={<Copy aria-hidden />}
                onPress={() => void copyText(report.text, 'Report').catch(toastError)}
              >
                Copy report
              </Button>
            ) : null}
            <LinkButton href={hrefOf('signer', { id })}>The signer</LinkButton>
            {button}
          </>
        )
      }
    >
      {offline === null ? null : (
        <Notice severity={offline.why === null ? 'note' : 'careful'}>
          <span className="wrap">{offline.text}</span>
        </Notice>
      )}
      {run.action.error ? <ErrorState error={run.action.error} /> : null}
      {run.progress}
      {said.error ? <ErrorState error={said.error} onRetry={said.reload} /> : null}
      {report === null ? (
        run.running ? null : (
          <EmptyState title="Not examined yet" action={button}>
            The doctor goes from the library to a real signature and explains every step. It makes one key of
            each kind and destroys it again, asks for the PIN once, and never sends a refused one.
          </EmptyState>
        )
      ) : (
        <>
          <Summary report={report} />
          <Card title="What was looked at" flush>
            <ol className="plain-list doctor-lines" aria-live="polite">
              {report.lines.map((line) => (
                <Line key={line.code} line={line} action={line.code === 'trust' ? pin : null} />
              ))}
            </ol>
          </Card>
          {report.toml === '' ? null : (
            <CommandBlock title="The same in krill.conf, without secrets" what="TOML" text={report.toml} />
          )}
        </>
      )}
    </Page>
  );
}
