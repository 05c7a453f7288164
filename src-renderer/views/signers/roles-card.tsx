/** Who makes which keys: the default signer the long-lived ones, the one-off signer those of a single signature (H-015 to H-017). */
import { call } from '../../app/call.ts';
import { hrefOf } from '../../app/router.ts';
import { useAction } from '../../app/use-action.ts';
import { LinkButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Select } from '../../components/choices.tsx';
import type { Option } from '../../components/choices.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { KIND_WORD, type SignerList } from './signer-words.ts';

/** Nobody chose: no signer's id, which has no capital letters. */
const IMPLIED = 'IMPLIED';

function options(list: SignerList, implied: Option<string>): Option<string>[] {
  return [
    implied,
    ...list.pending.signers.map(({ id, name, kind }) => ({
      value: id,
      label: name,
      detail: KIND_WORD[kind],
    })),
  ];
}

export function RolesCard({ list }: { list: SignerList }) {
  const { pending } = list;
  const set = useAction('signers.setRoles', (defaultSigner: string, oneOffSigner: string) =>
    call('signers.setRoles', {
      revision: pending.revision,
      defaultSigner: defaultSigner === IMPLIED ? null : defaultSigner,
      oneOffSigner: oneOffSigner === IMPLIED ? null : oneOffSigner,
    }),
  );
  const chosen = {
    default: pending.defaultSigner ?? IMPLIED,
    oneOff: pending.oneOffSigner ?? IMPLIED,
  };
  const devices = pending.signers.filter(({ kind }) => kind !== 'software').length;
  return (
    <Card
      title="Who makes new keys"
      aside={
        <LinkButton size="small" href={hrefOf('signer-migration')}>
          Move keys…
        </LinkButton>
      }
    >
      <div className="stack">
        <div className="columns">
          <Select
            label="Default signer"
            value={chosen.default}
            onChange={(id) => void set.run(id, chosen.oneOff)}
            options={options(list, {
              value: IMPLIED,
              label: 'Not chosen',
              detail:
                pending.signers.length > 1
                  ? 'choose one: there is more than one signer'
                  : 'implied: the only one there is',
            })}
            help="Makes the keys of authorities, certificates and the trust anchor. Keys that are there stay where they are."
          />
          <Select
            label="One-off signer"
            value={chosen.oneOff}
            onChange={(id) => void set.run(chosen.default, id)}
            options={options(list, {
              value: IMPLIED,
              label: 'Software, implied',
              detail: devices > 0 ? 'nobody chose; never a device' : 'nobody chose',
            })}
            help="Makes keys that sign once and are destroyed. On a device each of them costs seconds and wears it out."
          />
        </div>
        {set.error ? <ErrorState error={set.error} /> : null}
      </div>
    </Card>
  );
}
