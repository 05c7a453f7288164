/** The answer of the inspector about one object of a file. Green only where everything was looked at and nothing was found. */
import type { ObjectView } from '#shared/contract/certificate-view.ts';
import type { Finding } from '#shared/contract/channel.ts';
import type { Inspection } from '#shared/contract/inspect.ts';
import type { Severity } from '../../components/icon.tsx';
import type { VerdictCheck } from '../../components/verdict.tsx';

export const KINDS: Record<ObjectView['kind'], string> = {
  certificate: 'certificate',
  request: 'request',
  crl: 'CRL',
  privateKey: 'private key',
  publicKey: 'public key',
};

export interface InspectionVerdict {
  severity: Severity;
  title: string;
  checks: VerdictCheck[];
}

export function worst(findings: readonly Pick<Finding, 'severity'>[]): Severity {
  for (const severity of ['bad', 'careful', 'note'] as const)
    if (findings.some((finding) => finding.severity === severity)) return severity;
  return 'good';
}

const has = (item: ObjectView, code: string): boolean =>
  item.findings.some((finding) => finding.code === code);

/** What can be kept as it is: a private key is imported, and what has a damaged signature is only looked at. */
export function canBeKept(item: ObjectView): boolean {
  if (item.kind === 'certificate') return !has(item, 'SIGNATURE_DAMAGED');
  return item.kind === 'request' || item.kind === 'crl';
}

/** Whether the object is what its signer signed; nothing for what bears no signature. */
function signatureChecks(item: ObjectView, chain: Inspection['chain']): VerdictCheck[] {
  switch (item.kind) {
    case 'certificate': {
      if (has(item, 'SIGNATURE_DAMAGED')) return [{ text: 'Its signature is damaged', ok: false }];
      if (has(item, 'SIGNATURE_BROKEN')) return [{ text: 'Its signature does not verify', ok: false }];
      if (item.selfSigned) return [{ text: 'Signed by its own key', ok: true }];
      // Root first: a link that stands behind another was signed by it.
      const at = chain.findIndex(({ sha256 }) => sha256 === item.sha256);
      const issuer = at > 0 ? chain[at - 1] : undefined;
      return [
        issuer === undefined
          ? { text: 'Its signature was not checked: its issuer is not here', ok: null }
          : { text: `Signed by ${issuer.name}`, ok: true },
      ];
    }
    case 'crl':
      return [{ text: 'Its signature was not checked', ok: null }];
    case 'request':
      return [
        item.proofOfPossession
          ? { text: 'Signed by its own key', ok: true }
          : { text: 'Not signed by its own key', ok: false },
      ];
    case 'privateKey':
    case 'publicKey':
      return [];
  }
}

/** "1 of 2 objects has something wrong." in front of what is said of the one that is looked at; "" where nothing is. */
function countWords(items: readonly ObjectView[]): string {
  if (items.length < 2) return '';
  const count = (severity: Severity): number =>
    items.filter(({ findings }) => worst(findings) === severity).length;
  const [bad, careful] = [count('bad'), count('careful')];
  const of = (some: number): string => `${some} of ${items.length} objects`;
  if (bad > 0) return `${of(bad)} ${bad === 1 ? 'has' : 'have'} something wrong. `;
  return careful > 0 ? `${of(careful)} ${careful === 1 ? 'deserves' : 'deserve'} a look. ` : '';
}

/** `item`: the object that is looked at; undefined while the file shows none. The severity is that of the whole file. */
export function verdictOf(
  item: ObjectView | undefined,
  { items, ...file }: Pick<Inspection, 'items' | 'notes' | 'chain' | 'needsPassphrase'>,
): InspectionVerdict {
  const own = verdictOfOne(item, file);
  const severity = worst([...items.flatMap(({ findings }) => findings), { severity: own.severity }]);
  return { ...own, severity, title: `${countWords(items)}${own.title}` };
}

function verdictOfOne(
  item: ObjectView | undefined,
  { notes, chain, needsPassphrase }: Pick<Inspection, 'notes' | 'chain' | 'needsPassphrase'>,
): InspectionVerdict {
  const findings = [...notes, ...(item?.findings ?? [])];
  const checks = item === undefined ? [] : signatureChecks(item, chain);
  const title = (text: string): string =>
    findings.find(({ severity }) => severity === 'bad')?.text ??
    (findings.filter(({ severity }) => severity === 'careful').length > 1
      ? `${findings.filter(({ severity }) => severity === 'careful').length} things deserve a look.`
      : (findings.find(({ severity }) => severity === 'careful')?.text ?? text));
  const found = worst(findings);
  const severity = found === 'good' && checks.some(({ ok }) => ok === null) ? 'note' : found;
  if (item === undefined)
    return {
      severity: severity === 'good' ? 'note' : severity,
      title: title(
        needsPassphrase
          ? 'It is encrypted: nothing in it was looked at yet.'
          : 'There is nothing in it to look at.',
      ),
      checks,
    };
  if (item.kind === 'privateKey' && item.key === null)
    return {
      severity: severity === 'good' ? 'note' : severity,
      title: title('The private key is encrypted: it was not looked at yet.'),
      checks,
    };
  return { severity, title: title(`Nothing wrong was found in this ${KINDS[item.kind]}.`), checks };
}
