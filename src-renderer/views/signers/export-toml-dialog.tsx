/** The signers as Krill configures them: looked at first, without secrets unless the operator ticks them (H-012). */
import { useState } from 'react';
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { useQuery } from '../../app/use-query.ts';
import { Checkbox } from '../../components/choices.tsx';
import { CommandBlock } from '../../components/command-block.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { SaveTo } from '../../components/save-to.tsx';
import { ErrorState, Loading } from '../../components/state-box.tsx';
import { Notice } from '../../components/verdict.tsx';

interface ExportTomlProps {
  open: boolean;
  onClose: () => void;
}

export function ExportTomlDialog(props: ExportTomlProps) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Export signers as TOML" size="wide">
      <Body onClose={props.onClose} />
    </Dialog>
  );
}

function Body({ onClose }: { onClose: () => void }) {
  const found = useQuery('signers.toml', {}, ['signers']);
  const [secrets, setSecrets] = useState(false);
  return (
    <div className="stack">
      {found.data ? (
        <>
          <CommandBlock title="For krill.conf or krillta.conf" what="TOML" text={found.data.text} short />
          {found.data.command === null ? null : (
            <CommandBlock title="Started with its variables" text={found.data.command} />
          )}
          {found.data.notes.map((note) => (
            <Notice key={note} severity="note">
              {note}
            </Notice>
          ))}
        </>
      ) : found.error ? (
        <ErrorState error={found.error} onRetry={found.reload} />
      ) : (
        <Loading what="the signers" />
      )}
      <Checkbox value={secrets} onChange={setSecrets}>
        With PINs and passwords in the clear
      </Checkbox>
      {secrets ? (
        <Notice severity="careful">
          Whoever reads the file can use every key on these devices. Keep it like a PIN, and delete it when
          Krill has it.
        </Notice>
      ) : null}
      <SaveTo
        channel="signers.exportToml"
        purpose="signers"
        suggestedName="signers.toml"
        verb={secrets ? 'Export with secrets' : 'Export'}
        onClose={onClose}
        write={async (target, overwrite) => {
          const { path } = await call('signers.exportToml', { target, secrets, overwrite });
          showToast(`The signers are in ${path}`);
          onClose();
        }}
      />
    </div>
  );
}
