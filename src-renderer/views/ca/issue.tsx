/**
 * The wizard that issues: authorities and leaves, new ones and successors. The draft lives in main and is stored whenever
 * a step is left; this screen holds only what was typed since.
 */
import { purpose as purposeSchema } from '#shared/contract/issue-draft.ts';
import { call } from '../../app/call.ts';
import { formatPath, hrefOf, replacePath } from '../../app/router.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { DraftPage, StartDraft } from '../../components/draft-page.tsx';
import { IssueWizard } from './issue-wizard.tsx';

export function Issue({ route }: ViewProps) {
  const id = route.params['draft'] ?? 'new';
  const back = { href: hrefOf('certificates'), label: 'All certificates' };
  if (id !== 'new')
    return (
      <DraftPage kind="ca.issue" id={id} title="Issue" back={back}>
        {({ draft, now, reload }) => (
          <IssueWizard
            key={`${id} ${draft.revision}`}
            draft={draft}
            step={route.params['step']}
            result={now.result}
            reload={reload}
          />
        )}
      </DraftPage>
    );
  // What the address asks for: "/issue/new?purpose=server&issuer=crt-…".
  const asked = purposeSchema.safeParse(route.query['purpose']);
  const purpose = asked.success ? asked.data : 'server';
  const issuer = route.query['issuer'] ?? null;
  return (
    <StartDraft
      key={`${purpose} ${issuer}`}
      title="Issue"
      back={back}
      begin={async () => {
        const preset = await call('ca.preset', { purpose, issuer });
        const draft = await call('drafts.create', { kind: 'ca.issue', data: preset });
        replacePath(formatPath('issue', { draft: draft.id, step: 'purpose' }));
      }}
    />
  );
}
