/** Today's date, read from another clock than this machine's: what is signed with a clock ahead cannot be used until then. */
import { Dated } from '../../components/dated.tsx';
import { TextField } from '../../components/text-field.tsx';

/** Why the step waits for the date; null when it is there. Whether it is right is for main to say. */
export const whyNotToday = (typed: string): string | null =>
  /^\d{4}-\d\d-\d\d$/.test(typed.trim()) ? null : "Type today's date from another clock, as year-month-day";

export function TodayField(props: {
  /** Why it is asked. */
  says: string;
  value: string;
  onChange: (typed: string) => void;
  error: string | null;
}) {
  return (
    <div className="stack-tight">
      <p className="dim">
        <Dated text={props.says} />
      </p>
      <div className="row-wrap">
        <TextField
          label="Today's date, read from another clock"
          mono
          className="input-name"
          maxLength={40}
          value={props.value}
          onChange={props.onChange}
          error={props.error}
          help="Year-month-day, as a watch or a telephone shows it."
        />
      </div>
    </div>
  );
}
