/** The distinguished name, attribute by attribute in the order it will stand in the certificate. */
import { ArrowUp, Plus, Trash2 } from 'lucide-react';
import type { IssueDraft } from '#shared/contract/issue-draft.ts';
import { Button } from '../../components/button.tsx';
import { Select } from '../../components/choices.tsx';
import type { Option } from '../../components/choices.tsx';
import { TextField } from '../../components/text-field.tsx';

type Attribute = IssueDraft['subject'][number];

const TYPES: readonly Option<Attribute['type']>[] = [
  { value: 'CN', label: 'CN', detail: 'common name' },
  { value: 'O', label: 'O', detail: 'organisation' },
  { value: 'OU', label: 'OU', detail: 'unit' },
  { value: 'C', label: 'C', detail: 'country, two letters' },
  { value: 'ST', label: 'ST', detail: 'state or province' },
  { value: 'L', label: 'L', detail: 'town' },
  { value: 'STREET', label: 'STREET', detail: 'street' },
  { value: 'postalCode', label: 'postalCode' },
  { value: 'serialNumber', label: 'serialNumber', detail: 'of a device or register' },
  { value: 'emailAddress', label: 'emailAddress' },
  { value: 'DC', label: 'DC', detail: 'domain component' },
  { value: 'GN', label: 'GN', detail: 'given name' },
  { value: 'SN', label: 'SN', detail: 'surname' },
  { value: 'title', label: 'title' },
  { value: 'UID', label: 'UID', detail: 'user id' },
];

export function SubjectEditor(props: {
  rows: readonly Attribute[];
  onChange: (rows: Attribute[]) => void;
  errorAt: (index: number) => string | null;
}) {
  const { rows, onChange } = props;
  const set = (index: number, part: Partial<Attribute>): void =>
    onChange(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  const raise = (index: number): void => {
    const next = [...rows];
    const [row] = next.splice(index, 1);
    if (row) next.splice(index - 1, 0, row);
    onChange(next);
  };
  return (
    <fieldset className="fieldset">
      <legend className="field-label">Distinguished name, first attribute first</legend>
      <ol className="plain-list stack-tight">
        {rows.map((row, index) => (
          // Rows have no identity but their place.
          <li key={index} className="dn-row">
            <Select
              label={`Attribute ${index + 1}`}
              hideLabel
              value={row.type}
              onChange={(type) => set(index, { type })}
              options={TYPES}
            />
            <TextField
              label={`Value of ${row.type}`}
              hideLabel
              value={row.value}
              onChange={(value) => set(index, { value })}
              maxLength={1000}
              error={props.errorAt(index)}
            />
            <span className="row">
              <Button
                size="small"
                kind="quiet"
                label={`Move ${row.type} up`}
                icon={<ArrowUp aria-hidden />}
                whyDisabled={index === 0 ? 'It stands first' : null}
                onPress={() => raise(index)}
              />
              <Button
                size="small"
                kind="quiet"
                label={`Remove ${row.type}`}
                icon={<Trash2 aria-hidden />}
                onPress={() => onChange(rows.filter((_row, at) => at !== index))}
              />
            </span>
          </li>
        ))}
      </ol>
      <div>
        <Button
          size="small"
          icon={<Plus aria-hidden />}
          whyDisabled={rows.length >= 40 ? 'Forty attributes are the most' : null}
          onPress={() =>
            onChange([...rows, { type: rows.some(({ type }) => type === 'O') ? 'OU' : 'O', value: '' }])
          }
        >
          Add attribute
        </Button>
      </div>
    </fieldset>
  );
}
