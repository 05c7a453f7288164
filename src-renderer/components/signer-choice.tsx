/** Which signer makes a new key, where there is a choice, and which types of key it can make. */
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import type { SignerKind, SignerRow, SignerState } from '#shared/contract/signers.ts';
import { useQuery } from '../app/use-query.ts';
import { RadioCards } from './choices.tsx';
import type { Option } from './choices.tsx';

const KIND: Record<SignerKind, string> = {
  software: 'Encrypted in this workspace',
  pkcs11: 'On a PKCS#11 device',
  kmip: 'On a KMIP server',
};
const STATE: Record<SignerState, string> = {
  announced: 'contacted when the key is made',
  probing: 'being contacted now',
  ready: 'ready',
  'login-needed': 'asks for its PIN',
  retrying: 'does not answer now',
  unusable: 'cannot be used now',
};
/** What devices make; what this one makes is known after its first contact. */
const DEVICE_TYPES: readonly KeyAlgorithm[] = ['rsa-2048', 'rsa-3072', 'rsa-4096', 'p-256', 'p-384'];

export interface SignersToChoose {
  /** Empty until main has answered. */
  rows: readonly SignerRow[];
  /** What makes the key when nobody chooses. */
  defaultSigner: string;
}

export function useSigners(): SignersToChoose {
  const found = useQuery('signers.list', {}, ['signers']);
  return { rows: found.data?.rows ?? [], defaultSigner: found.data?.defaultSigner ?? 'software' };
}

/** By its library, or by what it said of itself: keys in files behind PKCS#11. */
export function isSoftHsm({ settings, device }: SignerRow): boolean {
  const library = settings?.kind === 'pkcs11' ? settings.libPath : '';
  return /softhsm/i.test(`${library.split('/').at(-1) ?? ''} ${device?.model ?? ''}`);
}

/** What a signer can make; everything while the signers are not known. */
export function makes({ rows }: SignersToChoose, signer: string, algorithm: KeyAlgorithm): boolean {
  const row = rows.find(({ id }) => id === signer);
  if (row === undefined) return true;
  if (row.algorithms.length > 0) return row.algorithms.includes(algorithm);
  return row.kind === 'software' || DEVICE_TYPES.includes(algorithm);
}

/** The types of key that a signer can make, out of those that a screen offers. */
export function typesFor(
  signers: SignersToChoose,
  signer: string,
  types: readonly Option<KeyAlgorithm>[],
): readonly Option<KeyAlgorithm>[] {
  return types.filter(({ value }) => makes(signers, signer, value));
}

/** The type that is chosen: the one asked for, or the first that the signer makes where it does not make that one. */
export function typeAmong(types: readonly Option<KeyAlgorithm>[], asked: KeyAlgorithm): KeyAlgorithm {
  return types.some(({ value }) => value === asked) ? asked : (types[0]?.value ?? asked);
}

function optionOf(row: SignerRow, props: SignerChoiceProps): Option<string> {
  const { algorithm, signers } = props;
  const cannot = algorithm !== undefined && !makes(signers, row.id, algorithm);
  return {
    value: row.id,
    label: row.name,
    detail: cannot
      ? `${KIND[row.kind]}; makes no such key`
      : row.kind === 'software'
        ? KIND.software
        : `${KIND[row.kind]}; ${STATE[row.state]}`,
    disabled: cannot || row.state === 'unusable',
    ...(row.id === signers.defaultSigner ? { tag: 'default' } : {}),
  };
}

export interface SignerChoiceProps {
  signers: SignersToChoose;
  /** null: nobody chose, which is the default signer. */
  value: string | null;
  onChange: (signer: string) => void;
  /** The one type that is wanted, where there is no choice of it; missing: any. */
  algorithm?: KeyAlgorithm;
  label?: string;
}

/** Nothing at all while there is only one signer. */
export function SignerChoice(props: SignerChoiceProps) {
  const { signers, value, onChange } = props;
  if (signers.rows.length < 2) return null;
  return (
    <RadioCards
      label={props.label ?? 'Who holds it'}
      value={value ?? signers.defaultSigner}
      onChange={onChange}
      options={signers.rows.map((row) => optionOf(row, props))}
      explain="A key stays for ever where it is made: it cannot be moved into a device later, nor out of one. Keys in this workspace are in its backups; keys on a device are not."
    />
  );
}
