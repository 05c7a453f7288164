/** Wizards that were left before signing, to be taken up again. Nothing is shown when there are none. */
import { hrefOf } from '../../app/router.ts';
import { useQuery } from '../../app/use-query.ts';
import { Card } from '../../components/card.tsx';
import { Ago } from '../../components/time.tsx';
import { isAuthority } from './issue-model.ts';

/** `authorities`: drafts of authorities; otherwise those of leaves. */
export function DraftsCard({ authorities = false }: { authorities?: boolean }) {
  const found = useQuery('drafts.list', {}, ['drafts']);
  const drafts =
    found.data?.drafts.filter(
      (draft) => draft.kind === 'ca.issue' && isAuthority(draft.data.purpose) === authorities,
    ) ?? [];
  if (drafts.length === 0) return null;
  return (
    <Card title="Not signed yet" flush>
      <ul className="object-list">
        {drafts.map((draft) => (
          <li key={draft.id}>
            <a className="object-link" href={hrefOf('issue', { draft: draft.id, step: draft.step })}>
              <span className="wrap">{draft.title}</span>
              <span className="quiet push">
                left <Ago at={draft.updatedAt} />
              </span>
            </a>
          </li>
        ))}
      </ul>
    </Card>
  );
}
