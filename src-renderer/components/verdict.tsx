/** The answer first: a verdict with its checks, a notice, and the table of findings behind it. */
import { Check, CircleHelp, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { ShieldAlert, ShieldCheck, ShieldQuestionMark, ShieldX } from 'lucide-react';
import type { Finding } from '#shared/contract/channel.ts';
import { Dated } from './dated.tsx';
import { SEVERITY_WORD, SeverityIcon } from './icon.tsx';
import type { Severity } from './icon.tsx';
import { SeverityTag } from './tag.tsx';

const SHIELDS = { good: ShieldCheck, note: ShieldQuestionMark, careful: ShieldAlert, bad: ShieldX };

export interface VerdictCheck {
  text: string;
  /** null: it could not be checked. */
  ok: boolean | null;
}

export function Verdict(props: {
  severity: Severity;
  /** One sentence in plain words. */
  title: string;
  checks?: readonly VerdictCheck[];
  children?: ReactNode;
  action?: ReactNode;
}) {
  const Shield = SHIELDS[props.severity];
  return (
    <section className="verdict" data-severity={props.severity} aria-label="Verdict">
      <Shield aria-label={SEVERITY_WORD[props.severity]} />
      <div>
        <p className="verdict-title wrap">
          <Dated text={props.title} />
        </p>
        {props.checks && props.checks.length > 0 ? (
          <ul className="verdict-checks">
            {props.checks.map((check) => (
              <li key={check.text}>
                {check.ok === null ? (
                  <CircleHelp aria-label="not checked" className="tone-note" />
                ) : check.ok ? (
                  <Check aria-label="passed" className="tone-good" />
                ) : (
                  <X aria-label="failed" className="tone-bad" />
                )}
                <Dated text={check.text} />
              </li>
            ))}
          </ul>
        ) : null}
        {props.children}
      </div>
      {props.action}
    </section>
  );
}

/** One remark in the flow of a page. `live`: it is read aloud when it appears. */
export function Notice(props: { severity: Severity; children: ReactNode; live?: boolean }) {
  return (
    <div className="notice" data-severity={props.severity} {...(props.live ? { role: 'status' } : {})}>
      <SeverityIcon severity={props.severity} />
      <div>{typeof props.children === 'string' ? <Dated text={props.children} /> : props.children}</div>
    </div>
  );
}

const RANK: Record<Severity, number> = { bad: 0, careful: 1, note: 2, good: 3 };

/** Findings, the worst first. `empty` is said when there are none. */
export function FindingsTable({ findings, empty }: { findings: readonly Finding[]; empty: string }) {
  if (findings.length === 0) return <p className="load-line">{empty}</p>;
  const sorted = findings.toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
  return (
    <table className="table">
      <thead className="visually-hidden">
        <tr>
          <th>Weight</th>
          <th>Finding</th>
          <th>Source</th>
        </tr>
      </thead>
      <tbody>
        {sorted.map((finding) => (
          <tr key={`${finding.code} ${finding.where} ${finding.text}`}>
            <td>
              <SeverityTag severity={finding.severity} />
            </td>
            <td>
              <Dated text={finding.text} />
              {finding.where === '' ? null : <div className="quiet wrap">{finding.where}</div>}
            </td>
            <td className="quiet">{finding.clause}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
