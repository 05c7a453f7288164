/** The card of the trust anchor's page that lists its local children: what each waits for, one new, all asked at once. */
import { Network } from 'lucide-react';
import { useState } from 'react';
import type { LocalChildView } from '#shared/contract/ta-child.ts';
import { call } from '../../app/call.ts';
import { hrefOf } from '../../app/router.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import { datedText } from '../../components/dated.tsx';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { EmptyState, ErrorState, Loading } from '../../components/state-box.tsx';
import { Dot } from '../../components/tag.tsx';
import { AskSaid, type Told } from './ask-said.tsx';
import { childSeverity, STEP_WORD } from './child-words.ts';
import { CreateChildDialog } from './create-child-dialog.tsx';

function Row({ child }: { child: LocalChildView }) {
  return (
    <li>
      <a className="object-link" href={hrefOf('ta-child', { id: child.handle })}>
        <Dot tone={childSeverity(child)} />
        <b className="wrap">{child.handle}</b>
        <span className="dim wrap">{datedText(child.warnings[0]?.text ?? child.next)}</span>
        <span className="quiet push">{STEP_WORD[child.step]}</span>
      </a>
    </li>
  );
}

export function LocalChildren() {
  const found = useQuery('ta.localChildren', {}, ['ta', 'keys']);
  const [creating, setCreating] = useState(false);
  const [told, setTold] = useState<readonly Told[]>([]);
  const ask = useAction('ta.localAsk', async () => {
    setTold((await call('ta.localAsk', { handle: null })).told);
  });
  if (!found.data)
    return (
      <Card title="Local children">
        {found.error ? (
          <ErrorState error={found.error} onRetry={found.reload} />
        ) : (
          <Loading what="the children" />
        )}
      </Card>
    );
  const { children } = found.data;
  const create = (
    <Button size="small" onPress={() => setCreating(true)}>
      New local child…
    </Button>
  );
  return (
    <Card
      title="Local children"
      note={children.length === 0 ? undefined : String(children.length)}
      flush
      {...(children.length === 0
        ? {}
        : {
            aside: (
              <>
                <Button size="small" busy={ask.busy} onPress={() => void ask.run()}>
                  Ask the parent for all
                </Button>
                {create}
              </>
            ),
          })}
    >
      {children.length === 0 ? (
        <EmptyState icon={<Network aria-hidden />} title="No local child" action={create}>
          A CA of this workspace below the trust anchor, called online as a rule. Without a child the trust
          anchor certifies nobody, and nothing else can be certified below it.
        </EmptyState>
      ) : (
        <ul className="object-list">
          {children.map((child) => (
            <Row key={child.handle} child={child} />
          ))}
        </ul>
      )}
      <AskSaid told={told} error={ask.error} named />
      <CreateChildDialog
        taken={children.map(({ handle }) => handle)}
        open={creating}
        onClose={() => setCreating(false)}
      />
    </Card>
  );
}
