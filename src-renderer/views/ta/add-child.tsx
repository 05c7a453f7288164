/** A child is added: from its own file, or one of this workspace; who it is, what it may have, and the advice for a second one. */
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { ProxyView, ResourceTexts } from '#shared/contract/ta-proxy.ts';
import type { ChildInfoView } from '#shared/contract/ta-proxy-files.ts';
import { uploadBlob } from '../../app/blob-upload.ts';
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { KeyValue } from '../../components/card.tsx';
import { RadioCards } from '../../components/choices.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { FileChooser, useFileTaker } from '../../components/drop-zone.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { SignerChoice, useSigners } from '../../components/signer-choice.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Notice } from '../../components/verdict.tsx';
import { handleProblem, MOST_TYPED } from './child-words.ts';
import { useLocalHandles } from './local-handles.ts';
import { useStartedJob } from '../../components/use-started-job.tsx';
import { EVERYTHING, ResourceFields, saysResources } from './resource-fields.tsx';

type Opened = ChildInfoView & { id: string };

/** The child's file as main holds it. */
function useChildFile(first: string | null, onOpened: (child: Opened) => void) {
  const [child, setChild] = useState<Opened | null>(null);
  const show = async (id: string): Promise<void> => {
    const opened = { ...(await call('ta.childInfo', { id })), id };
    setChild(opened);
    onOpened(opened);
  };
  const open = useAction('ta.openChildInfo', async (file: File) => {
    await show((await call('ta.openChildInfo', { blob: await uploadBlob(file, { use: 'key' }) })).info);
  });
  const load = useAction('ta.childInfo', show);
  useEffect(() => {
    if (first !== null) void load.run(first);
    // Once, for the file the dialog was opened with.
  }, []);
  return { child, open, error: open.error ?? load.error };
}

function FileChild({
  child,
  onFile,
  busy,
}: {
  child: Opened | null;
  onFile: (file: File) => void;
  busy: boolean;
}) {
  useFileTaker("Use as the child's file", onFile);
  return (
    <>
      <FileChooser buttonLabel="Choose the child's file…" busy={busy} onFile={onFile}>
        {child === null ? (
          'Drop its request as XML (RFC 8183), or online.json of krillc show.'
        ) : (
          <b className="wrap">{child.name}</b>
        )}
      </FileChooser>
      {child === null ? null : (
        <KeyValue
          items={[
            [
              'Its identity',
              <HexValue
                key="value"
                hex={child.identity.sha256}
                label="SHA-256 of the child's identity"
                groups={10}
              />,
            ],
          ]}
        />
      )}
      {child === null ? null : (
        <p className="dim">Nobody signed the file: compare the identity on the child's own screen.</p>
      )}
      {child?.faults.map((fault) => (
        <Notice key={fault} severity="bad">
          {fault}
        </Notice>
      ))}
    </>
  );
}

/** The form is longer than the window: what comes of a file must be seen. */
function InSight({ children }: { children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    void place.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return <div ref={place}>{children}</div>;
}

function Advice({ second, remote }: { second: boolean; remote: boolean }) {
  if (!second && !remote) return null;
  return (
    <Notice severity="note">
      {second ? 'There is a child already. ' : 'This child is not in this workspace. '}
      Best is one child in the same installation, with all resources, and everybody else below it: then a
      remote authority never waits for an exchange with the offline signer. Several and remote children work
      all the same.
    </Notice>
  );
}

export function AddChildBody(props: { proxy: ProxyView; file: string | null; onClose: () => void }) {
  const { proxy, onClose } = props;
  const known = new Set(proxy.children.map((one) => one.handle));
  const locals = useLocalHandles().filter((handle) => !known.has(handle));
  const [from, setFrom] = useState<'file' | 'local'>(props.file === null ? 'local' : 'file');
  const [typed, setTyped] = useState<string | null>(null);
  const local = typed ?? locals[0] ?? (known.has('online') ? '' : 'online');
  const [handle, setHandle] = useState('');
  const [resources, setResources] = useState<ResourceTexts>(EVERYTHING);
  const signers = useSigners();
  const [signer, setSigner] = useState<string | null>(null);
  const { child, open, error } = useChildFile(props.file, (opened) => setHandle(opened.handle));
  const name = from === 'local' ? local.trim() : handle.trim();
  const isHere = locals.includes(local.trim());
  const asked = useRef('');
  const here = useStartedJob(
    'ta.localAdd',
    () => {
      asked.current = name;
      return call('ta.localAdd', { handle: name, resources, signer: isHere ? null : signer });
    },
    () => {
      // By now it is one of the known, and another name is proposed.
      showToast(`${asked.current} is added and has asked for its certificate: make a request next`);
      onClose();
    },
  );
  const addFile = useAction('ta.childAdd', async () => {
    await call('ta.childAdd', {
      from: { kind: 'file', id: child?.id ?? '' },
      handle: name,
      resources,
    });
    showToast(`${name} is added: write its res.xml next`);
    onClose();
  });
  const add = from === 'local' ? here.action : addFile;
  const taken = known.has(name) ? handleProblem(name, known) : null;
  const wrong = from === 'local' ? handleProblem(name, known) : taken;
  const why =
    from === 'local'
      ? wrong
      : child === null
        ? "Choose the child's file"
        : child.faults.length > 0
          ? 'Its file cannot be used: see above'
          : name === ''
            ? 'Give it a handle'
            : taken;
  if (here.progress !== null) return here.progress;
  return (
    <DialogForm
      action={add}
      why={why}
      verb="Add the child"
      saidByField={saysResources(add.error)}
      onClose={onClose}
    >
      <RadioCards
        label="The child is"
        value={from}
        onChange={setFrom}
        options={[
          {
            value: 'local',
            label: 'A CA of this workspace',
            detail: 'Made when it is not here yet; asked and answered without files.',
            tag: 'usual',
          },
          { value: 'file', label: 'Somewhere else', detail: 'A Krill, or any CA that speaks RFC 6492.' },
        ]}
      />
      {from === 'local' ? (
        <TextField
          label="Handle"
          mono
          value={local}
          onChange={setTyped}
          maxLength={MOST_TYPED}
          error={name === '' ? null : wrong}
          help={
            isHere
              ? 'It is in this workspace already.'
              : 'Letters, digits, - and _. It names the folder it publishes in, for ever.'
          }
        />
      ) : (
        <>
          <FileChild child={child} busy={open.busy} onFile={(file) => void open.run(file)} />
          {error ? (
            <InSight>
              <ErrorState error={error} />
            </InSight>
          ) : null}
          <TextField
            label="Handle"
            mono
            value={handle}
            onChange={setHandle}
            maxLength={255}
            error={taken}
            help="What the child is called here. It names itself in its file; usually both are the same."
          />
        </>
      )}
      {from === 'local' && !isHere ? (
        <SignerChoice
          signers={signers}
          label="Who holds its keys"
          algorithm="rsa-2048"
          value={signer}
          onChange={setSigner}
        />
      ) : null}
      <Advice second={proxy.children.length > 0} remote={from === 'file' && child !== null} />
      <ResourceFields value={resources} onChange={setResources} error={add.error} />
    </DialogForm>
  );
}
