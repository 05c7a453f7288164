/** The PIN or password of a signer: asked when it is needed, or kept in the encrypted workspace. It never comes out again. */
import { RadioCards } from '../../components/choices.tsx';
import type { Option } from '../../components/choices.tsx';
import { SecretField } from '../../components/text-field.tsx';
import type { FormProps } from './form-props.ts';
import type { PinKept } from './signer-form.ts';

/** `stored`: one lies in the workspace already. */
export function SecretFields({ form, change, problems, stored }: FormProps & { stored: boolean }) {
  const what = form.kind === 'kmip' ? 'password' : 'PIN';
  const options: Option<PinKept>[] = [
    ...(stored
      ? [
          {
            value: 'keep' as const,
            label: `Keep the ${what} that is stored`,
            detail: 'It lies in the encrypted workspace and is not shown.',
          },
        ]
      : []),
    {
      value: 'ask',
      label: 'Ask when it is needed',
      detail: `When it is asked, you choose: use it once, or keep it in memory until the workspace is locked. ${stored ? 'The stored one is forgotten.' : 'It is never written.'}`,
      ...(stored ? {} : { tag: 'safest' }),
    },
    {
      value: 'vault',
      label: stored ? `Store another ${what}` : 'Keep it in the encrypted workspace',
      detail:
        'The device works whenever the workspace is unlocked. The passphrase of the workspace then opens both.',
    },
  ];
  return (
    <>
      <RadioCards
        label={form.kind === 'kmip' ? 'Password' : 'PIN'}
        value={form.kept}
        onChange={(kept) => change({ kept, secret: '' })}
        options={options}
        columns={1}
      />
      {form.kept === 'vault' ? (
        <SecretField
          label={form.kind === 'kmip' ? 'Password to store' : 'PIN to store'}
          mono
          value={form.secret}
          onChange={(secret) => change({ secret })}
          error={problems['secret']}
          help={
            form.kind === 'kmip'
              ? undefined
              : 'Any text. Some devices want user:password. A wrong one is sent once and never again by itself.'
          }
        />
      ) : null}
    </>
  );
}
