/** The wizard that sets up a trust anchor's signer: one at a time, since there is one signer. Its draft lives in main and is stored whenever a step is left. */
import { call } from '../../app/call.ts';
import { formatPath, hrefOf, replacePath } from '../../app/router.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { DraftPage, StartDraft } from '../../components/draft-page.tsx';
import { SignerWizard } from './signer-wizard.tsx';

const TITLE = 'Set up a signer';

export function SignerSetup({ route }: ViewProps) {
  const id = route.params['draft'] ?? 'new';
  const back = { href: hrefOf('trust-anchor'), label: 'Trust anchor' };
  if (id === 'new')
    return (
      <StartDraft
        title={TITLE}
        back={back}
        begin={async () => {
          const { drafts } = await call('drafts.list', {});
          const begun = drafts.find(({ kind }) => kind === 'ta.signer');
          if (begun !== undefined)
            return replacePath(formatPath('ta-signer', { draft: begun.id, step: begun.step }));
          const draft = await call('drafts.create', { kind: 'ta.signer' });
          replacePath(formatPath('ta-signer', { draft: draft.id, step: 'proxy' }));
        }}
      />
    );
  return (
    <DraftPage kind="ta.signer" id={id} title={TITLE} back={back}>
      {({ draft, now, reload }) => (
        <SignerWizard
          key={`${id} ${draft.revision}`}
          draft={draft}
          step={route.params['step']}
          signed={now.signed}
          reload={reload}
        />
      )}
    </DraftPage>
  );
}
