/** A workspace without a signer: what one is for, and the ways to get one. */
import { Anchor } from 'lucide-react';
import { useState } from 'react';
import { hrefOf } from '../../app/router.ts';
import { useQuery } from '../../app/use-query.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { EmptyState } from '../../components/state-box.tsx';
import { Notice } from '../../components/verdict.tsx';
import { ImportStoreDialog } from './krill-store-dialogs.tsx';

/** `testBed`: this workspace is no offline station, so that a signer here is for trying out. */
export function NoSigner({ testBed, primary }: { testBed: boolean; primary: boolean }) {
  const [importing, setImporting] = useState(false);
  const drafts = useQuery('drafts.list', {}, ['drafts']);
  const begun = drafts.data?.drafts.some(({ kind }) => kind === 'ta.signer') ?? false;
  return (
    <Card {...(testBed ? { title: 'Signer', note: 'test bed on one machine' } : {})}>
      {testBed ? (
        <Notice severity="careful">
          This workspace is no offline station. The key of a trust anchor belongs into one, on a machine of
          its own; a test bed may do without.
        </Notice>
      ) : null}
      <EmptyState
        icon={<Anchor aria-hidden />}
        title={testBed ? 'No signer in this workspace' : 'No trust anchor in this workspace'}
        action={
          <>
            <LinkButton kind={primary ? 'primary' : 'plain'} href={hrefOf('ta-signer', { draft: 'new' })}>
              {begun ? 'Continue the set-up' : 'Set up a signer…'}
            </LinkButton>
            <Button onPress={() => setImporting(true)}>Take over from krillta…</Button>
          </>
        }
      >
        The signer holds the key of an RPKI trust anchor on a machine without a network. An online proxy, such
        as Krill, asks it by files. It is for registries and test beds; whoever only certifies own routes
        needs a CA below an existing trust anchor instead.
      </EmptyState>
      <ImportStoreDialog open={importing} onClose={() => setImporting(false)} />
    </Card>
  );
}
