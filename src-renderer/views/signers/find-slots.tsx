/** The slots of a library: looked for in a process that ends at once, and chosen by a click on the token (H-006). */
import { Search } from 'lucide-react';
import { useState } from 'react';
import type { DeviceTable } from '#shared/contract/signer-doctor.ts';
import { call } from '../../app/call.ts';
import { useQuery } from '../../app/use-query.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState, Loading } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';
import { environmentOf, type SignerForm } from './signer-form.ts';
import { slotIdText, TRIES_TEXT } from './signer-words.ts';

type Slot = DeviceTable['slots'][number];
type Token = NonNullable<Slot['token']>;

function TokenTags({ token }: { token: Token }) {
  return (
    <span className="row">
      {token.initialized ? null : <Tag tone="careful">not initialised</Tag>}
      {token.pinPad ? <Tag>PIN pad</Tag> : null}
      {token.loginRequired ? null : <Tag>no login</Tag>}
      {token.tries === null ? null : (
        <Tag tone={token.tries === 'low' ? 'careful' : 'bad'}>
          {token.tries === 'low' ? 'few tries left' : token.tries === 'final' ? 'last try' : 'PIN locked'}
        </Tag>
      )}
    </span>
  );
}

function SlotRow(props: { slot: Slot; chosen: boolean; twice: boolean; onChoose: () => void }) {
  const { slot, chosen, twice, onChoose } = props;
  if (slot.token === null)
    return (
      <li className="object-link" data-empty>
        <span className="quiet">
          {slotIdText(slot.id)}: {slot.description === '' ? 'a slot' : slot.description}, no token in it
        </span>
      </li>
    );
  const { token } = slot;
  return (
    <li>
      <button type="button" className="object-link slot-row" aria-current={chosen} onClick={onChoose}>
        <span>
          <b>{token.label === '' ? 'no label' : token.label}</b>
          <span className="quiet slot-more">
            serial <span className="mono">{token.serial}</span>, {token.manufacturer} {token.model}, slot{' '}
            <span className="mono">{slotIdText(slot.id)}</span>
            {twice ? '. Another token has the same label: this one is known by its serial.' : ''}
          </span>
          {token.tries === null ? null : <span className="slot-more">{TRIES_TEXT[token.tries]}</span>}
        </span>
        <span className="push row">
          <TokenTags token={token} />
          {chosen ? <Tag tone="accent">chosen</Tag> : null}
        </span>
      </button>
    </li>
  );
}

function Found(props: { job: string; form: SignerForm; onChoose: (part: Partial<SignerForm>) => void }) {
  const { job, form, onChoose } = props;
  const found = useQuery('signers.slotsFound', { job }, []);
  if (!found.data) return found.error ? <ErrorState error={found.error} /> : <Loading what="the slots" />;
  const { library, slots } = found.data;
  const labels = slots.flatMap(({ token }) => (token === null ? [] : [token.label]));
  return (
    <div className="stack-tight">
      <p className="quiet">
        {library.description} {library.version}, {library.manufacturer}.{' '}
        {slots.length === 0
          ? 'It shows no slot: connect the device, or give the library its settings by a variable below.'
          : 'Click the token to use.'}
      </p>
      <ul className="object-list slot-list" aria-label="Slots of the library">
        {slots.map((slot) => {
          const { token } = slot;
          const twice = token !== null && labels.filter((label) => label === token.label).length > 1;
          return (
            <SlotRow
              key={slot.id}
              slot={slot}
              twice={twice}
              chosen={token !== null && form.serial === token.serial && form.serial !== ''}
              onChoose={() => {
                if (token === null) return;
                // A slot's number changes from start to start; the label and the serial do not.
                const byLabel = token.label !== '';
                onChoose({
                  slotBy: byLabel ? 'label' : 'id',
                  slot: byLabel ? token.label : String(slot.id),
                  serial: token.serial === '' ? null : token.serial,
                  login: token.loginRequired,
                  pinPad: token.pinPad,
                });
              }}
            />
          );
        })}
      </ul>
    </div>
  );
}

export function FindSlots(props: { form: SignerForm; onChoose: (part: Partial<SignerForm>) => void }) {
  const { form, onChoose } = props;
  const [job, setJob] = useState<string | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const look = useStartedJob(
    'signers.findSlots',
    async () => {
      setDone(null);
      const started = await call('signers.findSlots', {
        libPath: form.libPath.trim(),
        environment: environmentOf(form),
      });
      setJob(started.job);
      return started;
    },
    (ended) => setDone(ended.id),
  );
  return (
    <div className="stack-tight">
      <div>
        <Button
          icon={<Search aria-hidden />}
          busy={look.running}
          whyDisabled={form.libPath.trim() === '' ? 'Say where the library is first' : null}
          onPress={() => void look.action.run()}
        >
          Look for slots
        </Button>
      </div>
      {look.action.error ? <ErrorState error={look.action.error} /> : null}
      {look.progress}
      {done !== null && done === job ? <Found job={done} form={form} onChoose={onChoose} /> : null}
    </div>
  );
}
