/** An authority's limits for the leaves it issues: least, usual, most (L-025). */
import type { IssueDraft } from '#shared/contract/issue-draft.ts';
import { Notice } from '../../components/verdict.tsx';
import { DurationField } from './duration-field.tsx';

type Limits = IssueDraft['leafLimits'];

export function LimitFields(props: {
  limits: Limits;
  onChange: (limits: Limits) => void;
  error: string | null;
}) {
  const { limits, onChange } = props;
  return (
    <fieldset className="fieldset">
      <legend className="field-label">How long its leaves may live</legend>
      <p className="field-help">
        A leaf that would live shorter or longer is refused. To issue for a year, raise “At most”.
      </p>
      {props.error === null ? null : <Notice severity="bad">{props.error}</Notice>}
      <div className="limits">
        <DurationField
          label="At least"
          seconds={limits.minSeconds}
          onChange={(minSeconds) => onChange({ ...limits, minSeconds })}
        />
        <DurationField
          label="Usually"
          seconds={limits.defaultSeconds}
          onChange={(defaultSeconds) => onChange({ ...limits, defaultSeconds })}
        />
        <DurationField
          label="At most"
          seconds={limits.maxSeconds}
          onChange={(maxSeconds) => onChange({ ...limits, maxSeconds })}
        />
      </div>
    </fieldset>
  );
}
