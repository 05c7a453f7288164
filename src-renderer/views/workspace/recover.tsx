/** The way in without the passphrase: the printed recovery key, and a new passphrase in the same step. */
import { useState } from 'react';
import { call } from '../../app/call.ts';
import { useNow } from '../../app/clock.ts';
import { reloadQuery } from '../../app/query-store.ts';
import { hrefOf } from '../../app/router.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Page } from '../../components/page.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { SecretField } from '../../components/text-field.tsx';
import { Countdown, isAhead } from '../../components/time.tsx';
import { Notice } from '../../components/verdict.tsx';
import { EMPTY_PASSPHRASE, NewPassphraseFields, whyNotPassphrase } from './new-passphrase.tsx';

export function Recover({ session }: ViewProps) {
  const [recoveryKey, setRecoveryKey] = useState('');
  const [passphrase, setPassphrase] = useState(EMPTY_PASSPHRASE);
  const recover = useAction('workspace.recover', async () => {
    await call('workspace.recover', { recoveryKey: recoveryKey.trim(), passphrase: passphrase.value });
    setRecoveryKey('');
    setPassphrase(EMPTY_PASSPHRASE);
    showToast('Unlocked; the new passphrase counts from now on');
    reloadQuery('workspace.state', {});
  });
  const wrong = recover.error?.code === 'WRONG_PASSPHRASE';
  const retryAt = recover.error?.details.retryAt ?? session.retryAt;
  const now = useNow(500);
  const waiting = isAhead(retryAt, now);
  const other = recover.error && !wrong && recover.error.code !== 'SLOW_DOWN' ? recover.error : null;
  const why = waiting
    ? 'Wait until the countdown ends'
    : recoveryKey.trim() === ''
      ? 'Type the recovery key'
      : whyNotPassphrase(passphrase);
  return (
    <Page title="Use the recovery key" narrow>
      <p className="dim">
        For “{session.workspace?.name}”. The old passphrase stops working with this step; the recovery key
        stays valid.
      </p>
      <Card>
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (why === null) void recover.run();
          }}
        >
          <SecretField
            label="Recovery key"
            value={recoveryKey}
            onChange={setRecoveryKey}
            mono
            autoFocus
            help="From the printed sheet. Spaces, dashes and letter case do not matter."
            error={
              wrong
                ? 'This is not the recovery key of this workspace. Check each group against the sheet.'
                : null
            }
          />
          <NewPassphraseFields label="New passphrase" value={passphrase} onChange={setPassphrase} />
          {waiting ? (
            <Notice severity="careful" live>
              After several wrong attempts the next one is looked at in <Countdown to={retryAt} now={now} />.
              The right recovery key still works then.
            </Notice>
          ) : null}
          {other ? <ErrorState error={other} /> : null}
          <div className="row">
            <LinkButton href={hrefOf('unlock')}>Back</LinkButton>
            <span className="push" />
            <Button kind="primary" type="submit" busy={recover.busy} whyDisabled={why}>
              Unlock and set the passphrase
            </Button>
          </div>
        </form>
      </Card>
    </Page>
  );
}
