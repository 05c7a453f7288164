/**
 * A fingerprint for reading aloud: sixteen groups, marked only as far as the other side's groups were typed.
 * Nothing is shown as equal before it was typed.
 */
import { useState } from 'react';
import type { FingerprintView } from '#shared/contract/certificate-view.ts';
import { bareFingerprint } from '#shared/fingerprint-text.ts';
import { Segmented } from './choices.tsx';
import { Card } from './card.tsx';
import { CopyButton, hexGroups } from './hex-value.tsx';
import { TextField } from './text-field.tsx';

export type GroupState = 'same' | 'differs' | null;

export interface Comparison {
  states: GroupState[];
  /** 0-based; -1: none differs. */
  firstDifference: number;
  complete: boolean;
}

/** Compares what was typed, group by group. A group counts when all its digits are there. */
export function compareGroups(hex: string, typed: string): Comparison {
  const groups = hexGroups(hex);
  const heard = hexGroups(bareFingerprint(typed));
  const states = groups.map((group, index): GroupState => {
    const other = heard[index];
    if (other === undefined || other.length < group.length) return null;
    return other === group ? 'same' : 'differs';
  });
  return {
    states,
    firstDifference: states.indexOf('differs'),
    complete: states.every((state) => state === 'same') && heard.length === groups.length,
  };
}

const spoken: Record<'same' | 'differs', string> = { same: ', agrees', differs: ', differs' };

export function FingerprintBoard(props: {
  /** SHA-256, hex. */
  sha256: string;
  /** Every notation, for the tools on the other side; empty: this one only. */
  notations: readonly FingerprintView[];
  title?: string;
  /** What was typed, whenever it changes. */
  onType?: (typed: string) => void;
}) {
  const [view, setView] = useState<'read' | 'all'>('read');
  const [typed, setTyped] = useState('');
  const groups = hexGroups(props.sha256);
  const heard = hexGroups(bareFingerprint(typed));
  const { states, firstDifference, complete } = compareGroups(props.sha256, typed);
  const difference =
    firstDifference < 0
      ? null
      : `Group ${firstDifference + 1} differs: heard ${heard[firstDifference]}, here ${groups[firstDifference]}. Ask them to read it again.`;
  return (
    <Card
      title={props.title ?? 'Fingerprint, read aloud'}
      aside={
        props.notations.length === 0 ? undefined : (
          <Segmented
            label="Fingerprint view"
            value={view}
            onChange={setView}
            options={[
              { value: 'read', label: 'SHA-256' },
              { value: 'all', label: 'All notations' },
            ]}
          />
        )
      }
    >
      {view === 'read' ? (
        <div className="fp-wrap stack">
          <ol className="fp-board" aria-label="SHA-256 in groups of four">
            {groups.map((group, index) => {
              const state = states[index] ?? null;
              return (
                // The place is the identity: groups may repeat.
                <li key={index} {...(state === null ? {} : { 'data-state': state })}>
                  {group}
                  {state === null ? null : <span className="visually-hidden">{spoken[state]}</span>}
                </li>
              );
            })}
          </ol>
          <p className="dim">
            The other person reads their fingerprint; you type what you hear. Nothing is shown as equal before
            it was typed.
          </p>
          <TextField
            label="What you hear"
            value={typed}
            onChange={(text) => {
              setTyped(text);
              props.onType?.(text);
            }}
            mono
            maxLength={200}
            placeholder="3f2a 91c4 …"
            error={difference}
          />
          <p className="tone-good" role="status">
            {complete ? 'All groups agree.' : ''}
          </p>
        </div>
      ) : (
        <dl className="notations">
          {props.notations.map((notation) => (
            <div key={notation.notation}>
              <dt>{notation.label}</dt>
              <dd>
                <span className="mono wrap">{notation.value}</span>
                <CopyButton text={notation.value} what={notation.label} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Card>
  );
}
