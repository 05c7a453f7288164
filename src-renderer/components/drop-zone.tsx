/**
 * A file dropped anywhere in the window, and the place to choose one by hand. What is done with it is said by
 * the topmost screen that wants files; otherwise it is inspected.
 */
import { FileSearch, Upload } from 'lucide-react';
import { createContext, useContext, useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';

export interface FileTaker {
  /** What dropping does: "Inspect", "Use as the request". */
  verb: string;
  take: (file: File) => void;
}

type Register = (taker: FileTaker) => () => void;
const TakerContext = createContext<Register>(() => () => undefined);

/** While mounted, files dropped on the window go to `take` (the latest one mounted wins). */
export function useFileTaker(verb: string, take: (file: File) => void): void {
  const register = useContext(TakerContext);
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => register({ verb, take: (file) => latest.current(file) }), [register, verb]);
}

/** Mounted once, round the application. `fallback` takes what no screen wants. */
export function DropZone({ fallback, children }: { fallback: FileTaker; children: ReactNode }) {
  const takers = useRef<FileTaker[]>([]);
  const [over, setOver] = useState<FileTaker | null>(null);
  const latest = useRef(fallback);
  latest.current = fallback;
  const register = useRef<Register>((taker) => {
    takers.current.push(taker);
    return () => {
      takers.current = takers.current.filter((other) => other !== taker);
    };
  });

  useEffect(() => {
    const holdsFile = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
    const top = (): FileTaker => takers.current.at(-1) ?? latest.current;
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
      const file = event.dataTransfer?.files[0];
      if (file) top().take(file);
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
    <TakerContext value={register.current}>
      {children}
      {over ? (
        <div className="drop-sheet" role="status">
          <div>
            <FileSearch aria-hidden />
            {over.verb}
          </div>
        </div>
      ) : null}
    </TakerContext>
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
        <progress value={props.share} aria-label="Reading the file" />
      ) : null}
    </div>
  );
}
