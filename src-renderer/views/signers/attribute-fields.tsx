/** PKCS#11 attributes of new keys: Krill's defaults, or a table that takes their place as a whole (krill-ta 9.3). */
import { Checkbox, Select } from '../../components/choices.tsx';
import { Notice } from '../../components/verdict.tsx';
import type { FormProps } from './form-props.ts';

type Table = Record<string, boolean>;
type Said = 'true' | 'false' | 'unsaid';

const KNOWN = {
  publicKeyAttributes: { title: 'Public keys', names: ['CKA_PRIVATE', 'CKA_MODIFIABLE'] },
  privateKeyAttributes: {
    title: 'Private keys',
    names: ['CKA_SENSITIVE', 'CKA_EXTRACTABLE', 'CKA_PRIVATE', 'CKA_MODIFIABLE'],
  },
} as const;

const DEFAULTS: Record<keyof typeof KNOWN, Table> = {
  publicKeyAttributes: { CKA_PRIVATE: true },
  privateKeyAttributes: { CKA_EXTRACTABLE: false, CKA_PRIVATE: true, CKA_SENSITIVE: true },
};

const saidOf = (table: Table, name: string): Said =>
  name in table ? (table[name] === true ? 'true' : 'false') : 'unsaid';

function withSaid(table: Table, name: string, said: Said): Table {
  const { [name]: _, ...rest } = table;
  return said === 'unsaid' ? rest : { ...rest, [name]: said === 'true' };
}

function OneTable(props: FormProps & { field: keyof typeof KNOWN }) {
  const { form, change, problems, field } = props;
  const table = form[field];
  const { title, names } = KNOWN[field];
  const all = [...new Set([...names, ...Object.keys(table ?? {})])];
  const open = table !== null && field === 'privateKeyAttributes' && mayLeave(table);
  return (
    <div className="stack-tight">
      <Checkbox value={table !== null} onChange={(own) => change({ [field]: own ? DEFAULTS[field] : null })}>
        {title}: other attributes than Krill's
      </Checkbox>
      {table === null ? null : (
        <div className="form-pair">
          {all.map((name) => (
            <Select<Said>
              key={name}
              label={name}
              value={saidOf(table, name)}
              onChange={(said) => change({ [field]: withSaid(table, name, said) })}
              options={[
                { value: 'true', label: 'true' },
                { value: 'false', label: 'false' },
                { value: 'unsaid', label: 'not said', detail: 'the device decides' },
              ]}
            />
          ))}
        </div>
      )}
      {open ? (
        <Notice severity="careful">
          Without CKA_SENSITIVE = true and CKA_EXTRACTABLE = false a key may be able to leave the device.
        </Notice>
      ) : null}
      {problems[`settings.${field}`] === undefined ? null : (
        <p className="field-error" role="alert">
          {problems[`settings.${field}`]}
        </p>
      )}
    </div>
  );
}

function mayLeave(table: Table): boolean {
  return table['CKA_SENSITIVE'] !== true || table['CKA_EXTRACTABLE'] !== false;
}

export function AttributeFields(props: FormProps) {
  return (
    <fieldset className="fieldset">
      <legend className="field-label">Attributes of new keys</legend>
      <OneTable {...props} field="publicKeyAttributes" />
      <OneTable {...props} field="privateKeyAttributes" />
    </fieldset>
  );
}
