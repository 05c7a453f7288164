/** The channels of the record: every exchange of either half, listed and opened again. */
import type { Domain } from '../lib/domain.ts';
import { postSize } from './net/krill-body.ts';
import { readLink } from './net/krill-link.ts';
import { exchangeRow, pastExchange } from './past-exchange.ts';
import type { HeldSigner } from './signer/held-signer.ts';
import type { TaDeps } from './ta.ts';

type Anchor = Pick<HeldSigner, 'anchor' | 'keySigner' | 'past'>;

export function recordChannels(
  deps: Pick<TaDeps, 'session'> & { signer(): Promise<Anchor>; asAnchor(): Promise<Anchor> },
): Pick<Domain<'ta'>, 'exchanges' | 'exchange'> {
  const { session } = deps;
  return {
    async exchanges({ cursor, limit }) {
      const page = await session().store.run('ta.exchanges', { cursor, limit });
      return { ...page, rows: page.rows.map(exchangeRow) };
    },
    async exchange({ id }) {
      const { store } = session();
      const files = await store.run('ta.exchangeFiles', { id });
      const { past, ...held } = files.half === 'signer' ? await deps.signer() : await deps.asAnchor();
      const earlier = past.slice(
        0,
        Math.max(
          0,
          past.findIndex((one) => one.id === id),
        ),
      );
      const last = earlier.at(-1);
      const previous = last === undefined ? null : await store.run('ta.exchangeFiles', { id: last.id });
      const link = files.half === 'signer' ? await readLink(session()) : null;
      return {
        row: exchangeRow(files),
        ...pastExchange(held, files, earlier, previous),
        krill: link === null ? null : postSize(files.response.length, link.postLimit),
      };
    },
  };
}
