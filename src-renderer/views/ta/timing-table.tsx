/** The proxy's times beside the signer's, as far as its messages show them; what differs is marked. */
import type { ResponseReview } from '#shared/contract/ta-proxy.ts';
import { Card } from '../../components/card.tsx';
import { Tag } from '../../components/tag.tsx';
import { Notice } from '../../components/verdict.tsx';

export function TimingTable({ timing }: Pick<ResponseReview, 'timing'>) {
  if (timing.length === 0) return null;
  const differing = timing.filter(({ differs }) => differs).length;
  return (
    <Card
      title="Times of both sides"
      aside={
        differing === 0 ? (
          <Tag tone="good">the same</Tag>
        ) : (
          <Tag tone="careful">{differing === 1 ? 'one differs' : `${differing} differ`}</Tag>
        )
      }
      flush
    >
      <table className="table">
        <thead>
          <tr>
            <th>What</th>
            <th>This proxy</th>
            <th>The signer, by what it made</th>
            <th>
              <span className="visually-hidden">Compared</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {timing.map(({ what, here, there, differs }) => (
            <tr key={what}>
              <td className="quiet">{what}</td>
              <td className="num">{here}</td>
              <td className="num">{differs ? <b>{there}</b> : there}</td>
              <td className="cell-end">
                {differs ? <Tag tone="careful">differs</Tag> : <span className="quiet">same</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {differing === 0 ? null : (
        <div className="card-body">
          <Notice severity="careful">
            Make them equal on both sides, otherwise unexpected things happen: the proxy tells the children
            when to renew by its own times, the signer signs by its.
          </Notice>
        </div>
      )}
    </Card>
  );
}
