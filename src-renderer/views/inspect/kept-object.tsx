/** One kept request or CRL: what it says, its findings, and what can be done with it. */
import { useState } from 'react';
import { call } from '../../app/call.ts';
import { hrefOf, navigate } from '../../app/router.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Button } from '../../components/button.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { NotLoaded } from '../../components/not-loaded.tsx';
import { Page } from '../../components/page.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { Time } from '../../components/time.tsx';
import { FindingsTable } from '../../components/verdict.tsx';
import { KEPT_WORDS } from './kept.tsx';
import { CrlCard, RequestCard } from './object-cards.tsx';

export function KeptObject({ route }: ViewProps) {
  const id = route.params['id'] ?? '';
  const found = useQuery('inspect.keptObject', { id }, ['certificates'], { ids: [id] });
  const [forgetting, setForgetting] = useState(false);
  const sign = useAction('ca.startFromRequest', async () => {
    const { draft } = await call('ca.startFromRequest', { request: id });
    navigate('issue', { draft, step: 'purpose' });
  });
  if (!found.data)
    return (
      <NotLoaded
        title="Kept object"
        found={found}
        back={{ href: hrefOf('kept'), label: 'All requests and CRLs' }}
      />
    );
  const { row, view } = found.data;
  const word = KEPT_WORDS[row.kind];
  return (
    <Page
      title={row.name}
      crumb={row.name}
      tags={<Tag>{word}</Tag>}
      actions={
        <>
          <Button onPress={() => setForgetting(true)}>Forget…</Button>
          {view.kind === 'request' ? (
            <Button kind="primary" busy={sign.busy} onPress={() => void sign.run()}>
              Sign this request…
            </Button>
          ) : null}
        </>
      }
    >
      {sign.error ? <ErrorState error={sign.error} /> : null}
      <div className="columns">
        <div className="stack">
          {view.kind === 'request' ? <RequestCard view={view} /> : <CrlCard view={view} />}
        </div>
        <div className="stack">
          <Card title="Findings" flush>
            <FindingsTable findings={view.findings} empty="Nothing to remark." />
          </Card>
          <Card title="In this workspace">
            <KeyValue
              items={[
                ['Kept', <Time at={row.keptAt} clock key="k" />],
                [
                  'SHA-256',
                  <HexValue hex={view.sha256} label={`SHA-256 of the ${word}`} groups={8} key="s" />,
                ],
              ]}
            />
          </Card>
        </div>
      </div>
      <ConfirmDialog
        open={forgetting}
        onClose={() => setForgetting(false)}
        title={`Forget “${row.name}”?`}
        lost={[
          `The ${word} leaves the workspace. What was signed for it stays, and the file it came from is not touched.`,
        ]}
        verb={`Forget ${word}`}
        channel="inspect.forgetKept"
        onConfirm={async () => {
          await call('inspect.forgetKept', { id });
          showToast(`“${row.name}” is forgotten`);
          navigate('kept');
        }}
      />
    </Page>
  );
}
