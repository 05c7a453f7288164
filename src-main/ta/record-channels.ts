/** The channels of the record: one exchange to a file, and files of exchanges judged again without a trust anchor. */
import type { Domain } from '../lib/domain.ts';
import { checkRecord } from './check-record.ts';
import { exchangesFile } from './export.ts';
import type { TaDeps } from './ta.ts';
import { writeOut } from './write-out.ts';

export function recordChannels(deps: TaDeps): Pick<Domain<'ta'>, 'exportExchange' | 'checkRecord'> {
  return {
    async exportExchange({ id, form, target, overwrite }) {
      return writeOut(deps, {
        action: 'ta.exportExchange',
        what: form === 'json' ? 'exchange' : 'exchange-text',
        id,
        content: await exchangesFile(deps.session(), [{ id }], form),
        target,
        overwrite,
      });
    },
    checkRecord({ exchanges, proxy, signer }) {
      return checkRecord({
        exchanges: deps.blobs.take(exchanges),
        proxy: deps.blobs.take(proxy),
        signer: deps.blobs.take(signer),
      });
    },
  };
}
