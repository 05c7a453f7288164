/** `insecure` in red for each signer and `force` in one yellow line for all, on every screen while they are in force (H-010). */
import type { SignerRow } from '#shared/contract/signers.ts';
import { StandingNotice } from '../components/standing-notice.tsx';
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
    const alone = signers.length === 1 && first !== undefined;
    const href = alone ? hrefOf('signer', { id: first.id }) : hrefOf('signers');
    const link = { href, label: alone ? 'The signer' : 'The signers' };
    const key = `${signers.map(({ id }) => id).join(' ')} ${text}`;
    const said = `${signers.map(({ name }) => `“${name}”`).join(', ')}: ${text}`;
    // SECURITY: what puts keys at risk is never shortened.
    if (severity === 'careful')
      return (
        <StandingNotice key={key} {...{ severity, link }} text={said} about={link.label.toLowerCase()} />
      );
    return (
      <Notice key={key} severity={severity}>
        {said} <a href={link.href}>{link.label}</a>
      </Notice>
    );
  });
}
