/** Exchanges out of a file, judged again by two identities alone: three files in, a verdict for each exchange out. */
import { FileText } from 'lucide-react';
import { useState } from 'react';
import type { CheckedExchange, RecordCheck } from '#shared/contract/ta-record.ts';
import { uploadBlob } from '../../app/blob-upload.ts';
import { call } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { Dated } from '../../components/dated.tsx';
import { Button } from '../../components/button.tsx';
import { KeyValue } from '../../components/card.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { FileButton } from '../../components/file-button.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { ReadingProgress } from '../../components/job-progress.tsx';
import { Tag } from '../../components/tag.tsx';
import { localText, Time } from '../../components/time.tsx';
import { Verdict } from '../../components/verdict.tsx';

type Part = 'exchanges' | 'proxy' | 'signer';
const PARTS: readonly { part: Part; name: string; says: string }[] = [
  {
    part: 'exchanges',
    name: 'exchanges.json',
    says: 'Exchanges as a signer or proxy exports them, or one of them.',
  },
  { part: 'proxy', name: 'proxy-id.json', says: 'The identity of the proxy, as it was compared then.' },
  {
    part: 'signer',
    name: 'signer-info.json',
    says: "Or the signer's identity alone; with signer-info.json the trust anchor is known as well.",
  },
];

export function CheckRecordDialog(props: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Check an exchange file" size="wide">
      <Body onClose={props.onClose} />
    </Dialog>
  );
}

function verdictOf(exchanges: readonly CheckedExchange[]) {
  const wrong = exchanges.filter(({ holds }) => !holds).length;
  const unchecked = exchanges.some(({ checks }) => checks.some(({ ok }) => ok === null));
  if (wrong > 0)
    return {
      severity: 'bad' as const,
      title:
        exchanges.length === 1
          ? 'It does not hold'
          : `${wrong} of ${exchanges.length} exchanges ${wrong === 1 ? 'does' : 'do'} not hold`,
    };
  const title = exchanges.length === 1 ? 'It holds' : `All ${exchanges.length} exchanges hold`;
  if (exchanges.some(({ gaps }) => gaps.length > 0))
    return { severity: 'careful' as const, title: `${title}, and the file may not have all there were` };
  return unchecked
    ? { severity: 'careful' as const, title: `${title}, as far as it could be checked` }
    : { severity: 'good' as const, title };
}

const titleOf = ({ number, children }: CheckedExchange): string =>
  [number === '' ? 'An exchange' : `Exchange ${number}`, ...children].join(', ');

function Details({ exchange }: { exchange: CheckedExchange }) {
  const { at, nonce, checks, faults, gaps, holds } = exchange;
  const isWhole = gaps.length === 0 && checks.every(({ ok }) => ok !== null);
  return (
    <Verdict
      severity={holds ? (isWhole ? 'good' : 'careful') : 'bad'}
      title={titleOf(exchange)}
      checks={checks}
    >
      <p className="dim">
        <Time at={at} clock /> {nonce === '' ? null : <span className="mono wrap small">{nonce}</span>}
      </p>
      {gaps.length === 0 ? null : (
        <ul className="verdict-lines">
          {gaps.map((text) => (
            <li key={text} className="wrap">
              {text}
            </li>
          ))}
        </ul>
      )}
      {faults.length === 0 ? null : (
        <ul className="verdict-lines">
          {faults.map(({ text, clause }) => (
            <li key={text} className="wrap">
              <Dated text={text} /> <span className="quiet">{clause}</span>
            </li>
          ))}
        </ul>
      )}
    </Verdict>
  );
}

const isPlain = ({ holds, gaps }: CheckedExchange): boolean => holds && gaps.length === 0;

/** What holds is one line until it is opened. */
function Exchange({ exchange }: { exchange: CheckedExchange }) {
  if (!isPlain(exchange))
    return (
      <li>
        <Details exchange={exchange} />
      </li>
    );
  return (
    <li>
      <details className="details">
        <summary>
          {titleOf(exchange)} <span className="quiet num">{localText(exchange.at, true)}</span>{' '}
          <Tag tone="good">holds</Tag>
        </summary>
        <Details exchange={exchange} />
      </details>
    </li>
  );
}

function Result(props: { result: RecordCheck; onAgain: () => void; onClose: () => void }) {
  const { result, onAgain, onClose } = props;
  // What is wrong comes first; within that, as it happened.
  const rank = (one: CheckedExchange): number => (one.holds ? (isPlain(one) ? 2 : 1) : 0);
  const sorted = result.exchanges.toSorted((a, b) => rank(a) - rank(b));
  return (
    <>
      <Verdict {...verdictOf(result.exchanges)}>
        <p className="dim">
          Judged by these two identities at the time of each exchange. Compare their digits with what was
          written down then: the files themselves are signed by nobody.
        </p>
      </Verdict>
      <KeyValue
        items={[
          [
            'Proxy',
            <HexValue key="value" hex={result.proxy.sha256} label="SHA-256 of the proxy" groups={16} />,
          ],
          [
            'Signer',
            <HexValue key="value" hex={result.signer.sha256} label="SHA-256 of the signer" groups={16} />,
          ],
        ]}
      />
      <ul className="plain-list stack" aria-label="Exchanges of the file">
        {sorted.map((exchange) => (
          <Exchange key={`${exchange.at} ${exchange.nonce}`} exchange={exchange} />
        ))}
      </ul>
      <div className="dialog-foot">
        <Button onPress={onAgain}>Check others</Button>
        <Button kind="primary" onPress={onClose} autoFocus>
          Close
        </Button>
      </div>
    </>
  );
}

function Body({ onClose }: { onClose: () => void }) {
  const [files, setFiles] = useState<Partial<Record<Part, File>>>({});
  const [result, setResult] = useState<RecordCheck | null>(null);
  const [share, setShare] = useState<number | null>(null);
  const check = useAction('ta.checkRecord', async () => {
    const { exchanges, proxy, signer } = files;
    if (!exchanges || !proxy || !signer) return;
    setShare(0);
    try {
      setResult(
        await call('ta.checkRecord', {
          proxy: await uploadBlob(proxy, { use: 'transfer' }),
          signer: await uploadBlob(signer, { use: 'transfer' }),
          exchanges: await uploadBlob(exchanges, { use: 'transfer', onProgress: setShare }),
        }),
      );
    } finally {
      setShare(null);
    }
  });
  if (result !== null) return <Result result={result} onAgain={() => setResult(null)} onClose={onClose} />;
  const missing = PARTS.find(({ part }) => files[part] === undefined);
  return (
    <DialogForm
      action={check}
      why={missing === undefined ? null : `Choose ${missing.name}`}
      verb="Check"
      onClose={onClose}
    >
      <p>
        Years later, on any machine: each exchange is judged by the two identities alone. No trust anchor need
        be in this workspace, and nothing of it is asked or changed.
      </p>
      <ul className="object-list check-files">
        {PARTS.map(({ part, name, says }) => (
          <li key={part} className="settings-row">
            <div className="file-row">
              <FileText aria-hidden />
              <div className="stack-tight">
                <b className="mono wrap">{files[part]?.name ?? name}</b>
                <span className="dim">{says}</span>
              </div>
            </div>
            <FileButton
              size="small"
              label={`Choose ${name}…`}
              onFile={(file) => setFiles((old) => ({ ...old, [part]: file }))}
            />
          </li>
        ))}
      </ul>
      {share === null ? null : <ReadingProgress name={files.exchanges?.name ?? 'the file'} share={share} />}
    </DialogForm>
  );
}
