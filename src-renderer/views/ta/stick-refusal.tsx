/** Why a file was not read or written: main's sentence says what happened, what was not changed and what to do. */
import type { CallError } from '../../app/call.ts';
import { Dated } from '../../components/dated.tsx';
import { SeverityIcon } from '../../components/icon.tsx';

export function StickRefusal({ error }: { error: CallError }) {
  const { library } = error.details;
  return (
    <div className="notice" data-severity="bad" role="alert">
      <SeverityIcon severity="bad" />
      <div>
        <p className="wrap">
          <Dated text={error.message} />
        </p>
        {library === undefined ? null : (
          <details className="details">
            <summary>Details</summary>
            <pre className="code">{library}</pre>
          </details>
        )}
      </div>
    </div>
  );
}
