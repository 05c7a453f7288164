/** Words for what keys are and may do; the one list of key types the screens offer. */
import type { KeyAlgorithm, KeyUse } from '#shared/contract/keys.ts';
import type { Option } from '../../components/choices.tsx';

const WORDS: Record<KeyUse, string> = {
  certificate: 'certificates',
  crl: 'CRLs',
  request: 'requests',
  message: 'messages',
};

/** "certificates, CRLs"; "anything" when nothing is excluded. */
export function usesText(uses: readonly KeyUse[]): string {
  return uses.length === 4 ? 'anything' : uses.map((use) => WORDS[use]).join(', ');
}

export const KEY_TYPES: readonly Option<KeyAlgorithm>[] = [
  { value: 'p-256', label: 'P-256', detail: 'ECDSA; small, fast, understood everywhere', tag: 'usual' },
  { value: 'p-384', label: 'P-384', detail: 'ECDSA with more margin; asked for by some rules' },
  { value: 'p-521', label: 'P-521', detail: 'ECDSA; not every device and browser takes it' },
  {
    value: 'ed25519',
    label: 'Ed25519',
    detail: 'Modern and simple; browsers do not take it in certificates',
  },
  { value: 'rsa-2048', label: 'RSA 2048', detail: 'For old devices; the least that is still accepted' },
  { value: 'rsa-3072', label: 'RSA 3072', detail: 'RSA for use beyond 2030' },
  { value: 'rsa-4096', label: 'RSA 4096', detail: 'Slow to make and to use; for roots that must be RSA' },
];
