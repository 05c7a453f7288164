/** The address that res.xml says to a child elsewhere, and what stands in the way of finding anybody there. */
import { hrefOf } from '../../app/router.ts';
import { useQuery } from '../../app/use-query.ts';
import { LinkButton } from '../../components/button.tsx';
import { KeyValue } from '../../components/card.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Notice } from '../../components/verdict.tsx';

export function ChildAddress({ handle }: { handle: string }) {
  const found = useQuery('ta.childAddress', { handle }, ['ta', 'settings']);
  if (found.error) return <ErrorState error={found.error} onRetry={found.reload} />;
  if (found.data === null) return null;
  const { uri, remarks } = found.data;
  return (
    <>
      {uri === null ? null : (
        <KeyValue
          items={[
            [
              'res.xml says',
              <span key="value" className="mono wrap">
                {uri}
              </span>,
            ],
          ]}
        />
      )}
      {remarks.length === 0 ? null : (
        <Notice severity="careful">
          <div className="row-wrap">
            <span>{remarks.join(' ')}</span>
            <span className="push">
              <LinkButton size="small" href={hrefOf('ta-network')}>
                Go to Network
              </LinkButton>
            </span>
          </div>
        </Notice>
      )}
    </>
  );
}
