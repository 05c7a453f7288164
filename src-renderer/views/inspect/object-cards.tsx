/** Requests, CRLs and keys as evidence. A private key is told about by its public half, never shown. */
import type {
  CrlView,
  PrivateKeyView,
  PublicKeyView,
  RequestView,
} from '#shared/contract/certificate-view.ts';
import { Card, KeyValue } from '../../components/card.tsx';
import { ExtensionTable } from '../../components/certificate-card.tsx';
import { NameList } from '../../components/name-list.tsx';
import { CopyButton, HexValue } from '../../components/hex-value.tsx';
import { Tag } from '../../components/tag.tsx';
import { Time } from '../../components/time.tsx';

export function RequestCard({ view }: { view: RequestView }) {
  return (
    <>
      <Card
        title="Certificate request"
        aside={
          <>
            <Tag tone={view.proofOfPossession ? 'good' : 'bad'}>
              {view.proofOfPossession ? 'signed by its own key' : 'signature broken'}
            </Tag>
            <CopyButton text={view.pem} what="PEM" wide />
          </>
        }
      >
        <KeyValue
          items={[
            [
              'Subject',
              view.subject.text || (
                <span className="quiet" key="s">
                  empty
                </span>
              ),
            ],
            ['Names', <NameList names={view.names} key="n" />],
            ['Key', view.key.text],
            ['Key id', <HexValue hex={view.key.keyId} label="Key identifier" groups={10} key="k" />],
            ['Signature', view.signatureAlgorithm],
            view.attributes.length > 0 && ['Attributes', view.attributes.join(', ')],
          ]}
        />
      </Card>
      <Card title="Extensions it asks for" flush>
        <ExtensionTable extensions={view.extensions} />
      </Card>
    </>
  );
}

export function CrlCard({ view }: { view: CrlView }) {
  return (
    <>
      <Card title="Revocation list (CRL)" aside={<CopyButton text={view.pem} what="PEM" wide />}>
        <KeyValue
          items={[
            ['Issuer', view.issuer.text],
            ['Published', <Time at={view.thisUpdate} clock key="t" />],
            [
              'Next',
              view.nextUpdate === null ? (
                <span className="quiet" key="n">
                  not said
                </span>
              ) : (
                <Time at={view.nextUpdate} clock key="n" />
              ),
            ],
            view.number !== null && ['Number', view.number],
            ['Revoked', `${view.entryCount} certificate${view.entryCount === 1 ? '' : 's'}`],
            ['Signature', view.signatureAlgorithm],
            view.authorityKeyId !== null && [
              'Issuer key id',
              <HexValue hex={view.authorityKeyId} label="Authority key identifier" groups={10} key="a" />,
            ],
          ]}
        />
      </Card>
      {view.entries.length > 0 ? (
        <Card
          title="Revoked"
          {...(view.entryCount > view.entries.length ? { note: `the first ${view.entries.length}` } : {})}
          flush
        >
          <table className="table">
            <thead>
              <tr>
                <th>Serial</th>
                <th>Since</th>
                <th>Reason</th>
              </tr>
            </thead>
            <tbody>
              {view.entries.slice(0, 200).map((entry) => (
                <tr key={entry.serial}>
                  <td>
                    <HexValue hex={entry.serial} label="Serial number" groups={10} />
                  </td>
                  <td>
                    <Time at={entry.revokedAt} clock />
                  </td>
                  <td>{entry.reason || <span className="quiet">none given</span>}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {view.entries.length > 200 ? (
            <p className="load-line">{view.entries.length - 200} more are not shown here.</p>
          ) : null}
        </Card>
      ) : null}
      <Card title="Extensions" flush>
        <ExtensionTable extensions={view.extensions} />
      </Card>
    </>
  );
}

export function PrivateKeyCard({ view }: { view: PrivateKeyView }) {
  return (
    <Card
      title="Private key"
      aside={
        <Tag tone={view.encrypted ? 'good' : 'careful'}>{view.encrypted ? 'encrypted' : 'not encrypted'}</Tag>
      }
    >
      <div className="stack">
        <KeyValue
          items={[
            ['Form', view.format],
            [
              'Key',
              view.key?.text ?? (
                <span className="quiet" key="k">
                  behind the passphrase
                </span>
              ),
            ],
            view.key !== null && [
              'Key id',
              <HexValue hex={view.key.keyId} label="Key identifier" groups={10} key="k" />,
            ],
            view.key !== null && [
              'Public key SHA-256',
              <HexValue hex={view.key.spkiSha256} label="SHA-256 of the public key" groups={16} key="s" />,
            ],
          ]}
        />
        <p className="dim">A private key is never shown; what stands here is its public half.</p>
      </div>
    </Card>
  );
}

export function PublicKeyCard({ view }: { view: PublicKeyView }) {
  const { key } = view;
  return (
    <Card title="Public key" aside={<CopyButton text={view.pem} what="PEM" wide />}>
      <KeyValue
        items={[
          ['Key', key.text],
          ['Key id', <HexValue hex={key.keyId} label="Key identifier" groups={10} key="k" />],
          [
            'SHA-256',
            <HexValue hex={key.spkiSha256} label="SHA-256 of the public key" groups={16} key="s" />,
          ],
        ]}
      />
    </Card>
  );
}
