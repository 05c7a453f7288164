/**
 * The gate of a locked workspace. A wrong passphrase is said, slows down, never destroys; after some of them a
 * countdown runs until the next attempt is looked at.
 */
import { LockKeyhole } from 'lucide-react';
import { useState } from 'react';
import { closeWorkspace } from '../../app/actions.ts';
import { call } from '../../app/call.ts';
import { useNow } from '../../app/clock.ts';
import { reloadQuery } from '../../app/query-store.ts';
import { hrefOf } from '../../app/router.ts';
import { useAction } from '../../app/use-action.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { SecretField } from '../../components/text-field.tsx';
import { Countdown, isAhead } from '../../components/time.tsx';
import { Notice } from '../../components/verdict.tsx';
import { KindTag } from './kind.tsx';

export function Unlock({ session }: ViewProps) {
  const [passphrase, setPassphrase] = useState('');
  const [capsLock, setCapsLock] = useState(false);
  const unlock = useAction('workspace.unlock', async () => {
    try {
      await call('workspace.unlock', { passphrase });
    } finally {
      // Right or wrong: it is not kept, and the field is ready for the next attempt.
      setPassphrase('');
      reloadQuery('workspace.state', {});
    }
  });
  const close = useAction('workspace.close', closeWorkspace);
  const now = useNow(500);
  const refusedUntil = unlock.error?.details.retryAt ?? session.retryAt;
  const waiting = isAhead(refusedUntil, now);
  const wrong = unlock.error?.code === 'WRONG_PASSPHRASE';
  const other = unlock.error && !wrong && unlock.error.code !== 'SLOW_DOWN' ? unlock.error : close.error;
  const why = waiting ? 'Wait until the countdown ends' : passphrase === '' ? 'Type the passphrase' : null;

  return (
    <div className="page">
      <div className="gate">
        <div className="row">
          <LockKeyhole aria-hidden />
          <h1 tabIndex={-1} data-page-heading>
            {session.workspace?.name ?? 'Workspace'}
          </h1>
          {session.workspace ? <KindTag kind={session.workspace.kind} /> : null}
        </div>
        <Card>
          <form
            className="stack"
            onKeyUp={(event) => setCapsLock(event.getModifierState('CapsLock'))}
            onSubmit={(event) => {
              event.preventDefault();
              if (why === null) void unlock.run();
            }}
          >
            <SecretField
              label="Passphrase"
              value={passphrase}
              onChange={(value) => {
                setPassphrase(value);
                if (value !== '') unlock.clear();
              }}
              autoFocus
              error={wrong ? 'That is not the passphrase of this workspace. Nothing was changed.' : null}
            />
            {capsLock ? <Notice severity="careful">Caps Lock is on.</Notice> : null}
            {waiting ? (
              <Notice severity="careful" live>
                After several wrong attempts the next one is looked at in{' '}
                <Countdown to={refusedUntil} now={now} />. The right passphrase still works then.
              </Notice>
            ) : null}
            <div className="row">
              <Button kind="primary" type="submit" busy={unlock.busy} whyDisabled={why}>
                Unlock
              </Button>
              <a className="button-link push" href={hrefOf('recover')}>
                Forgot it? Use the recovery key
              </a>
            </div>
          </form>
        </Card>
        {other ? <ErrorState error={other} /> : null}
        <div className="row">
          <span className="mono quiet wrap small">{session.workspace?.path}</span>
          <span className="push" />
          <Button kind="quiet" size="small" busy={close.busy} onPress={() => void close.run()}>
            Open another workspace
          </Button>
        </div>
      </div>
    </div>
  );
}
