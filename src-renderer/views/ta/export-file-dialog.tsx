/** One file of the trust anchor, of either half, written where the operator says. */
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { Dialog } from '../../components/dialog.tsx';
import { SaveTo } from '../../components/save-to.tsx';
import { ChildAddress } from './child-address.tsx';
import type { TaFile } from './ta-files.ts';

function write(file: TaFile, target: string, overwrite: boolean): Promise<{ sha256: string }> {
  return file.half === 'proxy'
    ? call('ta.proxyExport', { what: file.what, child: file.child ?? null, target, overwrite })
    : call('ta.export', { what: file.what, id: file.id ?? null, target, overwrite });
}

export function ExportFileDialog(props: { file: TaFile | null; onClose: () => void }) {
  const { file, onClose } = props;
  return (
    <Dialog open={file !== null} onClose={onClose} title={`Write ${file?.name ?? ''}`}>
      {file === null ? null : (
        <>
          <p>
            {file.from} <span aria-hidden>→</span> <span className="visually-hidden">to</span> {file.to}
          </p>
          <p className="dim">{file.says}</p>
          {file.half === 'proxy' && file.what === 'parent-response' ? (
            <ChildAddress handle={file.child ?? ''} />
          ) : null}
          <SaveTo
            channel={file.half === 'proxy' ? 'ta.proxyExport' : 'ta.export'}
            purpose="export"
            suggestedName={file.name}
            verb="Write"
            write={async (target, overwrite) => {
              const { sha256 } = await write(file, target, overwrite);
              showToast(`${file.name} is written, SHA-256 begins ${sha256.slice(0, 8)}`);
              onClose();
            }}
            onClose={onClose}
          />
        </>
      )}
    </Dialog>
  );
}
