/**
 * The wizard that issues: authorities and leaves, new ones and successors. The draft lives in main and is stored whenever
 * a step is left; this screen holds only what was typed since.
 */
import { useEffect, useRef, useState } from 'react';
import type { Purpose } from '#shared/contract/issue-draft.ts';
import { purpose as purposeSchema } from '#shared/contract/issue-draft.ts';
import type { DraftOf } from '#shared/contract/drafts.ts';
import { call } from '../../app/call.ts';
import { formatPath, hrefOf, replacePath } from '../../app/router.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { LinkButton } from '../../components/button.tsx';
import { Page } from '../../components/page.tsx';
import { ErrorState, Loading } from '../../components/state-box.tsx';
import { IssueWizard } from './issue-wizard.tsx';

/** Makes a draft for what the address asks ("/issue/new?purpose=server&issuer=crt-…") and goes to it. */
function NewDraft({ purpose, issuer }: { purpose: Purpose; issuer: string | null }) {
  const start = useAction('drafts.create', async () => {
    const preset = await call('ca.preset', { purpose, issuer });
    const draft = await call('drafts.create', { kind: 'ca.issue', data: preset });
    replacePath(formatPath('issue', { draft: draft.id, step: 'purpose' }));
  });
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    void start.run();
  }, [start]);
  return (
    <Page title="Issue" narrow>
      {start.error ? (
        <ErrorState
          error={start.error}
          onRetry={() => void start.run()}
          action={<LinkButton href={hrefOf('certificates')}>All certificates</LinkButton>}
        />
      ) : (
        <Loading what="the wizard" />
      )}
    </Page>
  );
}

function ExistingDraft({ id, step }: { id: string; step: string | undefined }) {
  const found = useQuery('drafts.get', { id }, ['drafts'], { ids: [id] });
  const [first, setFirst] = useState<DraftOf<'ca.issue'> | null>(null);
  // The wizard begins with what is stored; later answers are echoes of its own saving.
  useEffect(() => {
    const { data } = found;
    if (data?.kind === 'ca.issue') setFirst((known) => (known?.id === data.id ? known : data));
  }, [found.data]);
  if (first && first.id === id)
    return (
      <IssueWizard
        // Another revision taken up on purpose begins anew.
        key={`${id} ${first.revision}`}
        draft={first}
        step={step}
        result={found.data?.result ?? first.result}
        reload={() => {
          if (found.data?.kind === 'ca.issue') setFirst(found.data);
        }}
      />
    );
  return (
    <Page title="Issue" narrow>
      {found.error ? (
        <ErrorState
          error={found.error}
          action={<LinkButton href={hrefOf('certificates')}>All certificates</LinkButton>}
        />
      ) : (
        <Loading what="the draft" />
      )}
    </Page>
  );
}

export function Issue({ route }: ViewProps) {
  const draft = route.params['draft'] ?? 'new';
  if (draft !== 'new') return <ExistingDraft id={draft} step={route.params['step']} />;
  const purpose = purposeSchema.safeParse(route.query['purpose']);
  const issuer = route.query['issuer'] ?? null;
  return (
    <NewDraft
      key={`${route.query['purpose']} ${issuer}`}
      purpose={purpose.success ? purpose.data : 'server'}
      issuer={issuer}
    />
  );
}
