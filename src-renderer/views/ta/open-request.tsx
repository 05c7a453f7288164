/** The place for a file of an exchange: it is read by main, and its review opens. */
import { useEffect, useRef, useState } from 'react';
import { openTaFile } from '../../app/open-ta-file.ts';
import type { OpenableTaFile } from '../../app/sniff-ta-file.ts';
import { useAction } from '../../app/use-action.ts';
import { Card } from '../../components/card.tsx';
import { FileChooser } from '../../components/drop-zone.tsx';
import { ErrorState } from '../../components/state-box.tsx';

const CHANNEL = {
  request: 'ta.openRequest',
  response: 'ta.openResponse',
  'signer-info': 'ta.openSignerInfo',
  child: 'ta.openChildInfo',
} as const;

/** What each place on the screen says of its last file: all of it is about a former file when another one is opened. */
const errors = new Set<() => void>();

/** Opens a file as `kind` and goes to its screen; says what is wrong with it where it was chosen. */
export function useOpenTaFile(kind: OpenableTaFile) {
  const [share, setShare] = useState<number | null>(null);
  const forget = useRef<() => void>(undefined);
  const open = useAction(CHANNEL[kind], async (file: File) => {
    for (const other of errors) if (other !== forget.current) other();
    setShare(0);
    try {
      await openTaFile(kind, file, setShare);
    } finally {
      setShare(null);
    }
  });
  const { clear } = open;
  useEffect(() => {
    forget.current = clear;
    errors.add(clear);
    return () => void errors.delete(clear);
  }, [clear]);
  return { open, share };
}

export function OpenTaFile(props: { kind: OpenableTaFile; name: string; children: string }) {
  const { open, share } = useOpenTaFile(props.kind);
  return (
    <>
      <FileChooser
        buttonLabel={`Choose ${props.name}…`}
        busy={open.busy}
        share={share}
        onFile={(file) => void open.run(file)}
      >
        {props.children}
      </FileChooser>
      {open.error ? <ErrorState error={open.error} /> : null}
    </>
  );
}

export function OpenRequest() {
  return (
    <Card title="Next exchange">
      <OpenTaFile kind="request" name="request.json">
        Drop request.json here. You see what it asks before anything is signed.
      </OpenTaFile>
    </Card>
  );
}
