/** Keys that were begun on a device, or ended here, and that it still holds: what becomes of them, and which they are. */
import type { SignerRow } from '#shared/contract/signers.ts';
import { Notice } from '../../components/verdict.tsx';
import { Time } from '../../components/time.tsx';

export function UnfinishedKeys({ row }: { row: SignerRow }) {
  const { unfinished } = row;
  if (unfinished.length === 0) return null;
  const one = unfinished.length === 1;
  return (
    <Notice severity="careful">
      <div className="stack-tight">
        <p>
          {one ? 'A key was' : `${unfinished.length} keys were`} begun or given up here and may still lie on
          the device. The next contact destroys {one ? 'it' : 'them'}; “Test” contacts it now.
        </p>
        <ul className="plain-list" aria-label="Keys that are to be destroyed">
          {unfinished.map(({ identifier, at }) => (
            <li key={identifier}>
              <span className="mono wrap">{identifier}</span>, <Time at={at} clock />
            </li>
          ))}
        </ul>
      </div>
    </Notice>
  );
}
