/** ta.cer and the TAL, put where relying parties fetch them: after the first association, and after each change of them. */
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import type { SignerInfoView } from '#shared/contract/ta-proxy-files.ts';
import { call } from '../../app/call.ts';
import { hrefOf, navigate } from '../../app/router.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { NotLoaded } from '../../components/not-loaded.tsx';
import { Page } from '../../components/page.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Verdict } from '../../components/verdict.tsx';
import { FileRows } from './file-rows.tsx';
import { PublicCard } from './public-card.tsx';
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

/** What an update of the signer made new. */
/** `signed`: the signer signed something since, which is not here yet. */
export function PutOut({ files, signed }: { files: readonly TaFile[]; signed: boolean }) {
  return (
    <Page title="The signer's file">
      <Verdict
        severity="good"
        title="It is taken over. Put the new files out."
        checks={[
          {
            ok: null,
            text: signed
              ? 'certificates and revocations that were signed since are not published: they come with the next response'
              : 'published are the objects of the last response, as before',
          },
          { ok: null, text: `to be put out by you: ${files.map(({ name }) => name).join(' and ')}` },
        ]}
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

const BACK = { href: hrefOf('trust-anchor'), label: 'Trust anchor' };

/** Where ta.cer has to lie, as the TAL says. */
function Places({ uris }: { uris: readonly string[] }) {
  return (
    <Card title="Where ta.cer goes">
      <div className="stack">
        <ul className="plain-list">
          {uris.map((uri) => (
            <li key={uri} className="mono wrap">
              {uri}
            </li>
          ))}
        </ul>
        <p className="dim">
          The same file at each of them; ta.tal goes to everybody who runs a validator. “Serving” on the
          network page hands out both as well, also while the workspace is locked; with TLS of its own only
          while it is unlocked, or while it goes on by your choice.
        </p>
      </div>
    </Card>
  );
}

function Said({ putOut }: Pick<ProxyView, 'putOut'>) {
  const say = useAction('ta.putOut', async () => {
    await call('ta.putOut', {});
    navigate('trust-anchor');
  });
  return (
    <div className="action-bar">
      {say.error ? <ErrorState error={say.error} /> : null}
      <span className="dim">
        {putOut
          ? 'It is asked again when ta.cer or its places change.'
          : 'Have it looked at, or say that both are out: then it is not asked again.'}
      </span>
      <span className="push row-wrap">
        <LinkButton href={BACK.href} kind={putOut ? 'primary' : 'plain'}>
          {putOut ? 'Open the trust anchor' : 'Later'}
        </LinkButton>
        {putOut ? null : (
          <Button kind="primary" busy={say.busy} onPress={() => void say.run()}>
            Both are out
          </Button>
        )}
      </span>
    </div>
  );
}

export function PutOutFirst({ route }: ViewProps) {
  const found = useQuery('ta.proxy', {}, ['ta']);
  if (!found.data) return <NotLoaded title="ta.cer and the TAL" found={found} back={BACK} />;
  const { proxy } = found.data;
  const signer = proxy?.signer ?? null;
  if (proxy === null || signer === null)
    return (
      <Page title="ta.cer and the TAL" narrow>
        <Verdict
          severity="note"
          title="There is no ta.cer yet: associate the signer first"
          action={<LinkButton href={BACK.href}>{BACK.label}</LinkButton>}
        />
      </Page>
    );
  return (
    <Page title="ta.cer and the TAL">
      <Verdict
        severity={proxy.putOut ? 'good' : 'note'}
        title={
          proxy.putOut
            ? 'Both are where relying parties fetch them.'
            : 'Relying parties begin with these two files, and find nothing without them.'
        }
      />
      <div className="columns">
        <FileRows title={proxy.putOut ? 'The files' : 'Put these out now'} files={[CERTIFICATE, TAL]} />
        <Places uris={signer.talUris} />
      </div>
      <PublicCard some findings={route.query['findings'] ?? null} screen="ta-put-out" />
      <Said putOut={proxy.putOut} />
    </Page>
  );
}
