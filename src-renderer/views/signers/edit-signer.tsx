/** A new signer, or the settings of one that is there. What is saved waits with the other changes until it is applied. */
import { useEffect, useRef, useState } from 'react';
import type { Answer } from '#shared/contract/index.ts';
import { call } from '../../app/call.ts';
import { formatPath, hrefOf, navigate, replacePath } from '../../app/router.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { RadioCards } from '../../components/choices.tsx';
import { DropGuard } from '../../components/drop-zone.tsx';
import { goToFirstWrong } from '../../components/first-wrong.ts';
import { NotLoaded } from '../../components/not-loaded.tsx';
import { Page } from '../../components/page.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Notice } from '../../components/verdict.tsx';
import { KmipFields } from './kmip-fields.tsx';
import { Pkcs11Fields } from './pkcs11-fields.tsx';
import { emptyForm, formOf, problemsOf, secretOf, settingsOf } from './signer-form.ts';
import type { Problems, SignerForm } from './signer-form.ts';
import { KMIP_ADVICE, PKCS11_ADVICE } from './signer-help.tsx';
import type { PendingSigner, SignerList } from './signer-words.ts';

const BACK = { href: hrefOf('signers'), label: 'All signers' };
const KINDS = [
  { value: 'pkcs11', label: 'PKCS#11', detail: PKCS11_ADVICE },
  { value: 'kmip', label: 'KMIP', detail: KMIP_ADVICE },
] as const;

/** The paths of main's faults that have a field here. */
const IN_FORM = /^(?:name|secret|settings\..+)$/;

interface FormPageProps {
  list: SignerList;
  /** null: a new one. */
  signer: PendingSigner | null;
  start: SignerForm;
  discover: Answer<'signers.discover'> | null;
  /** Somebody was sent here for the slots. */
  lookAtOnce: boolean;
}

/** What is typed, what is wrong with it once saving was tried, and the saving. */
function useSignerForm({ list, signer, start }: FormPageProps) {
  const [form, setForm] = useState(start);
  /** How often saving was tried. */
  const [tries, setTries] = useState(0);
  const tried = tries > 0;
  const save = useAction('signers.save', async () => {
    const { id } = await call('signers.save', {
      revision: list.pending.revision,
      id: signer?.id ?? null,
      name: form.name.trim(),
      settings: settingsOf(form),
      secret: secretOf(form),
    });
    showToast('Saved. Apply the changes to use it.');
    navigate('signer', { id });
  });
  const own = problemsOf(form);
  const said: Problems = {};
  for (const { path, message } of save.error?.details.fields ?? []) said[path] = message;
  return {
    form,
    save,
    /** Main's sentences go with the first change of anything. */
    change: (part: Partial<SignerForm>): void => {
      save.clear();
      setForm((old) => ({ ...old, ...part }));
    },
    problems: tried ? { ...said, ...own } : said,
    submit: (): void => {
      setTries(tries + 1);
      if (Object.keys(own).length === 0) void save.run();
    },
    tries,
    missing: tried ? Object.keys({ ...said, ...own }).length : 0,
    /** Every fault that main found stands at its field. */
    saidByField: Object.keys(said).length > 0 && Object.keys(said).every((path) => IN_FORM.test(path)),
  };
}

/** Each refusal, ours or main's, leads to its first field; what is typed after it moves nothing. Answers that field's label. */
function useFirstWrong(
  frame: { current: HTMLElement | null },
  tries: number,
  refused: boolean,
): string | null {
  const [first, setFirst] = useState<string | null>(null);
  const answered = useRef(tries);
  useEffect(() => {
    if (!refused && answered.current === tries) return;
    answered.current = tries;
    setFirst(goToFirstWrong(frame.current));
  }, [tries, refused]);
  return first;
}

