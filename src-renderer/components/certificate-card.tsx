/** One certificate as evidence: fields, extensions, PEM. The same card for inspection, inventory and the wizard's result. */
import { useState } from 'react';
import type { CertificateView, ExtensionView } from '#shared/contract/certificate-view.ts';
import { Card, KeyValue } from './card.tsx';
import { Segmented } from './choices.tsx';
import { CopyButton, HexValue } from './hex-value.tsx';
import { NameList } from './name-list.tsx';
import { Tag } from './tag.tsx';
import { ValidityBar } from './validity.tsx';

const VIEWS = [
  { value: 'fields', label: 'Fields' },
  { value: 'extensions', label: 'Extensions' },
  { value: 'pem', label: 'PEM' },
] as const;

/** Identifiers of keys are compared by eye, group by group. */
function ExtensionText({ extension }: { extension: ExtensionView }) {
  return extension.name.endsWith('KeyIdentifier') && /^[0-9a-f]+$/i.test(extension.text) ? (
    <HexValue hex={extension.text} label={extension.name} groups={10} />
  ) : (
    extension.text
  );
}

/** Every extension, the unknown ones as their bytes. */
export function ExtensionTable({ extensions }: { extensions: readonly ExtensionView[] }) {
  if (extensions.length === 0) return <p className="load-line">There are no extensions.</p>;
  return (
    <table className="table">
      <thead>
        <tr>
          <th>Extension</th>
          <th>Content</th>
        </tr>
      </thead>
      <tbody>
        {extensions.map((extension, index) => (
          // An extension may be there twice; that is one of the findings.
          <tr key={index}>
            <td>
              <span className="wrap">{extension.name === '' ? 'Unknown' : extension.name}</span>{' '}
              {extension.critical ? <Tag tone="note">critical</Tag> : null}
              <div className="quiet mono">{extension.oid}</div>
            </td>
            <td className="wrap">
              {extension.text === '' ? (
                <HexValue hex={extension.hex} label={`Bytes of ${extension.oid}`} groups={24} />
              ) : (
                <ExtensionText extension={extension} />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const joined = (values: readonly string[]): string => values.join(', ');

function Addresses({ values }: { values: readonly string[] }) {
  return values.map((value) => (
    // Text, never a link: nothing here opens a connection.
    <div key={value} className="mono wrap">
      {value}
    </div>
  ));
}

/** Number resources of RFC 3779. */
const RESOURCES: ReadonlySet<string> = new Set(['1.3.6.1.5.5.7.1.7', '1.3.6.1.5.5.7.1.8']);

/** A TA certificate of the RPKI: its signer makes it anew when its URIs or resources change, or well before its end. */
const isResourceAnchor = ({ selfSigned, extensions }: CertificateView): boolean =>
  selfSigned && extensions.some(({ oid }) => RESOURCES.has(oid));

function Fields({ view }: { view: CertificateView }) {
  const ca = view.isCa
    ? `yes, ${view.pathLength === null ? 'any path length' : `path length ${view.pathLength}`}`
    : 'no';
  return (
    <KeyValue
      items={[
        [
          'Subject',
          <span className="wrap" key="s">
            {view.subject.text || <span className="quiet">empty</span>}
          </span>,
        ],
        ['Names', <NameList names={view.names} key="n" />],
        [
          'Issuer',
          <span className="wrap" key="i">
            {view.selfSigned ? 'itself' : view.issuer.text}
          </span>,
        ],
        [
          'Valid',
          <ValidityBar
            key="v"
            from={view.notBefore}
            to={view.notAfter}
            renewAt={isResourceAnchor(view) ? null : view.renewAt}
          />,
        ],
        ['Key', view.key.text],
        view.keyUsage.length > 0 && ['Key usage', joined(view.keyUsage)],
        view.extendedKeyUsage.length > 0 && ['Purposes', joined(view.extendedKeyUsage)],
        ['Authority', ca],
        view.namesPermitted.length > 0 && ['Names allowed', joined(view.namesPermitted)],
        view.namesExcluded.length > 0 && ['Names excluded', joined(view.namesExcluded)],
        view.policies.length > 0 && ['Policies', joined(view.policies)],
        view.crlUrls.length > 0 && ['CRL', <Addresses values={view.crlUrls} key="c" />],
        view.ocspUrls.length > 0 && ['OCSP', <Addresses values={view.ocspUrls} key="o" />],
        view.caIssuerUrls.length > 0 && ['Issuer at', <Addresses values={view.caIssuerUrls} key="a" />],
        ['Serial', <HexValue hex={view.serial} label="Serial number" groups={10} key="h" />],
        ['Signature', view.signatureAlgorithm],
        view.subjectKeyId !== null && [
          'Key id',
          <HexValue hex={view.subjectKeyId} label="Subject key identifier" groups={10} key="ski" />,
        ],
        view.authorityKeyId !== null && [
          'Issuer key id',
          <HexValue hex={view.authorityKeyId} label="Authority key identifier" groups={10} key="aki" />,
        ],
        ['Version', `X.509 v${view.version}`],
      ]}
    />
  );
}

export function CertificateCard({ view, title = 'Certificate' }: { view: CertificateView; title?: string }) {
  const [shown, setShown] = useState<(typeof VIEWS)[number]['value']>('fields');
  return (
    <Card
      title={title}
      flush={shown === 'extensions'}
      aside={<Segmented label="Certificate view" value={shown} onChange={setShown} options={VIEWS} />}
    >
      {shown === 'fields' ? <Fields view={view} /> : null}
      {shown === 'extensions' ? <ExtensionTable extensions={view.extensions} /> : null}
      {shown === 'pem' ? (
        <div className="stack">
          <div className="row">
            <CopyButton text={view.pem} what="PEM" wide />
          </div>
          <pre className="code">{view.pem}</pre>
        </div>
      ) : null}
    </Card>
  );
}
