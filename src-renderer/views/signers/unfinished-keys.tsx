/** Keys that were begun on a device, or ended here, and that it may still hold: which they are, and what becomes of each. */
import type { SignerRow } from '#shared/contract/signers.ts';
import { call } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Time } from '../../components/time.tsx';
import { Notice } from '../../components/verdict.tsx';

type Unfinished = SignerRow['unfinished'][number];

function Item({ signer, row }: { signer: string; row: Unfinished }) {
  const forget = useAction('signers.forgetUnfinished', () =>
    call('signers.forgetUnfinished', { id: signer, key: row.id }),
  );
  return (
    <li>
      <span className="mono wrap">{row.identifier}</span>, <Time at={row.at} clock />. {row.text}{' '}
      <Button busy={forget.busy} onPress={() => void forget.run()}>
        Forget<span className="visually-hidden"> {row.identifier}</span>
      </Button>
      {forget.error ? <ErrorState error={forget.error} /> : null}
    </li>
  );
}

export function UnfinishedKeys({ row }: { row: SignerRow }) {
  const { unfinished } = row;
  if (unfinished.length === 0) return null;
  return (
    <Notice severity="careful">
      <div className="stack-tight">
        <p>
          {unfinished.length === 1 ? 'A key was' : `${unfinished.length} keys were`} begun or given up here
          and may still lie on the device. “Forget” takes one off this list and leaves it on the device.
        </p>
        <ul className="plain-list" aria-label="Keys that are to be destroyed">
          {unfinished.map((one) => (
            <Item key={one.id} signer={row.id} row={one} />
          ))}
        </ul>
      </div>
    </Notice>
  );
}
