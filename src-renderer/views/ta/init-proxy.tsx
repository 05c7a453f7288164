/** Making the proxy: one button, and the choice of who holds its identity key where there is one. */
import { useState } from 'react';
import { call } from '../../app/call.ts';
import { Button } from '../../components/button.tsx';
import type { ButtonProps } from '../../components/button.tsx';
import { SignerChoice, useSigners } from '../../components/signer-choice.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';

export function InitProxy({ label, kind }: { label: string; kind: NonNullable<ButtonProps['kind']> }) {
  const signers = useSigners();
  const [chosen, setChosen] = useState<string | null>(null);
  const init = useStartedJob('ta.proxyInit', () => call('ta.proxyInit', { signer: chosen }));
  if (init.progress !== null) return init.progress;
  return (
    <div className="stack">
      <SignerChoice
        signers={signers}
        label="Who holds the identity key"
        algorithm="rsa-2048"
        value={chosen}
        onChange={setChosen}
      />
      <div>
        <Button kind={kind} busy={init.action.busy} onPress={() => void init.action.run()}>
          {label}
        </Button>
      </div>
      {init.action.error ? <ErrorState error={init.action.error} /> : null}
    </div>
  );
}
