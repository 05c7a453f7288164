/** The place for a request file: it is read by main, and its review opens. */
import { useState } from 'react';
import { uploadBlob } from '../../app/blob-upload.ts';
import { call } from '../../app/call.ts';
import { navigate } from '../../app/router.ts';
import { useAction } from '../../app/use-action.ts';
import { Card } from '../../components/card.tsx';
import { FileChooser, useFileTaker } from '../../components/drop-zone.tsx';
import { ErrorState } from '../../components/state-box.tsx';

export function OpenRequest() {
  const [share, setShare] = useState<number | null>(null);
  const open = useAction('ta.openRequest', async (file: File) => {
    setShare(0);
    try {
      const blob = await uploadBlob(file, { use: 'transfer', onProgress: setShare });
      const { review } = await call('ta.openRequest', { blob });
      navigate('ta-review', { id: review });
    } finally {
      setShare(null);
    }
  });
  useFileTaker('Review as a request', (file) => void open.run(file));
  return (
    <Card title="Next exchange">
      <FileChooser
        buttonLabel="Choose request.json…"
        busy={open.busy}
        share={share}
        onFile={(file) => void open.run(file)}
      >
        Drop request.json here. You see what it asks before anything is signed.
      </FileChooser>
      {open.error ? <ErrorState error={open.error} /> : null}
    </Card>
  );
}
