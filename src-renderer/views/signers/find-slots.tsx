/** The slots of a library: looked for in a process that ends at once, and chosen by a click on the token (H-006). */
import { shownText } from '#shared/hidden-characters.ts';
import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { DeviceTable } from '#shared/contract/signer-doctor.ts';
import { call } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState, Loading } from '../../components/state-box.tsx';
import { Notice } from '../../components/verdict.tsx';
import { Tag } from '../../components/tag.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';
import { InitTokenDialog, type TokenSlot } from './init-token-dialog.tsx';
import { environmentOf, type SignerForm } from './signer-form.ts';
import { slotIdText, TRIES_TEXT } from './signer-words.ts';

type Slot = DeviceTable['slots'][number];
type Token = TokenSlot['token'];

const hasToken = (slot: Slot): slot is TokenSlot => slot.token !== null;

function TokenTags({ token }: { token: Token }) {
  return (
    <span className="row">
      {token.initialized ? null : <Tag tone="careful">not initialised</Tag>}
      {token.pinPad ? <Tag>PIN pad</Tag> : null}
      {token.loginRequired ? null : <Tag>no login</Tag>}
      {token.tries === null ? null : (
        <Tag tone={token.tries === 'low' ? 'careful' : 'bad'}>
          {token.tries === 'low' ? 'wrong PIN typed' : token.tries === 'final' ? 'last try' : 'PIN locked'}
        </Tag>
      )}
    </span>
  );
}

/** What is said of a token below its label. */
function About({ slot, twice }: { slot: TokenSlot; twice: boolean }) {
  const { token } = slot;
  return (
    <span className="quiet slot-more">
      {token.serial === '' ? '' : 'serial '}
      {token.serial === '' ? null : (
        <>
          <span className="mono">{token.serial}</span>,{' '}
        </>
      )}
      {token.manufacturer} {token.model}, slot <span className="mono">{slotIdText(slot.id)}</span>
      {twice ? '. Another token has the same label: this one is known by its serial.' : ''}
    </span>
  );
}

/** The signer in force that keeps its keys on a token: it is erased for nobody. */
function useUsers(): (serial: string) => string | null {
  const rows = useQuery('signers.list', {}, ['signers']).data?.rows ?? [];
  return (serial) =>
    rows.find(
      ({ settings, device }) =>
        settings?.kind === 'pkcs11' && serial !== '' && (device?.serial ?? settings.serial) === serial,
    )?.name ?? null;
}

interface SlotRowProps {
  slot: Slot;
  /** The signer that uses its token; null: none. */
  user: string | null;
  chosen: boolean;
  /** Another token has the same label. */
  twice: boolean;
  onChoose: () => void;
  onInit: (slot: TokenSlot) => void;
}

function SlotRow({ slot, user, chosen, twice, onChoose, onInit }: SlotRowProps) {
  if (!hasToken(slot))
    return (
      <li className="object-link" data-empty>
        <span className="quiet">
          {slotIdText(slot.id)}: {slot.description === '' ? 'a slot' : slot.description}, no token in it
        </span>
      </li>
    );
  const { token } = slot;
  const init = (
    <Button
      size="small"
      whyDisabled={
        token.pinPad
          ? "Its PINs are typed on the device: use the vendor's tool"
          : user === null
            ? null
            : `“${user}” uses this token: remove that signer first`
      }
      onPress={() => onInit(slot)}
    >
      {token.initialized ? 'Erase…' : 'Initialise…'}
      <span className="visually-hidden"> the token in slot {slotIdText(slot.id)}</span>
    </Button>
  );
  // Nothing can be done with it before.
  if (!token.initialized)
    return (
      <li className="object-link slot-row" data-empty>
        <span>
          <b>{token.label === '' ? 'An empty token' : shownText(token.label)}</b>
          <About slot={slot} twice={false} />
        </span>
        <span className="push row">
          <TokenTags token={token} />
          {init}
        </span>
      </li>
    );
  return (
    <li className="slot-choice" data-chosen={chosen || undefined}>
      <button type="button" className="object-link slot-row" aria-current={chosen} onClick={onChoose}>
        <span>
          <b>{token.label === '' ? 'no label' : shownText(token.label)}</b>
          <About slot={slot} twice={twice} />
          {token.tries === null ? null : <span className="slot-more">{TRIES_TEXT[token.tries]}</span>}
        </span>
        <span className="push row">
          <TokenTags token={token} />
          {chosen ? <Tag tone="accent">chosen</Tag> : null}
        </span>
      </button>
      {chosen ? init : null}
    </li>
  );
}

/** What the operator does with what was found. */
function advice(slots: readonly Slot[]): string {
  if (slots.length === 0)
    return 'It shows no slot: connect the device, or give the library its settings by a variable above.';
  if (slots.some(({ token }) => token?.initialized)) return 'Click the token to use.';
  return 'No token is initialised here: initialise one, or lead the library to its tokens by a variable above.';
}

