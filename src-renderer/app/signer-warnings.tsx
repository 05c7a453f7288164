/** `insecure` in red and `force` in yellow on every screen, for as long as they are in force (H-010). */
import type { SignerRow } from '#shared/contract/signers.ts';
import { Notice } from '../components/verdict.tsx';
import { hrefOf } from './router.ts';
import { useQuery } from './use-query.ts';

/** A sentence of each signer that may not be trusted as it is configured; empty while the workspace is locked. */
export function useSignerWarnings(unlocked: boolean): ({ id: string } & SignerRow['warnings'][number])[] {
  const found = useQuery('signers.list', {}, ['signers'], { skip: !unlocked });
  return (found.data?.rows ?? []).flatMap(({ id, name, warnings }) =>
    warnings.map(({ severity, text }) => ({ id, severity, text: `“${name}”: ${text}` })),
  );
}

export function SignerWarnings({ warnings }: { warnings: ReturnType<typeof useSignerWarnings> }) {
  return warnings.map(({ id, severity, text }) => (
    <Notice key={`${id} ${text}`} severity={severity}>
      {text} <a href={hrefOf('signer', { id })}>The signer</a>
    </Notice>
  ));
}
