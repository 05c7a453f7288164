/** Requests and CRLs that were kept: listed, looked at again, forgotten. Certificates are the inventory's. */
import type { Topic } from '#shared/bridge.ts';
import type { KeptRow } from '#shared/contract/inspect.ts';
import type { Domain } from '../lib/domain.ts';
import type { Clock } from '../ports.ts';
import type { KeptObject } from '../store/commands/objects.ts';
import type { Session } from '../store/store-contract.ts';
import { crlView } from '../x509/crl.ts';
import { askedView } from './items.ts';

/** Enough to tell two of the same name apart. */
function detailOf({ kind, facts }: KeptObject): string {
  if (kind === 'request')
    return `${facts['key'] ?? ''}${facts['proofOfPossession'] === 0 ? ', signature broken' : ''}`;
  const number = facts['number'] === null ? 'without a number' : `number ${facts['number'] ?? ''}`;
  return `${number}, ${facts['entries'] ?? 0} revoked, of ${String(facts['thisUpdate'] ?? '').slice(0, 10)}`;
}

export function keptRow(kept: KeptObject): KeptRow {
  const { id, kind, name, keptAt } = kept;
  return { id, kind, name, detail: detailOf(kept), keptAt };
}

export function createKept(deps: {
  clock: Clock;
  session(): Session;
  changed(topic: Topic, ids: string[]): void;
}): Pick<Domain<'inspect'>, 'kept' | 'keptObject' | 'forgetKept'> {
  return {
    async kept(asked) {
      const page = await deps.session().store.run('objects.list', asked);
      return { ...page, rows: page.rows.map(keptRow) };
    },
    async keptObject({ id }) {
      const { der, ...kept } = await deps.session().store.run('objects.get', { id });
      return {
        row: keptRow(kept),
        view: kept.kind === 'request' ? askedView(der) : crlView(der, { now: deps.clock.now() }),
      };
    },
    async forgetKept({ id }) {
      const { store } = deps.session();
      const { kind, name, sha256 } = await store.run('objects.get', { id });
      await store.run('objects.forget', {
        id,
        audit: {
          action: 'inspect.forgetKept',
          outcome: 'done',
          summary: `Forgot the ${kind === 'request' ? 'request' : 'CRL'} "${name}"`,
          subjects: [{ type: 'object', id, sha256 }],
        },
      });
      deps.changed('certificates', [id]);
      return {};
    },
  };
}
