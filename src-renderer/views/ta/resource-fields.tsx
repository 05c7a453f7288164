/** The three fields of a child's resources, everything filled in, each with what is wrong with it. */
import type { ResourceTexts } from '#shared/contract/ta-proxy.ts';
import type { CallError } from '../../app/call.ts';
import { TextField } from '../../components/text-field.tsx';

export const EVERYTHING: ResourceTexts = { asn: 'AS0-AS4294967295', ipv4: '0.0.0.0/0', ipv6: '::/0' };

const FIELDS = [
  ['asn', 'AS numbers'],
  ['ipv4', 'IPv4'],
  ['ipv6', 'IPv6'],
] as const;

/** One line for a table; "everything" when it is that. */
export function resourceText({ asn, ipv4, ipv6 }: ResourceTexts): string {
  if (asn === EVERYTHING.asn && ipv4 === EVERYTHING.ipv4 && ipv6 === EVERYTHING.ipv6) return 'everything';
  return [asn, ipv4, ipv6].filter((text) => text !== '').join(', ');
}

/** Whether a refusal is said at one of these fields. */
export function saysResources(error: CallError | null): boolean {
  return error?.details.fields?.some(({ path }) => path.startsWith('resources')) ?? false;
}

export function ResourceFields(props: {
  value: ResourceTexts;
  onChange: (value: ResourceTexts) => void;
  error: CallError | null;
}) {
  const { value, onChange, error } = props;
  const whole = error?.fieldError('resources') ?? null;
  return (
    <fieldset className="fieldset">
      <legend className="field-label">Resources</legend>
      <div className="resource-fields">
        {FIELDS.map(([family, label]) => (
          <TextField
            key={family}
            label={label}
            mono
            value={value[family]}
            onChange={(text) => onChange({ ...value, [family]: text })}
            maxLength={200_000}
            error={error?.fieldError(`resources.${family}`) ?? (family === 'asn' ? whole : null)}
          />
        ))}
      </div>
      <span className="field-help">Commas between several, “-” for a range; empty for none.</span>
    </fieldset>
  );
}
