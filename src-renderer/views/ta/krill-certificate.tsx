/** Whom to believe at the address of a Krill: its own certificate, compared with what stands on the server, or public CAs. */
import { Button } from '../../components/button.tsx';
import { KeyValue } from '../../components/card.tsx';
import { RadioCards } from '../../components/choices.tsx';
import { CommandBlock } from '../../components/command-block.tsx';
import { hexGroups } from '../../components/hex-value.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Time } from '../../components/time.tsx';
import { compareTail, type KrillForm, type Peeked } from './use-krill-form.ts';

const COMMAND = 'openssl x509 -in /var/lib/krill/data/ssl/cert.pem -noout -fingerprint -sha256';

/** Its digits, once the last groups were read on the server: before, nothing can be copied from this screen. */
function Board({ sha256 }: { sha256: string }) {
  return (
    <div className="fp-wrap">
      <ol
        className="fp-board"
        data-numbered
        data-size="small"
        aria-label="SHA-256 of the certificate in groups of four"
      >
        {hexGroups(sha256).map((group, index) => (
          // The place is the identity: groups may repeat.
          <li key={index}>
            <small>{index + 1}</small>
            {group}
          </li>
        ))}
      </ol>
    </div>
  );
}

function Compare(props: { found: Peeked; tail: string; onTail: (tail: string) => void }) {
  const { found, tail, onTail } = props;
  const state = compareTail(found.sha256, tail);
  return (
    <>
      <KeyValue
        items={[
          ['Subject', found.subject],
          ['Issuer', found.issuer],
          ['Ends', <Time key="value" at={found.notAfter} />],
        ]}
      />
      <CommandBlock title="On the server itself" text={COMMAND} />
      <TextField
        label="Its last four groups, as they stand on the server"
        mono
        value={tail}
        onChange={onTail}
        maxLength={40}
        help="The last eight pairs of what OpenSSL prints; spaces and colons do not count. The certificate's digits are shown here once they are typed."
        error={
          state === 'differs'
            ? 'The server shows another certificate than that: somebody may stand between. Nothing was sent.'
            : null
        }
      />
      <p className="tone-good" role="status">
        {state === 'same' ? 'The same certificate. It is pinned: no other one is accepted from now on.' : ''}
      </p>
      {state === 'same' ? <Board sha256={found.sha256} /> : null}
    </>
  );
}

export function KrillCertificate({ form }: { form: KrillForm }) {
  const { typed, change, found, look, keptPin } = form;
  return (
    <>
      <RadioCards
        label="Who vouches for the server"
        value={typed.trust}
        onChange={(trust) => change({ trust })}
        options={[
          {
            value: 'pin',
            label: 'You, by its fingerprint',
            detail: 'Krill makes its own certificate, which nobody else vouches for.',
            tag: 'usual',
          },
          {
            value: 'system',
            label: 'Public certificate authorities',
            detail: 'It has a public certificate, mostly on a reverse proxy before it.',
          },
        ]}
      />
      {typed.trust === 'pin' ? (
        <>
          <div className="row-wrap">
            <Button busy={look.busy} onPress={() => void look.run()}>
              {found === null ? 'Look at its certificate' : 'Look again'}
            </Button>
            <span className="dim">
              {found === null && keptPin !== null
                ? 'The pinned one stays unless you look at it anew.'
                : 'Nothing is sent to it by looking.'}
            </span>
          </div>
          {look.error ? <ErrorState error={look.error} onRetry={() => void look.run()} /> : null}
          {found === null ? null : (
            <Compare found={found} tail={typed.tail} onTail={(tail) => change({ tail })} />
          )}
        </>
      ) : null}
    </>
  );
}
