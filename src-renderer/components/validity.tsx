/** Validity drawn: one bar with the 2/3 mark, and lanes over months for many. Words stand beside, always. */
import { useNow } from '../app/clock.ts';
import { TimeSpan, durationText, leftText, localText } from './time.tsx';

const percent = (share: number): string => `${Math.max(0, Math.min(1, share)) * 100}%`;

export interface ValidityProps {
  from: string;
  to: string;
  /** The renewal mark, 2/3 of the lifetime. */
  renewAt: string;
}

/** `renewAt` null: it is not renewed by its age. */
export function ValidityBar({
  from,
  to,
  renewAt,
}: Omit<ValidityProps, 'renewAt'> & { renewAt: string | null }) {
  const now = useNow();
  const start = Date.parse(from);
  const length = Math.max(1, Date.parse(to) - start);
  const past = (now - start) / length;
  const ended = past >= 1;
  const words = ended
    ? leftText(to, now)
    : past < 0
      ? `starts in ${durationText(start - now)}`
      : `${durationText(Date.parse(to) - now)} left of ${durationText(length)}`;
  return (
    <div className="validity">
      <span>
        <TimeSpan from={from} to={to} />
      </span>
      <div className="validity-track" aria-hidden>
        <span
          className="validity-fill"
          data-tone={ended ? 'bad' : 'accent'}
          style={{ width: percent(past) }}
        />
        {renewAt === null ? null : (
          <span className="validity-mark" style={{ left: percent((Date.parse(renewAt) - start) / length) }} />
        )}
      </div>
      <span className="quiet num">
        {words}
        {renewAt === null
          ? '; its signer reissues it, for the same key'
          : `; renew from ${localText(renewAt, length < 3 * 86_400_000)}, the 2/3 mark`}
      </span>
    </div>
  );
}

export interface Lane extends ValidityProps {
  id: string;
  name: string;
  state: string;
  href?: string;
}

/** Month starts inside the span, so spaced that about `most` fit. */
export function ticks(fromMs: number, toMs: number, most: number): number[] {
  const months = (toMs - fromMs) / 2_629_800_000;
  const step = [1, 2, 3, 6, 12, 24, 60, 120].find((size) => months / size <= most) ?? 240;
  const result: number[] = [];
  const first = new Date(fromMs);
  const cursor = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 1));
  while (cursor.getTime() <= toMs) {
    result.push(cursor.getTime());
    cursor.setUTCMonth(cursor.getUTCMonth() + step);
  }
  return result;
}

const month = new Intl.DateTimeFormat('en-GB', { month: 'short', year: '2-digit', timeZone: 'UTC' });

/** `months`: how far ahead it looks. */
export function Timeline({ lanes, months = 24 }: { lanes: readonly Lane[]; months?: number }) {
  const now = useNow(60_000);
  const span = months * 2_629_800_000;
  const from = now - span * 0.04;
  const to = now + span;
  const place = (ms: number): number => Math.max(0, Math.min(1, (ms - from) / (to - from)));
  return (
    <div className="lanes">
      <div className="lane-now" style={{ left: percent(place(now)) }} aria-hidden />
      {lanes.map((lane) => {
        const start = place(Date.parse(lane.from));
        const end = place(Date.parse(lane.to));
        const late = place(Date.parse(lane.renewAt));
        const width = Math.max(0.004, end - start);
        const dead = lane.state === 'expired' || lane.state === 'revoked';
        const label = `${lane.name}, until ${localText(lane.to)}, ${leftText(lane.to, now)}`;
        return (
          <div className="lane" key={lane.id}>
            <div
              className="lane-bar"
              data-state={lane.state}
              style={{ left: percent(start), width: percent(width) }}
            >
              {late < end && !dead ? (
                <span className="lane-late" style={{ width: percent((end - late) / width) }} />
              ) : null}
            </div>
            {/* Near the right edge the name ends where the lane ends. */}
            {lane.href === undefined ? (
              <span className="lane-name" style={{ left: percent(Math.min(start, 0.8)) }} title={label}>
                {lane.name}
              </span>
            ) : (
              <a
                className="lane-name"
                href={lane.href}
                aria-label={label}
                style={{ left: percent(Math.min(start, 0.8)) }}
              >
                {lane.name}
              </a>
            )}
          </div>
        );
      })}
      {ticks(from, to, 9)
        .filter((tick) => place(tick) > 0.02 && place(tick) < 0.98)
        .map((tick) => (
          <span className="lane-tick num" key={tick} style={{ left: percent(place(tick)) }} aria-hidden>
            {month.format(tick)}
          </span>
        ))}
    </div>
  );
}
