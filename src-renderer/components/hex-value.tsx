/**
 * Bytes for reading: upper-case hex in groups of four, long values cut in the middle, the whole on hover,
 * focus and copy. Also the one way of copying, through main's clipboard.
 */
import { Check, Copy } from 'lucide-react';
import { useContext, useEffect, useState } from 'react';
import { call, toastError } from '../app/call.ts';
import { showToast } from '../app/state.ts';
import { useAction } from '../app/use-action.ts';
import { Button } from './button.tsx';
import { Hint, TabStops } from './hint.tsx';

/** "9C1E 44B7 03FA". Separators in the input (colons, spaces) are dropped. */
export function hexGroups(hex: string): string[] {
  return (
    hex
      .replace(/[^0-9a-f]/gi, '')
      .toUpperCase()
      .match(/.{1,4}/g) ?? []
  );
}

/** The groups with the middle left out when there are more than `most`. */
export function cutHex(hex: string, most: number): string {
  const groups = hexGroups(hex);
  if (groups.length <= most) return groups.join(' ');
  const head = Math.ceil(most / 2);
  const tail = Math.floor(most / 2);
  return `${groups.slice(0, head).join(' ')} … ${groups.slice(groups.length - tail).join(' ')}`;
}

/** Copies through main. A secret leaves the clipboard after 30 s, which is said. */
export async function copyText(text: string, what: string, secret = false): Promise<void> {
  const { clearsAt } = await call('clipboard.copy', { text, secret });
  showToast(clearsAt === null ? `${what} copied` : `${what} copied; the clipboard is cleared in 30 s`);
}

/** `groups`: how many groups of four are shown before the middle is cut. */
export function HexValue({ hex, label, groups = 6 }: { hex: string; label: string; groups?: number }) {
  const tabStops = useContext(TabStops);
  const whole = hexGroups(hex).join(' ');
  const shown = cutHex(hex, groups);
  if (hex === '') return <span className="quiet">none</span>;
  if (!tabStops) {
    return (
      <Hint text={whole}>
        <span className="hex">{shown}</span>
      </Hint>
    );
  }
  return (
    <Hint text={whole}>
      <button
        type="button"
        className="hex"
        // What is seen is part of the name, so that it can be said to press it.
        aria-label={`${label} ${shown}, copy`}
        onClick={() => {
          copyText(hex, label).catch(toastError);
        }}
      >
        {shown}
        <Copy aria-hidden />
      </button>
    </Hint>
  );
}

export interface CopyButtonProps {
  text: string;
  /** What is copied, for the name and the toast: "PEM", "Command". */
  what: string;
  secret?: boolean;
  /** Show the word "Copy" beside the icon. */
  wide?: boolean;
}

export function CopyButton({ text, what, secret = false, wide = false }: CopyButtonProps) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 2000);
    return () => clearTimeout(timer);
  }, [done]);
  const action = useAction('clipboard.copy', async () => {
    await copyText(text, what, secret);
    setDone(true);
  });
  useEffect(() => {
    if (action.error) showToast(action.error.message, { tone: 'bad' });
  }, [action.error]);
  const icon = done ? <Check aria-hidden /> : <Copy aria-hidden />;
  const common = { size: 'small', kind: 'quiet', icon, onPress: () => void action.run() } as const;
  return wide ? (
    <Button {...common}>Copy{what === '' ? null : <span className="visually-hidden"> {what}</span>}</Button>
  ) : (
    <Button {...common} label={`Copy ${what}`} />
  );
}
