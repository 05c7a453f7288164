/** The card "You are here": the steps of the set-up or of an exchange, and the one next step as its button. */
import { Check } from 'lucide-react';
import { useState } from 'react';
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import { call } from '../../app/call.ts';
import { hrefOf } from '../../app/router.ts';
import { Dated } from '../../components/dated.tsx';
import { Button, LinkButton } from '../../components/button.tsx';
import type { ButtonProps } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { FileButton } from '../../components/file-button.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { ReadingProgress } from '../../components/job-progress.tsx';
import { Tag } from '../../components/tag.tsx';
import { ExportFileDialog } from './export-file-dialog.tsx';
import { EXCHANGE_STEPS, type Guide, type GuideNext, type GuideStep, setUpBehind } from './guide-steps.ts';
import { InitProxy } from './init-proxy.tsx';
import { useOpenTaFile } from './open-request.tsx';
import type { ProxyDialog } from './proxy-dialogs.tsx';
import { handedOutFile, type TaFile } from './ta-files.ts';
import { useStartedJob } from '../../components/use-started-job.tsx';

const WHERE = { proxy: 'at the proxy', courier: 'by hand', signer: 'at the signer' } as const;
const STATE = { done: 'done', here: 'you are here', later: 'later' } as const;

function Steps({ steps, label }: { steps: readonly GuideStep[]; label: string }) {
  return (
    <ol className="guide-steps" aria-label={label}>
      {steps.map((step, index) => (
        <li
          key={step.id}
          data-state={step.state}
          {...(step.state === 'here' ? { 'aria-current': 'step' as const } : {})}
        >
          <span className="guide-mark" aria-hidden>
            {step.state === 'done' ? <Check /> : index + 1}
          </span>
          <span>
            {step.title}
            <small> {WHERE[step.where]}</small>
            <span className="visually-hidden">, {STATE[step.state]}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}

function OpenFileButton({ next, kind }: { next: GuideNext; kind: ButtonProps['kind'] }) {
  const what = next.action.kind === 'open' ? next.action.what : 'request';
  const { open, share } = useOpenTaFile(what);
  return (
    <>
      <FileButton
        label={next.label}
        kind={kind ?? 'plain'}
        busy={open.busy}
        onFile={(file) => void open.run(file)}
      />
      {share === null ? null : <ReadingProgress name="the file" share={share} />}
      {open.error ? <ErrorState error={open.error} /> : null}
    </>
  );
}

interface StepsProps {
  open: ProxyView['open'];
  onDialog: (dialog: ProxyDialog) => void;
  onGoOn: () => void;
  onReissue: () => void;
}

function NextStep(props: StepsProps & { next: GuideNext; kind: ButtonProps['kind'] }) {
  const { next, open, onDialog, onGoOn, onReissue } = props;
  const kind = props.kind ?? 'plain';
  const { label, action } = next;
  const [file, setFile] = useState<TaFile | null>(null);
  const publish = useStartedJob('ta.publish', () => call('ta.publish', {}));
  switch (action.kind) {
    case 'repository':
      return (
        <LinkButton kind={kind} href={hrefOf('ta-repository')}>
          {label}
        </LinkButton>
      );
    case 'network':
      return (
        <LinkButton kind={kind} href={hrefOf('ta-network')}>
          {label}
        </LinkButton>
      );
    case 'local-child':
      return (
        <LinkButton kind={kind} href={hrefOf('ta-child', { id: action.handle })}>
          {label}
        </LinkButton>
      );
    case 'put-out':
      return (
        <LinkButton kind={kind} href={hrefOf('ta-put-out')}>
          {label}
        </LinkButton>
      );
    case 'signer':
      return (
        <LinkButton kind={kind} href={hrefOf('ta-signer', { draft: 'new' })}>
          {label}
        </LinkButton>
      );
    case 'open':
      return <OpenFileButton next={next} kind={kind} />;
    case 'child':
    case 'make':
    case 'refresh':
    case 'withdraw':
      return (
        <Button kind={kind} onPress={() => onDialog(action.kind)}>
          {label}
        </Button>
      );
    case 'go-on':
      return (
        <Button kind={kind} onPress={onGoOn}>
          {label}
        </Button>
      );
    case 'reissue':
      return (
        <Button kind={kind} onPress={onReissue}>
          {label}
        </Button>
      );
    case 'hand-out':
    case 'hand-out-response':
      return (
        <>
          <Button kind={kind} onPress={() => setFile(handedOutFile(action, open))}>
            {label}
          </Button>
          <ExportFileDialog file={file} onClose={() => setFile(null)} />
        </>
      );
    case 'init':
      return <InitProxy label={label} kind={kind} />;
    case 'publish':
      return (
        publish.progress ?? (
          <>
            <Button kind={kind} busy={publish.action.busy} onPress={() => void publish.action.run()}>
              {label}
            </Button>
            {publish.action.error ? <ErrorState error={publish.action.error} /> : null}
          </>
        )
      );
  }
}

export function GuideCard(props: StepsProps & { guide: Guide; oneMachine: boolean; putOut: boolean }) {
  const { guide, oneMachine, putOut, ...rest } = props;
  const setUp = guide.phase === 'set-up';
  return (
    <Card
      title="You are here"
      note={
        setUp
          ? 'setting up'
          : guide.first
            ? 'before the first exchange'
            : guide.idle
              ? 'between two exchanges'
              : 'the exchange'
      }
      aside={oneMachine ? <Tag tone="careful">one machine: not air-gapped</Tag> : null}
    >
      <div className="stack">
        <Steps steps={guide.steps} label={setUp ? 'Set-up' : 'Exchange'} />
        <div className="guide-next">
          <p>
            <Dated text={guide.says} />
          </p>
          <div className="row-wrap">
            {guide.next === null ? null : (
              <NextStep
                key={guide.next.label}
                {...rest}
                next={guide.next}
                kind={guide.idle ? 'plain' : 'primary'}
              />
            )}
            {guide.others.map((other) => (
              <NextStep key={other.label} {...rest} next={other} kind="quiet" />
            ))}
          </div>
        </div>
        <details className="details">
          <summary>
            {setUp
              ? 'Then: the steps of each exchange'
              : putOut
                ? 'The set-up is done'
                : 'The set-up is done, but for ta.cer and the TAL'}
          </summary>
          <Steps
            steps={setUp ? EXCHANGE_STEPS : setUpBehind(putOut)}
            label={setUp ? 'Each exchange' : 'Set-up'}
          />
        </details>
      </div>
    </Card>
  );
}