function FormPage(props: FormPageProps) {
  const { signer, discover, lookAtOnce } = props;
  const { form, change, problems, save, submit, missing, saidByField, tries } = useSignerForm(props);
  const frame = useRef<HTMLFormElement>(null);
  const first = useFirstWrong(frame, tries, save.error !== null);
  const stored = signer?.secretStored ?? false;
  const title = signer === null ? 'New signer' : `Settings of “${signer.name}”`;
  const parts = { form, change, problems, stored };
  return (
    <Page title={title} narrow crumb={signer === null ? null : signer.name}>
      <DropGuard why="Save the signer or leave the page first">
        <form
          ref={frame}
          className="stack"
          // The browser's own bubbles would stand beside our sentences.
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          {signer === null ? (
            <RadioCards
              label="How it is reached"
              value={form.kind}
              onChange={(kind) => change({ kind, secret: '', kept: 'ask' })}
              options={KINDS}
            />
          ) : null}
          <Card title={form.kind === 'kmip' ? 'KMIP server' : 'PKCS#11 device'}>
            <div className="stack">
              <TextField
                label="Name"
                value={form.name}
                onChange={(name) => change({ name })}
                maxLength={80}
                error={problems['name']}
                help="How lists and prompts call it. It can change; keys stay with the device."
              />
              {form.kind === 'kmip' ? (
                <KmipFields {...parts} />
              ) : (
                <Pkcs11Fields {...parts} libraries={discover?.libraries ?? []} lookAtOnce={lookAtOnce} />
              )}
            </div>
          </Card>
          {missing > 0 ? (
            <Notice severity="bad" live>
              {missing === 1 ? 'One field needs you' : `${missing} fields need you`}
              {first === null || first === '' ? null : `${missing === 1 ? ',' : ', first'} “${first}”`}: look
              for the red marks above.
            </Notice>
          ) : null}
          {save.error && !saidByField ? <ErrorState error={save.error} /> : null}
          <div className="dialog-foot">
            <span className="foot-note dim">Nothing is contacted. It waits until you apply the changes.</span>
            <LinkButton href={signer === null ? BACK.href : hrefOf('signer', { id: signer.id })}>
              Cancel
            </LinkButton>
            <Button kind="primary" type="submit" busy={save.busy}>
              Save signer
            </Button>
          </div>
        </form>
      </DropGuard>
    </Page>
  );
}

export function NewSigner() {
  const found = useQuery('signers.list', {}, ['signers']);
  const discover = useQuery('signers.discover', {}, []);
  if (!found.data) return <NotLoaded title="New signer" found={found} back={BACK} />;
  return (
    <FormPage
      list={found.data}
      signer={null}
      start={emptyForm('pkcs11')}
      discover={discover.data}
      lookAtOnce={false}
    />
  );
}

export function EditSigner({ route }: ViewProps) {
  const id = route.params['id'] ?? '';
  const found = useQuery('signers.list', {}, ['signers']);
  const discover = useQuery('signers.discover', {}, []);
  const [lookAtOnce] = useState(route.query['look'] === 'slots');
  useEffect(() => {
    // Neither "back" nor a reload loads the library again.
    if (lookAtOnce) replacePath(formatPath('signer-edit', { id }));
  }, []);
  if (!found.data) return <NotLoaded title="Signer" found={found} back={BACK} />;
  const signer = found.data.pending.signers.find((one) => one.id === id) ?? null;
  if (signer === null || signer.settings === null)
    return (
      <Page title="Signer" narrow>
        <Notice severity="note">
          {signer === null
            ? 'This signer is not configured, or is to be removed.'
            : 'Keys in software need no settings.'}
        </Notice>
        <div>
          <LinkButton href={BACK.href}>{BACK.label}</LinkButton>
        </div>
      </Page>
    );
  return (
    <FormPage
      list={found.data}
      signer={signer}
      start={formOf(signer.name, signer.settings, signer.secretStored)}
      discover={discover.data}
      lookAtOnce={lookAtOnce}
    />
  );
}
