/** The audit as JSON Lines, with its signed head beside it. */
import { useState } from 'react';
import { SaveTo } from '../../components/save-to.tsx';
import { call } from '../../app/call.ts';
import { Dialog } from '../../components/dialog.tsx';
import { Notice } from '../../components/verdict.tsx';

export function ExportAudit(props: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Export the audit">
      <ExportBody onClose={props.onClose} />
    </Dialog>
  );
}

function ExportBody({ onClose }: { onClose: () => void }) {
  const [done, setDone] = useState<{ entries: number; path: string } | null>(null);
  return (
    <div className="stack">
      <p className="dim">
        JSON Lines, one entry a line with its hashes; beside it <span className="mono">.head.json</span>, the
        head signed with this workspace’s key. It holds names and numbers, no keys.
      </p>
      {done === null ? null : (
        <Notice severity="good" live>
          {done.entries} entries are in <span className="mono wrap">{done.path}</span>.
        </Notice>
      )}
      <SaveTo
        channel="audit.export"
        purpose="audit"
        suggestedName="baleen-audit.jsonl"
        verb="Export"
        onClose={onClose}
        write={async (target, overwrite) => setDone(await call('audit.export', { target, overwrite }))}
      />
    </div>
  );
}
