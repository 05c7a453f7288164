/** One file of the trust anchor, written where the operator says. */
import type { TaExport } from '#shared/contract/ta.ts';
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { Dialog } from '../../components/dialog.tsx';
import { SaveTo } from '../../components/save-to.tsx';

export interface TaFile {
  what: TaExport;
  /** "response.json". */
  name: string;
  /** From whom to whom, and what to do with it. */
  says: string;
}

export const SIGNER_FILES: readonly TaFile[] = [
  {
    what: 'signer-info',
    name: 'signer-info.json',
    says: 'To the proxy, after set-up and after each reissue: krillta proxy signer init (or update) --info',
  },
  {
    what: 'certificate',
    name: 'ta.cer',
    says: 'To every place the TAL names, after set-up and after each reissue.',
  },
  { what: 'tal', name: 'ta.tal', says: 'To relying parties: validators begin with it.' },
];

export const RECORD_FILES: readonly TaFile[] = [
  {
    what: 'krill-conf',
    name: 'krill-ta.conf',
    says: 'What krill.conf of the proxy needs: its switch and these times.',
  },
  {
    what: 'krillta-conf',
    name: 'krillta.conf',
    says: 'These times for krillta, beside “Write for krillta”.',
  },
  { what: 'exchanges-text', name: 'exchanges.txt', says: 'Every exchange as krillta prints it.' },
  {
    what: 'exchanges-json',
    name: 'exchanges.json',
    says: 'Every exchange with its signed messages, as krillta writes it.',
  },
];

export function ExportFileDialog(props: { file: TaFile | null; id: string | null; onClose: () => void }) {
  const { file, id, onClose } = props;
  return (
    <Dialog open={file !== null} onClose={onClose} title={`Write ${file?.name ?? ''}`}>
      {file === null ? null : (
        <>
          <p className="dim">{file.says}</p>
          <SaveTo
            channel="ta.export"
            purpose="export"
            suggestedName={file.name}
            verb="Write"
            write={async (target, overwrite) => {
              const { sha256 } = await call('ta.export', { what: file.what, id, target, overwrite });
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
