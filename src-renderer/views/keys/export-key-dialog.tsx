/** A private key leaves the workspace: encrypted unless the operator says otherwise in so many words. */
import { useState } from 'react';
import type { KeyRow } from '#shared/contract/keys.ts';
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { Dialog } from '../../components/dialog.tsx';
import { KeyPassphrase, keyPassphraseProblem, NO_KEY_PASSPHRASE } from '../../components/key-passphrase.tsx';
import { SaveTo } from '../../components/save-to.tsx';

export function ExportKeyDialog(props: { row: KeyRow; open: boolean; onClose: () => void }) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Export the private key">
      <ExportBody row={props.row} onClose={props.onClose} />
    </Dialog>
  );
}

function ExportBody({ row, onClose }: { row: KeyRow; onClose: () => void }) {
  const [secret, setSecret] = useState(NO_KEY_PASSPHRASE);
  const name = row.label.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').replaceAll(/^[.-]+|[.-]+$/g, '') || 'private';
  return (
    <div className="stack">
      <p className="dim">PKCS#8, PEM. The file is readable by you alone (0600).</p>
      <KeyPassphrase value={secret} onChange={setSecret} mayBePlain />
      <SaveTo
        channel="keys.export"
        purpose="privateKey"
        suggestedName={`${name}.key`}
        verb={secret.plain ? 'Export unencrypted' : 'Export encrypted'}
        whyNot={keyPassphraseProblem(secret)}
        onClose={onClose}
        write={async (target, overwrite) => {
          const { path } = await call('keys.export', {
            id: row.id,
            target,
            passphrase: secret.plain ? null : secret.first,
            overwrite,
          });
          showToast(`The key is in ${path}`);
          onClose();
        }}
      />
    </div>
  );
}
