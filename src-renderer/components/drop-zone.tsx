/**
 * A file dropped anywhere in the window, and the place to choose one by hand. What is done with it is said by
 * the topmost screen that wants files; otherwise it is inspected.
 */
import { FileSearch, Upload } from 'lucide-react';
import { createContext, useContext, useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { showToast } from '../app/state.ts';
import { Button } from './button.tsx';
import { ReadingProgress } from './job-progress.tsx';

export interface FileTaker {
  /** What dropping does: "Inspect", "Use as the request". */
  verb: string;
  take: (file: File) => void;
}

interface Place extends FileTaker {
  /** How many dialogs and wizards it stands in: what is on top is asked first. */
  depth: number;
  /** It takes no file; it keeps the ones below it from taking one. */
  guards: boolean;
}

interface Zone {
  register: (place: Place) => () => void;
  depth: number;
}
const ZoneContext = createContext<Zone>({ register: () => () => undefined, depth: 0 });

/** While mounted, files dropped on the window go to `take` (the topmost one wins, then the latest). */
export function useFileTaker(verb: string, take: (file: File) => void): void {
  const { register, depth } = useContext(ZoneContext);
  const latest = useRef(take);
  latest.current = take;
  useEffect(
    () => register({ verb, take: (file) => latest.current(file), depth, guards: false }),
    [register, verb, depth],
  );
}

/**
 * Round what holds typed text, a wizard or a dialog: a file nobody in it wants is not looked at, because that would lose
 * what was typed. `why` says so.
 */
export function DropGuard({ why, children }: { why: string; children: ReactNode }) {
  const { register, depth } = useContext(ZoneContext);
  const inner = useMemo(() => ({ register, depth: depth + 1 }), [register, depth]);
  useEffect(
    () =>
      register({
        verb: why,
        take: (file) => void showToast(`“${file.name}” was not opened. ${why}.`, { tone: 'note' }),
        depth: depth + 1,
        guards: true,
      }),
    [register, depth, why],
  );
  return <ZoneContext value={inner}>{children}</ZoneContext>;
}

/** The place a file goes to: the deepest, and there one that takes files before one that keeps them away. */
function topOf(places: readonly Place[]): Place | undefined {
  return places.toReversed().toSorted((a, b) => b.depth - a.depth || Number(a.guards) - Number(b.guards))[0];
}

/** Mounted once, round the application. `fallback` takes what no screen wants. */
export function DropZone({ fallback, children }: { fallback: FileTaker; children: ReactNode }) {
  const places = useRef<Place[]>([]);
  const [over, setOver] = useState<FileTaker | null>(null);
  const latest = useRef(fallback);
  latest.current = fallback;
  const zone = useRef<Zone>({
    depth: 0,
    register(place) {
      places.current.push(place);
      return () => {
        places.current = places.current.filter((other) => other !== place);
      };
    },
  });

  useEffect(() => {
    const holdsFile = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
    const top = (): FileTaker => topOf(places.current) ?? latest.current;
    const dragOver = (event: DragEvent): void => {
      // Always prevented: otherwise the browser would open the file in place of the application.
      event.preventDefault();
      if (holdsFile(event)) setOver(top());
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(null);
    };
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      setOver(null);
      const files = event.dataTransfer?.files ?? [];
      const [file] = files;
      if (file === undefined) return;
      if (files.length > 1)
        showToast(`One file at a time: only “${file.name}” of ${files.length} was taken.`, { tone: 'note' });
      top().take(file);
    };
    window.addEventListener('dragover', dragOver);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', dragOver);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, []);

  return (
    <ZoneContext value={zone.current}>
      {children}
      {over ? (
        <div className="drop-sheet" role="status">
          <div>
            <FileSearch aria-hidden />
            {over.verb}
          </div>
        </div>
      ) : null}
    </ZoneContext>
  );
}

/** The visible place for a file: says that dropping works, and opens the chooser. */
export function FileChooser(props: {
  children: ReactNode;
  buttonLabel: string;
  onFile: (file: File) => void;
  busy?: boolean;
  /** Progress of the upload, 0..1. */
  share?: number | null;
  onCancel?: () => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className="drop-target">
      <Upload aria-hidden />
      <div className="dim">{props.children}</div>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={props.buttonLabel}
        onChange={(event) => {
          const file = event.target.files?.[0];
          // The same file may be chosen again after it was mended.
          event.target.value = '';
          if (file) props.onFile(file);
        }}
      />
      <div className="row-wrap">
        <Button busy={props.busy === true} onPress={() => input.current?.click()}>
          {props.buttonLabel}
        </Button>
        {props.busy && props.onCancel ? <Button onPress={props.onCancel}>Cancel</Button> : null}
      </div>
      {props.busy && props.share !== null && props.share !== undefined ? (
        <ReadingProgress name="the file" share={props.share} />
      ) : null}
    </div>
  );
}
