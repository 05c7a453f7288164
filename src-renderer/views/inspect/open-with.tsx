/** The passphrase of an inspected file. It goes to main once and is kept nowhere. */
import { useState } from 'react';
import { call } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { SecretField } from '../../components/text-field.tsx';

export function OpenWith({ id, onOpened }: { id: string; onOpened: () => void }) {
  const [passphrase, setPassphrase] = useState('');
  const open = useAction('inspect.openWith', async () => {
    await call('inspect.openWith', { id, passphrase });
    setPassphrase('');
    onOpened();
  });
  const wrong = open.error?.code === 'WRONG_PASSPHRASE';
  return (
    <Card title="It is encrypted">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (passphrase !== '') void open.run();
        }}
      >
        <SecretField
          label="Passphrase of the file"
          help="Used once to look inside; it is not stored."
          value={passphrase}
          onChange={setPassphrase}
          error={wrong ? 'Wrong passphrase: the file was not opened. Try again.' : null}
        />
        {open.error && !wrong ? <ErrorState error={open.error} /> : null}
        <div className="row">
          <Button
            type="submit"
            kind="primary"
            busy={open.busy}
            whyDisabled={passphrase === '' ? 'Type the passphrase' : null}
          >
            Open it
          </Button>
        </div>
      </form>
    </Card>
  );
}
