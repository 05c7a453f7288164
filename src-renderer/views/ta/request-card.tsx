/** The exchange as the proxy has it: no request, or the open one with its digits, and the place for the response. */
import { Printer } from 'lucide-react';
import { useState } from 'react';
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import { Button } from '../../components/button.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { DigestCard } from '../../components/digest-card.tsx';
import { CopyButton } from '../../components/hex-value.tsx';
import { usePrintedCard } from '../../components/printed-card.tsx';
import { Left, Time, utcText } from '../../components/time.tsx';
import { Notice } from '../../components/verdict.tsx';
import { ExportFileDialog } from './export-file-dialog.tsx';
import { OpenTaFile } from './open-request.tsx';
import type { ProxyDialog } from './proxy-dialogs.tsx';
import { REQUEST, type TaFile } from './ta-files.ts';

type Open = NonNullable<ProxyView['open']>;

const wishes = (count: number): string =>
  count === 0
    ? 'none: manifest and CRL are renewed, and nothing else'
    : count === 1
      ? 'one key'
      : `${count} keys`;

/** What travels beside the stick: the digits by which the signer's operator knows the file. */
export function RequestSheet({ open }: { open: Open }) {
  return (
    <>
      <h1>Request of the trust anchor proxy</h1>
      <p>
        Nonce {open.nonce}. Made {utcText(open.madeAt)}. Good until {utcText(open.goodUntil)}. Wishes:{' '}
        {open.wishes}.
      </p>
      <p>
        SHA-256 of request.json. The signer asks for some of these groups by their numbers: read the four
        digits, or the two words.
      </p>
      <DigestCard hex={open.sha256} words={open.words} label="SHA-256 of request.json" />
    </>
  );
}

function Outdated({ open }: { open: Open }) {
  if (open.outdated.length === 0) return null;
  return (
    <Notice severity="note">
      Children want something else by now:
      <ul className="verdict-lines">
        {open.outdated.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </Notice>
  );
}

function OpenRequest(props: { open: Open; onDialog: (dialog: ProxyDialog) => void }) {
  const { open, onDialog } = props;
  const [file, setFile] = useState<TaFile | null>(null);
  const { print, sheet } = usePrintedCard(<RequestSheet open={open} />);
  return (
    <div className="stack">
      <KeyValue
        items={[
          [
            'Nonce',
            <span key="value" className="row-wrap">
              <span className="mono wrap">{open.nonce}</span>
              <CopyButton text={open.nonce} what="nonce" />
            </span>,
          ],
          ['Made', <Time key="value" at={open.madeAt} clock />],
          [
            'Good until',
            <>
              <Time at={open.goodUntil} clock /> (<Left to={open.goodUntil} />)
            </>,
          ],
          ['Wishes', wishes(open.wishes)],
        ]}
      />
      <Outdated open={open} />
      <DigestCard hex={open.sha256} words={open.words} label="SHA-256 of request.json in groups of four" />
      <p className="dim">
        SHA-256 of request.json, as sha256sum prints it. The signer asks its operator for some of these
        groups, by their digits or their words.
      </p>
      <div className="row-wrap">
        <Button onPress={() => setFile(REQUEST)}>Write request.json…</Button>
        <Button icon={<Printer aria-hidden />} onPress={print}>
          Print the card…
        </Button>
        <Button onPress={() => onDialog('refresh')}>Sign anew…</Button>
        <Button onPress={() => onDialog('withdraw')}>Withdraw…</Button>
      </div>
      <ExportFileDialog file={file} onClose={() => setFile(null)} />
      {sheet}
    </div>
  );
}

export function ResponseCard() {
  return (
    <Card title="Its response">
      <OpenTaFile kind="response" name="response.json">
        Drop response.json here. You see what it changes before anything is published.
      </OpenTaFile>
    </Card>
  );
}

export function RequestCard(props: { proxy: ProxyView; onDialog: (dialog: ProxyDialog) => void }) {
  const { proxy, onDialog } = props;
  if (proxy.open !== null)
    return (
      <Card title="Open request">
        <OpenRequest open={proxy.open} onDialog={onDialog} />
      </Card>
    );
  return (
    <Card title="Exchange">
      <div className="stack">
        <p>
          No request is open. A request carries what the children want to the signer; without a wish it renews
          manifest and CRL.
        </p>
        <div className="row-wrap">
          <Button
            whyDisabled={
              proxy.signer === null ? 'Associate a signer first: nobody could answer a request yet' : null
            }
            onPress={() => onDialog('make')}
          >
            Make request…
          </Button>
        </div>
      </div>
    </Card>
  );
}
