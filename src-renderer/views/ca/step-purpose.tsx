/** Step 1: what it is for, who signs it, what it is called. */
import { call } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import { RadioCards, Select } from '../../components/choices.tsx';
import { ErrorState, Loading } from '../../components/state-box.tsx';
import { Notice } from '../../components/verdict.tsx';
import type { IssueDraft, Purpose } from '#shared/contract/issue-draft.ts';
import { isAuthority, problemOf, PURPOSES, type StepProps } from './issue-model.ts';
import { SubjectEditor } from './subject-editor.tsx';

/** Rows a draft shows: what is stored, and an empty one for the name that is still missing. */
export function startRows({ subject, purpose }: IssueDraft): IssueDraft['subject'] {
  if (subject.some(({ type }) => type === 'CN')) return subject;
  const organisation =
    isAuthority(purpose) && subject.length === 0 ? [{ type: 'O' as const, value: '' }] : [];
  return [...organisation, ...subject, { type: 'CN', value: '' }];
}

function IssuerField({ data, change, problems }: StepProps) {
  const authorities = useQuery('ca.authorities', {}, ['authorities', 'keys']);
  if (!authorities.data)
    return authorities.error ? (
      <ErrorState error={authorities.error} onRetry={authorities.reload} />
    ) : (
      <Loading what="the authorities" />
    );
  const rows = authorities.data.rows;
  if (rows.length === 0)
    return <Notice severity="careful">There is no authority that could sign it. Make a root first.</Notice>;
  return (
    <Select
      label="Signed by"
      value={data.issuer}
      onChange={(issuer) => change({ issuer })}
      error={problemOf(problems, 'issuer')}
      placeholder="Choose an authority"
      explain="Only authorities stand here: a leaf certificate can sign nothing, whatever its key could do."
      options={rows.map((row) => ({
        value: row.id,
        label: row.name,
        detail: row.canSign
          ? row.purpose === 'root'
            ? 'root'
            : 'intermediate'
          : 'its key is not in this workspace',
        disabled: !row.canSign || (data.purpose === 'intermediate' && row.pathLength === 0),
      }))}
    />
  );
}

export function StepPurpose(
  props: StepProps & { rows: IssueDraft['subject']; onRows: (rows: IssueDraft['subject']) => void },
) {
  const { data, change, problems, rows } = props;
  const replacing = data.replaces !== null;
  const switchTo = useAction('ca.preset', async (purpose: Purpose) => {
    const preset = await call('ca.preset', { purpose, issuer: purpose === 'root' ? null : data.issuer });
    // What was typed stays; what belongs to the purpose is its own.
    change({
      ...preset,
      subject: data.subject,
      names: data.names,
      key: isAuthority(purpose) && data.key.from === 'request' ? preset.key : data.key,
    });
  });
  const overall = problems.find(({ path }) => path === 'purpose' || path === 'subject');
  return (
    <>
      {data.key.from === 'request' ? (
        <Notice severity="note">
          It starts from the request <b className="wrap">{data.key.name}</b>: its key, subject and names are
          taken, and nothing else it asks for.
        </Notice>
      ) : null}
      {overall === undefined ? null : (
        <Notice severity="bad" live>
          {overall.message} {overall.fix}
        </Notice>
      )}
      <RadioCards
        label="Purpose"
        value={data.purpose}
        onChange={(purpose) => void switchTo.run(purpose)}
        options={PURPOSES}
        disabled={replacing}
        {...(replacing ? { help: 'It replaces a certificate and keeps its purpose.' } : {})}
      />
      {switchTo.error ? <ErrorState error={switchTo.error} /> : null}
      {data.purpose === 'root' ? null : <IssuerField {...props} />}
      <SubjectEditor
        rows={rows}
        onChange={props.onRows}
        errorAt={(index) => {
          // Empty rows are not stored, so main counts without them.
          const stored = rows.slice(0, index).filter(({ value }) => value !== '').length;
          return rows[index]?.value === '' ? null : problemOf(problems, `subject.${stored}`);
        }}
      />
      <p className="field-help">
        {isAuthority(data.purpose)
          ? 'People find an authority by its common name (CN). Nothing else of it is shown in most programs.'
          : 'Programs look at the names of step 4, not at the common name; it may be left out.'}
      </p>
    </>
  );
}