/** The form with a token chosen. A slot's number changes from start to start; the label and the serial do not. */
function choiceOf({ id, token }: TokenSlot): Partial<SignerForm> {
  const byLabel = token.label !== '';
  return {
    slotBy: byLabel ? 'label' : 'id',
    slot: byLabel ? token.label : String(id),
    serial: token.serial === '' ? null : token.serial,
    login: token.loginRequired,
    pinPad: token.pinPad,
  };
}

interface FoundProps {
  table: DeviceTable;
  form: SignerForm;
  onChoose: (slot: TokenSlot) => void;
  onInit: (slot: TokenSlot) => void;
}

function Found({ table, form, onChoose, onInit }: FoundProps) {
  const { library, slots } = table;
  const userOf = useUsers();
  const labels = slots.flatMap(({ token }) => (token === null ? [] : [token.label]));
  return (
    <div className="stack-tight">
      <p className="quiet">
        {library.description} {library.version}, {library.manufacturer}. {advice(slots)}
      </p>
      <ul className="object-list slot-list" aria-label="Slots of the library">
        {slots.map((slot) => (
          <SlotRow
            key={slot.id}
            slot={slot}
            user={userOf(slot.token?.serial ?? '')}
            twice={labels.filter((label) => label === slot.token?.label).length > 1}
            chosen={slot.token !== null && form.serial === slot.token.serial && form.serial !== ''}
            onChoose={() => {
              if (hasToken(slot)) onChoose(slot);
            }}
            onInit={onInit}
          />
        ))}
      </ul>
    </div>
  );
}

/** A token that was just made, among the slots that were found behind it: not one that was there under its label before. */
function newToken(table: DeviceTable, label: string, before: readonly Slot[], erased: string | null) {
  const known = new Set(before.flatMap(({ token }) => (token?.initialized ? [token.serial] : [])));
  if (erased !== null) known.delete(erased);
  return table.slots
    .filter(hasToken)
    .find(({ token }) => token.initialized && token.label === label && !known.has(token.serial));
}

export function FindSlots(props: {
  form: SignerForm;
  onChoose: (part: Partial<SignerForm>) => void;
  /** Somebody came here for the slots: look at once. */
  atOnce: boolean;
}) {
  const { form } = props;
  /** The name that was taken from a token, and that nobody has typed. */
  const proposed = useRef('');
  function choose(slot: TokenSlot): void {
    const { label } = slot.token;
    const unnamed = form.name.trim() === '' || form.name === proposed.current;
    // A label that hides something is no name.
    if (unnamed && shownText(label) === label) proposed.current = label;
    props.onChoose({ ...choiceOf(slot), ...(unnamed ? { name: proposed.current } : {}) });
  }
  const [table, setTable] = useState<DeviceTable | null>(null);
  const [init, setInit] = useState<TokenSlot | null>(null);
  /** The label of a token that was made, and what was there before; chosen once it is found. */
  const made = useRef<{ label: string; before: readonly Slot[]; erased: string | null } | null>(null);
  const library = { libPath: form.libPath.trim(), environment: environmentOf(form) };
  const read = useAction('signers.slotsFound', async (job: string) => {
    const found = await call('signers.slotsFound', { job });
    setTable(found);
    if (made.current === null) return;
    const { label, before, erased } = made.current;
    made.current = null;
    const token = newToken(found, label, before, erased);
    if (token !== undefined) choose(token);
  });
  const look = useStartedJob(
    'signers.findSlots',
    () => {
      setTable(null);
      return call('signers.findSlots', library);
    },
    (ended) => void read.run(ended.id),
  );
  const error = look.action.error ?? read.error;
  useEffect(() => {
    if (props.atOnce && library.libPath !== '') void look.action.run();
    // Once, for whoever came here for it.
  }, []);
  return (
    <div className="stack-tight">
      <div>
        <Button
          icon={<Search aria-hidden />}
          busy={look.running}
          whyDisabled={library.libPath === '' ? 'Say where the library is first' : null}
          onPress={() => void look.action.run()}
        >
          Look for slots
        </Button>
      </div>
      {error?.code === 'SIGNER_UNAVAILABLE' ? (
        // The signer is not made yet, so nobody is sent to its page.
        <Notice severity="bad" live>
          <span className="wrap">{error.message}</span>
        </Notice>
      ) : error ? (
        <ErrorState error={error} />
      ) : null}
      {look.progress}
      {read.busy ? <Loading what="the slots" /> : null}
      {table === null ? null : <Found table={table} form={form} onChoose={choose} onInit={setInit} />}
      <InitTokenDialog
        library={library}
        slot={init}
        onClose={(tried) => {
          setInit(null);
          // What was refused may have been done by half.
          if (tried) void look.action.run();
        }}
        onMade={(label) => {
          const erased = init?.token.initialized ? init.token.serial : null;
          made.current = { label, before: table?.slots ?? [], erased };
          setInit(null);
          void look.action.run();
        }}
      />
    </div>
  );
}
