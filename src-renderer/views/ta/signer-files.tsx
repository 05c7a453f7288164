/** What the signer hands out after set-up and reissue, each file with where it goes. */
import { hrefOf } from '../../app/router.ts';
import { LinkButton } from '../../components/button.tsx';
import { Verdict } from '../../components/verdict.tsx';
import { FileRows } from './file-rows.tsx';
import { SIGNER_FILES } from './ta-signer-files.ts';

export function SignerFiles() {
  return (
    <>
      <Verdict
        severity="good"
        title="The trust anchor is made: key, certificate, first CRL and manifest."
        checks={[
          { ok: true, text: 'validated before it was kept' },
          { ok: true, text: 'nothing has left this machine' },
        ]}
      />
      <FileRows title="Carry these away" files={SIGNER_FILES} />
      <div className="row-wrap">
        <LinkButton kind="primary" href={hrefOf('trust-anchor')}>
          Open the trust anchor
        </LinkButton>
        <LinkButton href={hrefOf('settings', {}, { open: 'backup' })}>Back up the workspace…</LinkButton>
      </div>
    </>
  );
}
