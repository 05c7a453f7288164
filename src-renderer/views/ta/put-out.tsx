/** After a signer's new TA certificate was taken over: what must be put out now, each file with its button. */
import type { SignerInfoView } from '#shared/contract/ta-proxy.ts';
import { hrefOf } from '../../app/router.ts';
import { LinkButton } from '../../components/button.tsx';
import { Page } from '../../components/page.tsx';
import { Verdict } from '../../components/verdict.tsx';
import { FileRows } from './file-rows.tsx';
import { CERTIFICATE, TAL, type TaFile } from './ta-files.ts';

/** Which files of the trust anchor have other content by these changes. */
export function filesToPutOut(changes: SignerInfoView['changes']): TaFile[] {
  const changed = new Set(changes.map(({ what }) => what));
  return [
    ...(changed.has('TA certificate') ? [CERTIFICATE] : []),
    ...(changed.has('TAL') || changed.has('TAL key (SHA-256)')
      ? [
          {
            ...TAL,
            says: 'Its URIs changed: give it to relying parties. The old one works while its places are served.',
          },
        ]
      : []),
  ];
}

export function PutOut({ files }: { files: readonly TaFile[] }) {
  return (
    <Page title="The signer's file">
      <Verdict
        severity="good"
        title="It is taken over and published."
        checks={[{ ok: null, text: `to be put out by you: ${files.map(({ name }) => name).join(' and ')}` }]}
      />
      <FileRows title="Put these out now" files={files} />
      <div className="row-wrap">
        <LinkButton kind="primary" href={hrefOf('trust-anchor')}>
          Open the trust anchor
        </LinkButton>
      </div>
    </Page>
  );
}
