/** The timeline of a trust anchor: what was exchanged and what is due, drawn, with the same in words below it. */
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useNow } from '../../app/clock.ts';
import { hrefOf } from '../../app/router.ts';
import { Card } from '../../components/card.tsx';
import { Segmented } from '../../components/choices.tsx';
import { Dated, datedText } from '../../components/dated.tsx';
import { Hint } from '../../components/hint.tsx';
import { localText, Time } from '../../components/time.tsx';
import { ticks } from '../../components/validity.tsx';
import {
  type Cluster,
  clustersOf,
  linesOf,
  type TimelineBar,
  type TimelineInput,
  type TimelineLane,
  timelineOf,
} from './timeline-model.ts';

interface Span {
  from: number;
  to: number;
}

const MONTH_MS = 2_629_800_000;
const SCALES = [
  { value: 'quarter', label: '3 months', months: 3 },
  { value: 'year', label: 'A year', months: 12 },
  { value: 'years', label: '5 years', months: 60 },
  { value: 'all', label: 'All', months: 0 },
] as const;
type Scale = (typeof SCALES)[number]['value'];

/** A third of the span lies behind us; "all" reaches from the first date to the last one. */
function spanOf(scale: Scale, now: number, lanes: readonly TimelineLane[]): Span {
  const months = SCALES.find(({ value }) => value === scale)?.months ?? 0;
  if (months > 0) return { from: now - (months * MONTH_MS) / 3, to: now + (months * MONTH_MS * 2) / 3 };
  const all = linesOf(lanes).map(({ at }) => Date.parse(at));
  const [first, last] = [Math.min(now, ...all), Math.max(now + MONTH_MS, ...all)];
  const margin = (last - first) / 50;
  return { from: first - margin, to: last + margin };
}

const percent = (share: number): string => `${Math.max(0, Math.min(1, share)) * 100}%`;
const shareOf = (at: number, { from, to }: Span): number => (at - from) / (to - from);
const month = new Intl.DateTimeFormat('en-GB', { month: 'short', year: '2-digit', timeZone: 'UTC' });
const YEARS_FROM_MS = 6 * 12 * MONTH_MS;
const MOST_LINES = 8;
/** A shorter bar, as a share of the width, has no room for words. */
const LEGIBLE = 0.12;

function clusterText({ points }: Cluster): string {
  const shown = points.slice(0, MOST_LINES).map(({ at, says }) => `${localText(at)}: ${datedText(says)}`);
  return [...shown, ...(points.length > MOST_LINES ? [`and ${points.length - MOST_LINES} more`] : [])].join(
    '\n',
  );
}

function Point({ cluster, due }: { cluster: Cluster; due: boolean }) {
  const [only] = cluster.points;
  const text = clusterText(cluster);
  const common = { className: 'tl-point', ...(due ? { 'data-due': true } : {}) };
  const count = cluster.points.length;
  return (
    <span className="tl-at" style={{ left: percent(cluster.share) }}>
      {count === 1 && only?.opens ? (
        <Hint text={text}>
          <a {...common} href={hrefOf(only.opens.view, { id: only.opens.id })} aria-label={text} />
        </Hint>
      ) : (
        <Hint text={text} focusable>
          <span {...common}>
            <span className="visually-hidden">{text}</span>
            {count > 1 ? <span aria-hidden>{count}</span> : null}
          </span>
        </Hint>
      )}
    </span>
  );
}

function Bar({ bar, span }: { bar: TimelineBar; span: Span }) {
  const [from, to] = [shareOf(Date.parse(bar.from), span), shareOf(Date.parse(bar.to), span)];
  if (to < 0 || from > 1) return null;
  const left = Math.max(0, from);
  const text = `${bar.says}\n${localText(bar.from)} to ${localText(bar.to)}`;
  return (
    <span className="tl-bar" style={{ left: percent(left), width: percent(Math.min(1, to) - left) }}>
      <Hint text={text} focusable className="tl-bar-text">
        <span className="visually-hidden">{text}</span>
        {Math.min(1, to) - left < LEGIBLE ? null : <span aria-hidden>until {localText(bar.to)}</span>}
      </Hint>
    </span>
  );
}

function Lane({ lane, span, now }: { lane: TimelineLane; span: Span; now: number }) {
  return (
    <li className="tl-lane">
      <span className="tl-name">{lane.name}</span>
      <div className="tl-track">
        {lane.bars.map((bar) => (
          <Bar key={bar.says} bar={bar} span={span} />
        ))}
        {clustersOf(lane.points, span).map((cluster) => (
          <Point
            key={cluster.points[0]?.id}
            cluster={cluster}
            due={cluster.points.some(({ at, opens }) => opens === null && Date.parse(at) <= now)}
          />
        ))}
      </div>
    </li>
  );
}

function Axis({ span }: { span: Span }) {
  const inYears = span.to - span.from > YEARS_FROM_MS;
  return (
    <div className="tl-axis" aria-hidden>
      {ticks(span.from, span.to, 8)
        .filter((tick) => shareOf(tick, span) > 0.02 && shareOf(tick, span) < 0.97)
        .map((tick) => (
          <span key={tick} className="num" style={{ left: percent(shareOf(tick, span)) }}>
            {inYears ? new Date(tick).getUTCFullYear() : month.format(tick)}
          </span>
        ))}
    </div>
  );
}

function InWords({ lanes }: { lanes: readonly TimelineLane[] }): ReactNode {
  const lines = linesOf(lanes);
  return (
    <details className="details">
      <summary>The same in words</summary>
      <ul className="plain-list tl-words">
        {lines.map(({ at, says }, index) => (
          // The same may be said twice of one day.
          <li key={index}>
            <Time at={at} />{' '}
            <span>
              <Dated text={says} />
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

export function RecordTimeline(input: TimelineInput) {
  const [scale, setScale] = useState<Scale>('year');
  const now = useNow(60_000);
  const lanes = timelineOf(input);
  const span = spanOf(scale, now, lanes);
  if (lanes.length === 0) return null;
  return (
    <Card
      title="Timeline"
      aside={
        <Segmented label="How much of the timeline" value={scale} onChange={setScale} options={SCALES} />
      }
    >
      <div className="stack">
        <div className="tl">
          <ul className="plain-list" aria-label="Timeline">
            {lanes.map((lane) => (
              <Lane key={lane.name} lane={lane} span={span} now={now} />
            ))}
          </ul>
          <div className="tl-over" aria-hidden>
            <span className="tl-now" style={{ left: percent(shareOf(now, span)) }} />
          </div>
          <Axis span={span} />
        </div>
        <InWords lanes={lanes} />
      </div>
    </Card>
  );
}
