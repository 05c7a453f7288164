/** The wizard that sets up a trust anchor's signer. The draft lives in main and is stored whenever a step is left. */
import { useEffect, useRef, useState } from 'react';
import type { DraftOf } from '#shared/contract/drafts.ts';
import { call } from '../../app/call.ts';
import { formatPath, hrefOf, replacePath } from '../../app/router.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { LinkButton } from '../../components/button.tsx';
import { Page } from '../../components/page.tsx';
import { ErrorState, Loading } from '../../components/state-box.tsx';
import { SignerWizard } from './signer-wizard.tsx';

const BACK = <LinkButton href={hrefOf('trust-anchor')}>Trust anchor</LinkButton>;

function NewDraft() {
  const start = useAction('drafts.create', async () => {
    const draft = await call('drafts.create', { kind: 'ta.signer' });
    replacePath(formatPath('ta-signer', { draft: draft.id, step: 'proxy' }));
  });
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    void start.run();
  }, [start]);
  return (
    <Page title="Set up a signer" narrow>
      {start.error ? (
        <ErrorState error={start.error} onRetry={() => void start.run()} action={BACK} />
      ) : (
        <Loading what="the wizard" />
      )}
    </Page>
  );
}

function ExistingDraft({ id, step }: { id: string; step: string | undefined }) {
  const found = useQuery('drafts.get', { id }, ['drafts'], { ids: [id] });
  const [first, setFirst] = useState<DraftOf<'ta.signer'> | null>(null);
  // The wizard begins with what is stored; later answers are echoes of its own saving.
  useEffect(() => {
    const { data } = found;
    if (data?.kind === 'ta.signer') setFirst((known) => (known?.id === data.id ? known : data));
  }, [found.data]);
  if (first && first.id === id)
    return (
      <SignerWizard
        key={`${id} ${first.revision}`}
        draft={first}
        step={step}
        signed={found.data?.signed ?? first.signed}
        reload={() => {
          if (found.data?.kind === 'ta.signer') setFirst(found.data);
        }}
      />
    );
  return (
    <Page title="Set up a signer" narrow>
      {found.error ? <ErrorState error={found.error} action={BACK} /> : <Loading what="the draft" />}
    </Page>
  );
}

export function SignerSetup({ route }: ViewProps) {
  const draft = route.params['draft'] ?? 'new';
  return draft === 'new' ? <NewDraft /> : <ExistingDraft id={draft} step={route.params['step']} />;
}
