/** The check of the whole audit: chain, MACs, file, and the head somebody wrote down. */
import { useState } from 'react';
import type { Answer } from '#shared/contract/index.ts';
import { call } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Verdict } from '../../components/verdict.tsx';

export function VerifyAudit(props: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Verify the audit" size="wide">
      <VerifyBody onClose={props.onClose} />
    </Dialog>
  );
}

function VerifyBody({ onClose }: { onClose: () => void }) {
  const [written, setWritten] = useState('');
  const [result, setResult] = useState<Answer<'audit.verify'> | null>(null);
  const verify = useAction('audit.verify', async (readRight: boolean) => {
    // What stands there is of another check.
    setResult(null);
    setResult(await call('audit.verify', { written, readRight }));
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void verify.run(false);
      }}
    >
      <p className="dim">
        Each entry is checked against the one before it and against a code that only this workspace can make,
        and the audit file against both.
      </p>
      <TextField
        label="The head you wrote down"
        optional
        mono
        value={written}
        onChange={(typed) => {
          setWritten(typed);
          // Only what was compared with the paper may be said to stand there.
          if (result?.mistyped) setResult(null);
        }}
        maxLength={100}
        placeholder="1284 9C1E 44B7 03FA"
        help="With it, an audit that was cut back or replaced as a whole is found out, too."
        autoFocus
        error={verify.error?.fieldError('written') ?? null}
      />
      {result?.mistyped ? (
        <Verdict severity="careful" title={result.mistyped}>
          <p>
            Compare number and digits with the paper once more and correct them. Nothing was marked.
            {result.faults.length === 0
              ? ` By themselves all ${result.entries} entries are as they were written.`
              : null}
          </p>
          <div className="row-wrap">
            <Button kind="danger" busy={verify.busy} onPress={() => void verify.run(true)}>
              It stands on the paper like this
            </Button>
            <span className="dim">records that the audit was replaced</span>
          </div>
        </Verdict>
      ) : null}
      {result === null || (result.mistyped !== null && result.faults.length === 0) ? null : result.faults
          .length === 0 ? (
        <Verdict
          severity={result.before === null ? 'good' : 'careful'}
          title={`All ${result.entries} entries are as they were written.`}
          checks={
            result.confirmed === null
              ? []
              : [{ text: `Entry ${result.confirmed} is the one whose head you wrote down.`, ok: true }]
          }
        >
          {result.before === null ? null : (
            <p>
              Before, it was found wrong: {result.before}. What is right again was put back by somebody; the
              warning stays until you have looked into it.
            </p>
          )}
        </Verdict>
      ) : (
        <Verdict
          severity="bad"
          title={`${result.faults.length === 1 ? 'One fault was' : `${result.faults.length} faults were`} found.`}
        >
          <ul>
            {result.faults.slice(0, 50).map((fault) => (
              <li key={`${fault.seq} ${fault.kind}`}>{fault.text}</li>
            ))}
          </ul>
          <p className="dim">Keep the folder as it is and compare it with a backup.</p>
        </Verdict>
      )}
      {verify.error && verify.error.fieldError('written') === null ? (
        <ErrorState error={verify.error} />
      ) : null}
      <div className="dialog-foot">
        <Button onPress={onClose}>Close</Button>
        <Button kind="primary" type="submit" busy={verify.busy}>
          Verify
        </Button>
      </div>
    </form>
  );
}
