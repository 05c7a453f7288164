/** `insecure` in red for each signer and `force` in one yellow line for all, on every screen while they are in force (H-010). */
import type { SignerRow } from '#shared/contract/signers.ts';
import { Notice } from '../components/verdict.tsx';
import { hrefOf } from './router.ts';
import { useQuery } from './use-query.ts';

interface SignerWarning {
  severity: SignerRow['warnings'][number]['severity'];
  text: string;
  /** Whom it is said of. */
  signers: { id: string; name: string }[];
}

/** What is said of signers that may not be trusted as they are configured: what is only unusual once, whoever it is true of. */
export function gathered(rows: readonly Pick<SignerRow, 'id' | 'name' | 'warnings'>[]): SignerWarning[] {
  const found: SignerWarning[] = [];
  for (const { id, name, warnings } of rows)
    for (const { severity, text } of warnings) {
      const same = severity === 'careful' ? found.find((one) => one.text === text) : undefined;
      if (same === undefined) found.push({ severity, text, signers: [{ id, name }] });
      else same.signers.push({ id, name });
    }
  return found.toSorted((a, b) => Number(b.severity === 'bad') - Number(a.severity === 'bad'));
}

/** Nothing while the workspace is locked. */
export function useSignerWarnings(unlocked: boolean): SignerWarning[] {
  const found = useQuery('signers.list', {}, ['signers'], { skip: !unlocked });
  return gathered(found.data?.rows ?? []);
}

export function SignerWarnings({ warnings }: { warnings: readonly SignerWarning[] }) {
  return warnings.map(({ severity, text, signers }) => {
    const [first] = signers;
    const href = signers.length === 1 && first !== undefined ? hrefOf('signer', { id: first.id }) : null;
    return (
      <Notice key={`${signers.map(({ id }) => id).join(' ')} ${text}`} severity={severity}>
        {signers.map(({ name }) => `“${name}”`).join(', ')}: {text}{' '}
        <a href={href ?? hrefOf('signers')}>{href === null ? 'The signers' : 'The signer'}</a>
      </Notice>
    );
  });
}
