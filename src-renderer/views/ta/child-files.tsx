/** The files a local child hands out: what each is, from whom to whom, what to do with it, and its button. */
import { useState } from 'react';
import type { ChildExport } from '#shared/contract/ta-child.ts';
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { SaveTo } from '../../components/save-to.tsx';

interface ChildFile {
  what: ChildExport;
  name: string;
  says: string;
}

const files = (handle: string): readonly ChildFile[] => [
  {
    what: 'online',
    name: `${handle}.json`,
    says: 'From this child to a trust anchor’s proxy: add it there. With Krill: krillta proxy children add --info.',
  },
  {
    what: 'child-request',
    name: 'child-request.xml',
    says: 'The same as XML (RFC 8183), for a parent of another make.',
  },
  {
    what: 'pub-req',
    name: 'pub-req.xml',
    says: 'From this child to its publication server, which answers with repo-res.xml.',
  },
  {
    what: 'repo-res',
    name: 'repo-res.xml',
    says: 'The answer to pub-req.xml when the trust anchor publishes into a folder: made here, read here.',
  },
];

export function ChildFiles({ handle }: { handle: string }) {
  const [file, setFile] = useState<ChildFile | null>(null);
  const close = (): void => setFile(null);
  return (
    <Card title="Files" flush>
      <ul className="object-list">
        {files(handle).map((one) => (
          <li key={one.what} className="settings-row">
            <span>
              <b className="mono">{one.name}</b>
              <span className="dim wrap"> {one.says}</span>
            </span>
            <Button size="small" onPress={() => setFile(one)}>
              Write {one.name}…
            </Button>
          </li>
        ))}
      </ul>
      <Dialog open={file !== null} onClose={close} title={`Write ${file?.name ?? ''}`}>
        {file === null ? null : (
          <>
            <p className="dim">{file.says}</p>
            <SaveTo
              channel="ta.localExport"
              purpose="export"
              suggestedName={file.name}
              verb="Write"
              write={async (target, overwrite) => {
                const written = await call('ta.localExport', { handle, what: file.what, target, overwrite });
                showToast(`${file.name} is written, SHA-256 begins ${written.sha256.slice(0, 8)}`);
                close();
              }}
              onClose={close}
            />
          </>
        )}
      </Dialog>
    </Card>
  );
}
