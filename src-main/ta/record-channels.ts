/** The channels of the record: every exchange of either half, listed, opened again, written out; and files of some, judged again. */
import type { Domain } from '../lib/domain.ts';
import { checkRecord } from './check-record.ts';
import { exchangesFile } from './export.ts';
import { postSize } from './net/krill-body.ts';
import { readLink } from './net/krill-link.ts';
import { exchangeRow, pastExchange } from './past-exchange.ts';
import { recordEvent, recordEvents } from './record-events.ts';
import { whyEarly } from './signer/early-response.ts';
import type { HeldSigner } from './signer/held-signer.ts';
import type { TaDeps } from './ta.ts';
import { writeOut } from './write-out.ts';

type Names = 'exchanges' | 'exchange' | 'recordEvents' | 'recordEvent' | 'exportExchange' | 'checkRecord';
type Anchor = Pick<HeldSigner, 'anchor' | 'keySigner' | 'past'>;

export function recordChannels(
  deps: TaDeps & { signer(): Promise<HeldSigner>; asAnchor(): Promise<Anchor> },
): Pick<Domain<'ta'>, Names> {
  const { session } = deps;
  return {
    async exchanges(asked) {
      const page = await session().store.run('ta.exchanges', asked);
      return { ...page, rows: page.rows.map(exchangeRow) };
    },
    async exchange({ id }) {
      const { store } = session();
      const files = await store.run('ta.exchangeFiles', { id });
      const signer = files.half === 'signer' ? await deps.signer() : null;
      const { past, ...held } = signer ?? (await deps.asAnchor());
      const earlier = past.slice(
        0,
        Math.max(
          0,
          past.findIndex((one) => one.id === id),
        ),
      );
      const last = earlier.at(-1);
      const previous = last === undefined ? null : await store.run('ta.exchangeFiles', { id: last.id });
      const link = signer === null ? null : await readLink(session());
      return {
        row: exchangeRow(files),
        ...pastExchange(held, files, earlier, previous),
        early: signer === null ? null : whyEarly(files, signer, deps.clock.now()),
        krill: link === null ? null : postSize(files.response.length, link.postLimit),
      };
    },
    recordEvents: (asked) => recordEvents(session(), asked),
    async recordEvent({ seq }) {
      return { event: await recordEvent(session(), seq) };
    },
    async exportExchange({ id, form, target, overwrite }) {
      return writeOut(deps, {
        action: 'ta.exportExchange',
        what: form === 'json' ? 'exchange' : 'exchange-text',
        id,
        content: await exchangesFile(session(), [{ id }], form),
        target,
        overwrite,
      });
    },
    checkRecord: ({ exchanges, proxy, signer }) =>
      checkRecord({
        exchanges: deps.blobs.take(exchanges),
        proxy: deps.blobs.take(proxy),
        signer: deps.blobs.take(signer),
      }),
  };
}
