/** What is known of the audit, first on its page: it was found wrong, it was looked at, or that is still to come. */
import { call } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Time } from '../../components/time.tsx';
import { Notice, Verdict } from '../../components/verdict.tsx';

export function AuditVerdict() {
  const found = useQuery('audit.state', {}, ['audit']);
  const done = useAction('audit.acknowledge', async () => {
    await call('audit.acknowledge', {});
    found.reload();
  });
  if (!found.data) return null;
  const { wrong, lookedAt } = found.data;
  if (wrong !== null)
    return (
      <>
        <Verdict
          severity="bad"
          title={`The audit was found wrong: ${wrong.replace(/\.$/, '')}.`}
          action={
            <Button busy={done.busy} onPress={() => void done.run()}>
              I have looked into it
            </Button>
          }
        >
          <p className="dim">
            Copy the folder as it is now, compare it with a backup, and ask who could write in it. This
            warning stays until you say that you have looked into it; the record of it stays for ever.
          </p>
        </Verdict>
        {done.error ? <ErrorState error={done.error} /> : null}
      </>
    );
  return lookedAt === null ? (
    <Notice severity="note">
      It was not checked since the workspace was opened. Press Verify… to check it now.
    </Notice>
  ) : (
    <Notice severity="good">
      All entries were as they were written when they were checked, <Time at={lookedAt} clock />.
    </Notice>
  );
}
