/** Where the proxy publishes: a folder on this machine, or a publication server's answer. For ever once a signer is associated, which is said first. */
import { useState } from 'react';
import { takePending } from '../../app/pending-file.ts';
import { hrefOf } from '../../app/router.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { LinkButton } from '../../components/button.tsx';
import { RadioCards } from '../../components/choices.tsx';
import { NotLoaded } from '../../components/not-loaded.tsx';
import { Page } from '../../components/page.tsx';
import { Notice, Verdict } from '../../components/verdict.tsx';
import { FolderRepository } from './repository-folder.tsx';
import { ServerRepository } from './repository-server.tsx';

const BACK = { href: hrefOf('trust-anchor'), label: 'Trust anchor' };

export function Repository(_props: ViewProps) {
  const found = useQuery('ta.proxy', {}, ['ta']);
  const [dropped] = useState(takePending);
  const [kind, setKind] = useState<'folder' | 'server'>(dropped === null ? 'folder' : 'server');
  if (!found.data) return <NotLoaded title="Repository" found={found} back={BACK} />;
  const { proxy } = found.data;
  if (proxy === null || (proxy.repository !== null && proxy.signer !== null))
    return (
      <Page title="Repository of the proxy" narrow>
        <Verdict
          severity="note"
          title={
            proxy === null
              ? 'There is no proxy in this workspace yet'
              : 'The proxy has its repository; where it publishes can never be changed'
          }
          {...(proxy?.repository
            ? { checks: [{ ok: true, text: `publishes at ${proxy.repository.base}` }] }
            : {})}
          action={<LinkButton href={BACK.href}>{BACK.label}</LinkButton>}
        />
      </Page>
    );
  return (
    <Page title="Repository of the proxy">
      {proxy.repository === null ? null : (
        <Notice severity="note">
          It publishes at <span className="mono wrap">{proxy.repository.base}</span> now
          {proxy.repository.notify === null ? ', without RRDP' : ''}. Until a signer is associated another one
          can be chosen; then write proxy-repo.json again, and set the signer up with that.
        </Notice>
      )}
      <Notice severity="careful">
        This is decided once a signer is associated. The base is written into everything that is ever issued
        below this trust anchor; it can never be changed, not even by a reissue.
      </Notice>
      <RadioCards
        label="The proxy publishes into"
        value={kind}
        onChange={setKind}
        options={[
          {
            value: 'folder',
            label: 'A folder on this machine',
            detail: 'Baleen lays the objects there; your rsync and web server hand them out.',
          },
          {
            value: 'server',
            label: 'A publication server',
            detail: 'Krill or another one that speaks RFC 8181. Two files go to and fro first.',
          },
        ]}
        explain="Relying parties fetch manifest, CRL and certificates from the repository by rsync and RRDP. For a trust anchor it is best the same one that its child publishes in."
      />
      {kind === 'folder' ? (
        <FolderRepository before={proxy.repository} />
      ) : (
        <ServerRepository dropped={dropped} />
      )}
    </Page>
  );
}
