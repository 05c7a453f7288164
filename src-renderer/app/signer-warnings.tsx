/** `insecure` and `force` in red on every screen, for as long as they are in force (H-010). */
import { Notice } from '../components/verdict.tsx';
import { hrefOf } from './router.ts';
import { useQuery } from './use-query.ts';

/** A sentence of each signer that may not be trusted as it is configured; empty while the workspace is locked. */
export function useSignerWarnings(unlocked: boolean): { id: string; text: string }[] {
  const found = useQuery('signers.list', {}, ['signers'], { skip: !unlocked });
  return (found.data?.rows ?? []).flatMap(({ id, name, warnings }) =>
    warnings.map((text) => ({ id, text: `“${name}”: ${text}` })),
  );
}

export function SignerWarnings({ warnings }: { warnings: ReturnType<typeof useSignerWarnings> }) {
  return warnings.map(({ id, text }) => (
    <Notice key={`${id} ${text}`} severity="bad">
      {text} <a href={hrefOf('signer', { id })}>The signer</a>
    </Notice>
  ));
}
